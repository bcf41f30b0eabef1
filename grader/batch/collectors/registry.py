"""The collectors that there are, and the only question to all of them: whose export is this?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from grader.batch.collection import Collection
from grader.batch.collectors import canvas, github_classroom, gradescope, moodle
from grader.batch.tree import Tree, below_the_top
from grader.report.collector_name import CollectorName

_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """How one system's exports are told from others, and collected.

    Attributes:
        recognise: Tells whether a tree has its shape, and hardly could by chance.
        accept: Tells whether it can have that shape, where somebody says that it has.
        collect: Collects from such a tree; takes ``stem`` too, what the file is called that
            students get.
    """

    recognise: Callable[[Tree], bool]
    accept: Callable[[Tree], bool]
    collect: Callable[..., Collection]


# In the order in which they are tried: the most distinctive shape first.
COLLECTORS: Mapping[str, Collector] = {
    CollectorName.MOODLE: Collector(
        recognise=moodle.recognise, accept=moodle.recognise, collect=moodle.collect
    ),
    CollectorName.GRADESCOPE: Collector(
        recognise=gradescope.recognise, accept=gradescope.accept, collect=gradescope.collect
    ),
    CollectorName.GITHUB_CLASSROOM: Collector(
        recognise=github_classroom.recognise,
        accept=github_classroom.accept,
        collect=github_classroom.collect,
    ),
    CollectorName.CANVAS: Collector(
        recognise=canvas.recognise, accept=canvas.accept, collect=canvas.collect
    ),
}


def collect_recognised(tree: Tree, *, stem: str, system: str | None = None) -> Collection | None:
    """Collect from a tree that is itself an export, or from the only folder in it that is.

    Args:
        tree: The tree.
        stem: What the file is called that students get, without its ending.
        system: Whose export it is, where that was said; without it, the shape has to tell.

    Raises:
        UsageError: it is one, but it can't be read.
    """
    wanted = COLLECTORS.values() if system is None else [COLLECTORS[system]]
    for level in levels(tree):
        for collector in wanted:
            if collector.recognise(level) if system is None else collector.accept(level):
                return collector.collect(level, stem=stem)
    return None


def levels(tree: Tree) -> Iterator[Tree]:
    """Give the tree, and what is in its only folder, and in that one's."""
    level: Tree | None = tree
    for _ in range(_MAX_DEPTH):
        if level is None:
            return
        yield level
        level = below_the_top(level)


def below(found: Collection, label: str) -> Collection:
    """Say of everything in which of several places it was."""
    return Collection(
        entries=tuple(replace(entry, place=f"{label}/{entry.place}") for entry in found.entries),
        skipped=tuple(
            msgspec.structs.replace(one, path=f"{label}/{one.path}") for one in found.skipped
        ),
    )
