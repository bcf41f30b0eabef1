"""Picks the collector for what was given, by its shape or by its name, and collects."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.archive import tree_of_archive
from grader.batch.collection import Collection, Entry
from grader.batch.collectors import canvas, plain
from grader.batch.collectors import pattern as by_pattern
from grader.batch.collectors.nested import MAY_BE_CANVAS, Search
from grader.batch.collectors.registry import COLLECTORS, below, collect_recognised, levels
from grader.batch.gradable_files import decode_name, is_gradable
from grader.batch.tree import Tree, below_the_top, tree_of_files, tree_of_folder
from grader.errors import UsageError
from grader.report.class_model import Skipped
from grader.report.collector_name import CollectorName

# What is named beside an export, as by a shell's *, and nobody hands in.
_TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")
_TABLE = "it is a table, and lies beside what was handed in"
_MAX_HINTS = 3


def collect(
    paths: Sequence[Path],
    *,
    stem: str,
    out: Path,
    source: str | None = None,
    pattern: str | None = None,
) -> Collection:
    """Collect what was handed in, from folders, archives and files in any mixture.

    Args:
        paths: Where to look.
        stem: What the file is called that students get, without its ending.
        out: Where results go; left out if it lies in one of the folders.
        source: The collector to use, a `CollectorName`; without one, the shape of each decides.
        pattern: A regular expression for the collector ``pattern``, which it chooses.

    Raises:
        UsageError: something is not there, or not of the shape that was named.
    """
    finder = _Finder(stem=stem, out=out, source=source, pattern=pattern)
    labels = _label(paths)
    tables = {path for path in labels if _is_table(path)} if not all(map(_is_table, labels)) else {}
    parts: list[Collection] = [
        Collection(entries=(), skipped=(Skipped(path=labels.pop(path), reason=_TABLE),))
        for path in sorted(tables)
    ]
    is_packed = not any(is_gradable(path.name) for path in labels)
    loose = {path for path in _loose(labels) if not finder.is_export(path, is_alone=is_packed)}
    if loose and finder.is_named:
        parts.append(finder.from_named(tree_of_files(sorted(loose)), "what was given"))
        labels = {path: label for path, label in labels.items() if path not in loose}
    is_alone = len(labels) + len(parts) - len(tables) == 1
    for path, label in labels.items():
        found = (
            finder.from_file(path, label)
            if path in loose
            else finder.from_path(path, label, is_alone=is_alone)
        )
        parts.append(found)
    entries = tuple(_unique(entry for part in parts for entry in part.entries))
    return Collection(entries=entries, skipped=tuple(one for part in parts for one in part.skipped))


def _label(paths: Sequence[Path]) -> dict[Path, str]:
    """Give each path the name that its submissions go by; two of one name must not be confused.

    Raises:
        UsageError: one of them is not there.
    """
    names = Counter(path.resolve().name for path in paths)
    labels = {}
    for path in dict.fromkeys(paths):
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder {path}")
        name = path.resolve().name
        labels[path] = decode_name(name if names[name] == 1 else str(path))
    return labels


def _loose(paths: Iterable[Path]) -> set[Path]:
    """Find the files that are submissions themselves: also archives among such, as a shell's * has.

    An archive by itself, or beside others only, is a class's; as is one that a system exported.
    """
    files = {path for path in paths if not path.is_dir()}
    beside = {path.parent for path in files if not _is_archive(path)}
    return {path for path in files if path.parent in beside}


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in _TABLES and path.is_file()


class _Finder:
    """Finds the submissions in one place after the other, in one way for all."""

    def __init__(self, *, stem: str, out: Path, source: str | None, pattern: str | None) -> None:
        if source is not None and source not in tuple(CollectorName):
            known = ", ".join(CollectorName)
            raise UsageError(f'unknown collector "{source}"; known collectors: {known}')
        if pattern is not None and source not in (None, CollectorName.PATTERN):
            raise UsageError(f"a pattern is for pattern, and can't be used for {source}")
        if pattern is None and source == CollectorName.PATTERN:
            raise UsageError("to collect by pattern, one has to be given with --pattern")
        self._stem = stem
        self._out = out
        self._source = source
        self._near: list[Skipped] = []
        self._pattern = None if pattern is None else by_pattern.compile_pattern(pattern)

    @property
    def is_named(self) -> bool:
        """Tell whether a collector was named that looks at all files together."""
        return self._pattern is not None or self._source in COLLECTORS

    def is_export(self, path: Path, *, is_alone: bool) -> bool:
        """Tell whether this is an archive of a class of a system's, not a student's own.

        If it is of one person, only where there is no work but in archives (``is_alone``).
        """
        if (
            not _is_archive(path)
            or self._source == CollectorName.FOLDER
            or self._pattern is not None
        ):
            return False
        try:
            found = self._find(tree_of_archive(path), str(path))
        except UsageError:
            return False
        return found is not None and (len(found.entries) > 1 or is_alone)

    def from_file(self, path: Path, label: str) -> Collection:
        found = plain.collect(tree_of_files([path]), stem=self._stem)
        return Collection(
            entries=tuple(replace(entry, place=label) for entry in found.entries),
            skipped=found.skipped,
        )

    def from_path(self, path: Path, label: str, *, is_alone: bool) -> Collection:
        is_folder = path.is_dir()
        tree = tree_of_folder(path, without=self._out) if is_folder else tree_of_archive(path)
        found = None if self._source == CollectorName.FOLDER else self._find(tree, str(path))
        hints: list[Skipped] = []
        if found is None:
            # Who zips a folder zips its name too; who names a folder means what is in it.
            found = plain.collect(tree if is_folder else _of_the_class(tree), stem=self._stem)
            hints = self._hints(tree, label)
        placed = found if is_alone else below(found, label)
        return replace(placed, skipped=(*hints, *placed.skipped))

    def _hints(self, tree: Tree, label: str) -> list[Skipped]:
        """Say what may be an export, of what is taken for the work of students."""
        if self._source is not None:
            return []
        if any(map(canvas.resembles, levels(tree))):
            return [Skipped(path=label, reason=MAY_BE_CANVAS)]
        return self._near if len(self._near) <= _MAX_HINTS else []

    def _find(self, tree: Tree, told: str) -> Collection | None:
        """Collect from what has a shape that is known, or has the one that was named."""
        return self.from_named(tree, told) if self.is_named else self._recognise(tree)

    def from_named(self, tree: Tree, told: str) -> Collection:
        """Collect as it was said; where a name was given, the tree has to be of its shape."""
        if self._pattern is not None:
            for level in levels(tree):
                if by_pattern.matches(level, self._pattern):
                    return by_pattern.collect_by(level, self._pattern, stem=self._stem)
            raise UsageError(f"in {told} there is no file whose path matches the pattern")
        found = self._recognise(tree)
        if found is None:
            raise UsageError(f"{told} does not look like what {self._source} exports")
        return found

    def _recognise(self, tree: Tree) -> Collection | None:
        found = collect_recognised(tree, stem=self._stem, system=self._source)
        if found is None:
            search = Search(stem=self._stem, system=self._source)
            found, self._near = search.collect(tree), search.near
        return found


def _of_the_class(tree: Tree) -> Tree:
    """Look into the folder that was zipped with its name, unless that is a student's own."""
    inside = below_the_top(tree)
    return tree if inside is None or plain.is_one_students(inside) else inside


def _unique(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Give each its own place: reports are named after it."""
    times: Counter[str] = Counter()
    taken: set[str] = set()
    for entry in entries:
        place = entry.place
        while place in taken:
            times[entry.place] += 1
            place = f"{entry.place} ({times[entry.place] + 1})"
        taken.add(place)
        yield entry if place == entry.place else replace(entry, place=place)
