"""The entry point of collecting: it picks a collector for each path, by shape or by name."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.archive import tree_of_archive
from grader.batch.collection import Collection, Entry
from grader.batch.collectors import canvas, plain
from grader.batch.collectors import pattern as by_pattern
from grader.batch.collectors.above import check_level, is_table, skip_table, without_tables
from grader.batch.collectors.nested import MAY_BE_CANVAS, Search
from grader.batch.collectors.registry import COLLECTORS, collect_recognised, levels, with_prefix
from grader.batch.gradable_files import decode_name, is_gradable, name_other_archive
from grader.batch.tree import Tree, inside_only_folder, tree_of_files, tree_of_folder
from grader.errors import UsageError
from grader.report.class_model import Skipped
from grader.report.collector_name import CollectorName

_MAX_HINTS = 3
_MAX_SHOWN = 3


def collect(
    paths: Sequence[Path],
    *,
    stem: str,
    out: Path,
    source: str | None = None,
    pattern: str | None = None,
) -> Collection:
    """Collect the submissions from folders, archives and files in any mixture.

    Args:
        paths: The folders, archives and files.
        stem: The name of the file that students start from, without its ending.
        out: The folder for results, which is skipped if it is inside one of the folders.
        source: The collector to use, a `CollectorName`. By default, the shape of each path decides.
        pattern: A regular expression; it implies the collector ``pattern``.

    Raises:
        UsageError: a path does not exist or can't be read, is not an export of ``source``, is the
            folder above the submissions, or there are no submissions at all.
    """
    finder = _Finder(stem=stem, out=out, source=source, pattern=pattern)
    labels = _label(paths)
    _refuse_other_archive(labels)
    # Tables are given along with an export, for example by a shell's *, but are not handed in.
    tables = {path for path in labels if is_table(path.name) and path.is_file()}
    parts: list[Collection] = [
        Collection(entries=(), skipped=(skip_table(labels.pop(path)),)) for path in sorted(tables)
    ]
    is_packed = not any(is_gradable(path.name) for path in labels)
    loose = {path for path in _loose(labels) if not finder.is_export(path, is_alone=is_packed)}
    if loose and finder.is_named:
        parts.append(finder.from_named(tree_of_files(sorted(loose)), "the given files"))
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
    skipped = [one for part in parts for one in part.skipped]
    skipped += [one for entry in entries for one in entry.skipped]
    if not entries:
        raise UsageError(_describe_nothing(paths, skipped))
    return Collection(entries=entries, skipped=tuple(skipped))


def _label(paths: Sequence[Path]) -> dict[Path, str]:
    """Return a label for each path: its name, or the whole path if two have the same name.

    Raises:
        UsageError: one of the paths does not exist.
    """
    names = Counter(map(_name, paths))
    labels = {}
    for path in dict.fromkeys(paths):
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder {path}")
        name = _name(path)
        labels[path] = decode_name(name if names[name] == 1 else str(path))
    return labels


def _name(path: Path) -> str:
    """Return the name of a path that may end in "..", but not that of what a link leads to."""
    return os.path.basename(os.path.abspath(path))  # noqa: PTH100, PTH119 - resolve() follows links


def _loose(paths: Iterable[Path]) -> set[Path]:
    """Return the files that are single submissions.

    These are the files other than archives, and the archives in the same folder as one of those,
    as when a shell expands ``*``. An archive alone, or next to archives only, contains a class.
    """
    files = {path for path in paths if not path.is_dir()}
    beside = {path.parent for path in files if not _is_archive(path)}
    return {path for path in files if path.parent in beside}


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _refuse_other_archive(paths: Mapping[Path, str]) -> None:
    """Refuse the only path if it is an archive that can't be opened.

    Raises:
        UsageError: It is.
    """
    for path in paths:
        kind = name_other_archive(path.name) if len(paths) == 1 and path.is_file() else ""
        if kind:
            raise UsageError(
                f"{path} is {kind}, which can't be opened here; unpack it, and give the folder"
            )


def _describe_nothing(paths: Sequence[Path], skipped: Sequence[Skipped]) -> str:
    """Say that there are no submissions, what was looked for, and what there is instead."""
    where = ", ".join(map(str, paths[:_MAX_SHOWN])) + (" ..." if len(paths) > _MAX_SHOWN else "")
    message = (
        f"found no submissions in {where}; looked for .py files, .ipynb notebooks and zips, a"
        " folder for each student, and exports of Canvas, Moodle, Gradescope and GitHub Classroom"
    )
    if not skipped:
        return message
    shown = "; ".join(f"{one.path} ({one.reason})" for one in skipped[:_MAX_SHOWN])
    left = len(skipped) - _MAX_SHOWN
    return f"{message}; skipped: {shown}{f'; and {left} more' if left > 0 else ''}"


class _Finder:
    """Finds the submissions in one path after another, with the same settings for all."""

    def __init__(self, *, stem: str, out: Path, source: str | None, pattern: str | None) -> None:
        if source is not None and source not in tuple(CollectorName):
            known = ", ".join(CollectorName)
            raise UsageError(f'unknown collector "{source}"; known collectors: {known}')
        if pattern is not None and source not in (None, CollectorName.PATTERN):
            raise UsageError(f"--pattern can't be combined with --from {source}; drop one of them")
        if pattern is None and source == CollectorName.PATTERN:
            raise UsageError("--from pattern needs a regular expression, given with --pattern")
        self._stem = stem
        self._out = out
        self._source = source
        self._search_hints: list[Skipped] = []
        self._pattern = None if pattern is None else by_pattern.compile_pattern(pattern)

    @property
    def is_named(self) -> bool:
        """Whether a collector was named that has to see all files together."""
        return self._pattern is not None or self._source in COLLECTORS

    def is_export(self, path: Path, *, is_alone: bool) -> bool:
        """Return whether a path is an archive that an LMS exported, rather than a student's zip.

        Args:
            path: The path.
            is_alone: Whether all work is in archives. Only then can an archive with a single
                submission be an export.
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
        """Collect one file that is a submission."""
        found = plain.collect(tree_of_files([path]), stem=self._stem)
        return Collection(
            entries=tuple(replace(entry, place=label) for entry in found.entries),
            skipped=found.skipped,
        )

    def from_path(self, path: Path, label: str, *, is_alone: bool) -> Collection:
        """Collect from a folder or an archive.

        Args:
            path: The path.
            label: Its label, with which the places begin unless ``is_alone``.
            is_alone: Whether it is the only path.

        Raises:
            UsageError: it can't be read, or is not an export of the collector that was named.
        """
        is_folder = path.is_dir()
        tree = tree_of_folder(path, without=self._out) if is_folder else tree_of_archive(path)
        found = None if self._source == CollectorName.FOLDER else self._find(tree, str(path))
        hints: list[Skipped] = []
        if found is None:
            # Zipping a folder puts the folder itself into the zip; a given folder is the class's.
            top, others = without_tables(tree if is_folder else _of_the_class(tree))
            hints = self._hints(tree, label)
            if self._source is None:
                known = {one.path for one in hints}
                classes = check_level(top, stem=self._stem, where=str(path), is_folder=is_folder)
                hints += [one for one in classes if one.path not in known]
            hints += others
            found = plain.collect(top, stem=self._stem)
        placed = found if is_alone else with_prefix(found, label)
        return replace(placed, skipped=(*hints, *placed.skipped))

    def _hints(self, tree: Tree, label: str) -> list[Skipped]:
        """Return hints at what may be an export although it was collected as plain files."""
        if self._source is not None:
            return []
        if any(map(canvas.resembles, levels(tree))):
            return [Skipped(path=label, reason=MAY_BE_CANVAS)]
        return self._search_hints if len(self._search_hints) <= _MAX_HINTS else []

    def _find(self, tree: Tree, where: str) -> Collection | None:
        """Collect with the collector that was named, or with one that recognises the tree."""
        return self.from_named(tree, where) if self.is_named else self._recognise(tree)

    def from_named(self, tree: Tree, where: str) -> Collection:
        """Collect with the collector that was named.

        Args:
            tree: The tree.
            where: What the tree was made from, for a message.

        Raises:
            UsageError: there is nothing in it for this collector.
        """
        if self._pattern is not None:
            for level in levels(tree):
                if by_pattern.matches(level, self._pattern):
                    return by_pattern.collect_by(level, self._pattern, stem=self._stem)
            raise UsageError(f"no file in {where} has a path that matches the pattern")
        found = self._recognise(tree)
        if found is None:
            raise UsageError(f"found no {self._source} export in {where}")
        return found

    def _recognise(self, tree: Tree) -> Collection | None:
        found = collect_recognised(tree, stem=self._stem, system=self._source)
        if found is None:
            search = Search(stem=self._stem, system=self._source)
            found, self._search_hints = search.collect(tree), search.hints
        return found


def _of_the_class(tree: Tree) -> Tree:
    """Return the contents of an archive's only folder, unless it is the work of one student."""
    inside = inside_only_folder(tree)
    return tree if inside is None or plain.is_one_students(inside) else inside


def _unique(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Yield the entries with places that differ, because reports are named after them."""
    times: Counter[str] = Counter()
    taken: set[str] = set()
    for entry in entries:
        place = entry.place
        while place in taken:
            times[entry.place] += 1
            place = f"{entry.place} ({times[entry.place] + 1})"
        taken.add(place)
        yield entry if place == entry.place else replace(entry, place=place)
