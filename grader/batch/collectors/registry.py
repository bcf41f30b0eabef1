"""The registry of the collectors for LMSs, and the collecting from a tree that is an export."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from grader.batch.collection import Collection
from grader.batch.collectors import canvas, github_classroom, gradescope, moodle
from grader.batch.tree import Tree, inside_only_folder
from grader.report.class_model import Skipped
from grader.report.collector_name import CollectorName

_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """How the exports of one LMS are recognised and collected.

    Attributes:
        recognise: Returns whether a tree has the shape of such an export, beyond coincidence.
        accept: Returns whether a tree can be such an export, if the user says that it is one.
        collect: Collects from such a tree. Its keyword ``stem`` is the name of the file that
            students start from, without its ending.
    """

    recognise: Callable[[Tree], bool]
    accept: Callable[[Tree], bool]
    collect: Callable[..., Collection]


# In the order in which they are tried: the one with the most distinctive shape comes first.
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
    """Collect from a tree that is an export, or whose only folder is one.

    Args:
        tree: The tree.
        stem: The name of the file that students start from, without its ending.
        system: The name of the collector to use. By default, the first that recognises the tree.

    Returns:
        The collection, or None if the tree is not an export.

    Raises:
        UsageError: it is an export, but it can't be read.
    """
    wanted = COLLECTORS.values() if system is None else [COLLECTORS[system]]
    for level in levels(tree):
        for collector in wanted:
            if collector.recognise(level) if system is None else collector.accept(level):
                return collector.collect(level, stem=stem)
    return None


def levels(tree: Tree) -> Iterator[Tree]:
    """Yield the tree, then the contents of its only folder, then of the only folder in that, ..."""
    level: Tree | None = tree
    for _ in range(_MAX_DEPTH):
        if level is None:
            return
        yield level
        level = inside_only_folder(level)


def with_prefix(found: Collection, label: str) -> Collection:
    """Return a collection in which every place and path begins with ``label``."""

    def placed(skipped: tuple[Skipped, ...]) -> tuple[Skipped, ...]:
        return tuple(msgspec.structs.replace(one, path=f"{label}/{one.path}") for one in skipped)

    return Collection(
        entries=tuple(
            replace(entry, place=f"{label}/{entry.place}", skipped=placed(entry.skipped))
            for entry in found.entries
        ),
        skipped=placed(found.skipped),
    )
