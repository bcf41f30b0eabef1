"""Finds exports that lie in a folder or an archive among other things, and collects them together.

A folder with an export and a gradebook, two sections side by side, zips as they were downloaded. A
student may hand in what looks like an export, alone or with others: as long as there are more
places with other work than with exports, each place is one student's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.batch.archive import tree_of_export
from grader.batch.collection import Collection, Entry
from grader.batch.collectors import canvas, plain
from grader.batch.collectors.registry import below, collect_recognised, levels
from grader.batch.gradable_files import is_gradable
from grader.batch.tree import Tree, TreeFile, inside_each
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped, Student
from grader.report.collector_name import CollectorName

_MAX_DEPTH = 3
# Of a class more will lie in one place; each is opened, and one in an archive is read whole.
_MAX_ARCHIVES = 40
MAY_BE_CANVAS = (
    "its names are not surely those that Canvas gives; if it is an export, say --from canvas"
)
_MAY_BE_EXPORT = (
    "it looks like an export, but other work lies beside it: if it is one, name it by itself"
)
_BESIDE = "it lies beside what was exported, and nothing in it can be graded"
_NOT_OF_IT = "it lies beside what was exported, and does not look like it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What lies beside others: a folder, or an archive with what is in it, or another file."""

    label: str
    tree: Tree | None
    files: tuple[TreeFile, ...]
    is_folder: bool

    @property
    def is_work(self) -> bool:
        """Tell whether somebody's work may be in it."""
        is_packed = not self.is_folder and self.label.lower().endswith(".zip")
        return is_packed or any(is_gradable(file.path) for file in self.files)


class Search:
    """Looks into one place after the other.

    Args:
        stem: What the file is called that students get, without its ending.
        system: Whose exports are looked for, where that was said.

    Attributes:
        near: What only might be an export, and what to do if it is.
    """

    def __init__(self, *, stem: str, system: str | None = None) -> None:
        self.near: list[Skipped] = []
        self._stem = stem
        self._system = system
        self._archives_left = _MAX_ARCHIVES

    def collect(self, tree: Tree) -> Collection | None:
        """Collect from the exports that lie in a tree that is none itself, if there are such."""
        return self._below(tree, _MAX_DEPTH)

    def _below(self, tree: Tree, depth: int) -> Collection | None:
        *_, level = levels(tree)
        if depth == 0:
            return None
        found: dict[str, Collection] = {}
        others: list[_Place] = []
        broken: list[Skipped] = []
        for place in self._places(level):
            try:
                inside = self._inside(place.tree, depth - 1) if place.tree else None
            except UsageError as error:
                inside = None
                broken.append(Skipped(path=place.label, reason=f"as an export, {error}"))
            if inside is None:
                others.append(place)
                if place.tree is not None and canvas.resembles(place.tree):
                    self.near.append(Skipped(path=place.label, reason=MAY_BE_CANVAS))
            else:
                found[place.label] = inside
        if not self._are_exports(found, others):
            self.near += [Skipped(path=one, reason=_MAY_BE_EXPORT) for one in found]
            return None
        return self._together(level, found, others, broken)

    def _inside(self, tree: Tree, depth: int) -> Collection | None:
        itself = collect_recognised(tree, stem=self._stem, system=self._system)
        if itself is None:
            return self._below(tree, depth)
        return itself if self._system or _is_distinct(itself) else None

    def _places(self, level: Tree) -> Iterator[_Place]:
        """Give files first: of the archives, those count that lie highest."""
        for file in level.top_files():
            yield _Place(label=file.path, tree=self._unpacked(file), files=(file,), is_folder=False)
        for folder, inside in inside_each(level).items():
            yield _Place(label=folder, tree=inside, files=inside.files, is_folder=True)

    def _unpacked(self, file: TreeFile) -> Tree | None:
        if file.problem or not file.path.lower().endswith(".zip") or not self._archives_left:
            return None
        self._archives_left -= 1
        try:
            return tree_of_export(file)
        except UnreadableSubmissionError:
            return None

    def _are_exports(self, found: dict[str, Collection], others: list[_Place]) -> bool:
        """Tell whether these are exports, and not what the students of a class have handed in."""
        if self._system or not found:
            return bool(found)
        works = sum(place.is_work for place in others)
        if all(len(one.entries) == 1 for one in found.values()):
            return len(found) == 1 and not works
        return works <= len(found) and not _are_parts(found)

    def _together(
        self,
        level: Tree,
        found: dict[str, Collection],
        others: list[_Place],
        broken: list[Skipped],
    ) -> Collection:
        kept = [place for place in others if place.is_work and not self._system]
        is_alone = len(found) + len(kept) == 1
        entries: list[Entry] = []
        skipped = [*level.all_skipped(), *broken]
        for label, one in found.items():
            placed = below(one, label)
            entries += one.entries if is_alone else placed.entries
            skipped += placed.skipped
        # Whoever's these are, nobody must be lost.
        rest = Tree(
            files=tuple(file for place in kept for file in _files_of(level, place)),
            folders=tuple(place.label for place in kept if place.is_folder),
        )
        entries += plain.collect(rest, stem=self._stem).entries
        reason = _NOT_OF_IT if self._system else _BESIDE
        known = {one.path for one in skipped}
        skipped += [
            Skipped(path=place.label, reason=reason)
            for place in others
            if place not in kept and place.label not in known
        ]
        return Collection(entries=tuple(entries), skipped=tuple(skipped))


def _files_of(level: Tree, place: _Place) -> Iterator[TreeFile]:
    """Give the files of a place, by the paths that they have in the whole."""
    for file in level.files:
        if file.path == place.label or file.path.startswith(f"{place.label}/"):
            yield file


def _is_distinct(found: Collection) -> bool:
    """Tell whether something in a folder of many is surely an export, not one student's work.

    A clone, attempts in numbered folders or one file of such a name can be a student's own.
    """
    system = found.entries[0].origin.system if found.entries else ""
    if system == CollectorName.GRADESCOPE:
        return any(entry.student != Student() for entry in found.entries)
    return system == CollectorName.MOODLE or len(found.entries) > 1


def _are_parts(found: dict[str, Collection]) -> bool:
    """Tell whether clones in several folders are the parts of each student's work."""
    keys = [
        entry.origin.key
        for one in found.values()
        for entry in one.entries
        if entry.origin.system == CollectorName.GITHUB_CLASSROOM
    ]
    return 2 * len(set(keys)) <= len(keys) and bool(keys)
