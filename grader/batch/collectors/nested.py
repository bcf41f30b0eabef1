"""The search for exports inside a folder or an archive, next to other files.

Such a folder may contain an export and a gradebook, the exports of several sections, or zips as
they were downloaded. But a student, or several, may also hand in something that looks like an
export. If other work outnumbers the exports at the top, each item is one student's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.batch.archive import tree_of_export
from grader.batch.collection import Collection, Entry
from grader.batch.collectors import canvas, plain
from grader.batch.collectors.registry import collect_recognised, levels, with_prefix
from grader.batch.gradable_files import is_gradable
from grader.batch.tree import MAX_FILES, Tree, TreeFile, inside_each
from grader.errors import GraderError, UnreadableSubmissionError
from grader.report.class_model import Skipped, Student
from grader.report.collector_name import CollectorName

_MAX_DEPTH = 3
# More zips than this are those of the students of a class. Each is opened, and one that is inside
# an archive is read into memory. Together they may contain as many files as one export.
_MAX_ARCHIVES = 40
MAY_BE_CANVAS = (
    "its file names may be those of a Canvas export; if it is one, use the option --from canvas"
)
_MAY_BE_EXPORT = (
    "it looks like an export, but there is other work next to it; if it is one, give its own path"
)
_NOTHING_GRADABLE = "it is next to an export, and contains nothing that can be graded"
_NOT_THIS_SYSTEM = "it is next to an export of the platform given with --from, but is not one"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A folder, an archive or another file at the top of a tree.

    Attributes:
        label: Its name.
        tree: The contents of a folder or an archive; None for other files.
        files: A folder's files, or the file itself.
        is_folder: Whether it is a folder.
    """

    label: str
    tree: Tree | None
    files: tuple[TreeFile, ...]
    is_folder: bool

    @property
    def is_work(self) -> bool:
        """Whether it may contain the work of a student."""
        is_packed = not self.is_folder and self.label.lower().endswith(".zip")
        return is_packed or any(is_gradable(file.path) for file in self.files)


class Search:
    """A search for exports inside a tree.

    Args:
        stem: The name of the file that students start from, without its ending.
        system: The collector whose exports are searched for. By default, those of all collectors.

    Attributes:
        hints: What might be an export but was not taken for one, and what to do if it is.
    """

    def __init__(self, *, stem: str, system: str | None = None) -> None:
        self.hints: list[Skipped] = []
        self._stem = stem
        self._system = system
        self._archives_left = _MAX_ARCHIVES
        self._files_left = MAX_FILES

    def collect(self, tree: Tree) -> Collection | None:
        """Collect from the exports inside a tree that is not an export itself.

        Returns:
            The collection of all exports together, or None if there are none.
        """
        return self._search_items(tree, _MAX_DEPTH)

    def _search_items(self, tree: Tree, depth: int) -> Collection | None:
        *_, level = levels(tree)
        if depth == 0:
            return None
        found: dict[str, Collection] = {}
        others: list[_Item] = []
        broken: list[Skipped] = []
        for item in self._items(level):
            try:
                inside = self._search_one(item.tree, depth - 1) if item.tree else None
            except Exception as error:  # noqa: BLE001 - a student's file must not end the batch
                inside = None
                what = error if isinstance(error, GraderError) else type(error).__name__
                reason = f"it can't be used as an export: {what}"
                broken.append(Skipped(path=item.label, reason=reason))
            if inside is None:
                others.append(item)
                if item.tree is not None and canvas.resembles(item.tree):
                    self.hints.append(Skipped(path=item.label, reason=MAY_BE_CANVAS))
            else:
                found[item.label] = inside
        if not self._are_exports(found, others):
            self.hints += [Skipped(path=one, reason=_MAY_BE_EXPORT) for one in found]
            return None
        return self._combine(level, found, others, broken)

    def _search_one(self, tree: Tree, depth: int) -> Collection | None:
        """Collect from a tree that is an export or contains some."""
        itself = collect_recognised(tree, stem=self._stem, system=self._system)
        if itself is None:
            return self._search_items(tree, depth)
        return itself if self._system or _is_distinct(itself) else None

    def _items(self, level: Tree) -> Iterator[_Item]:
        """Yield the items at the top: files first, so that the limit counts their zips first."""
        for file in level.top_files():
            yield _Item(label=file.path, tree=self._open(file), files=(file,), is_folder=False)
        for folder, inside in inside_each(level).items():
            yield _Item(label=folder, tree=inside, files=inside.files, is_folder=True)

    def _open(self, file: TreeFile) -> Tree | None:
        """List the contents of a zip; None if it is not one that can be read."""
        if file.problem or not file.path.lower().endswith(".zip"):
            return None
        if self._archives_left <= 0 or self._files_left <= 0:
            return None
        self._archives_left -= 1
        try:
            tree = tree_of_export(file, limit=self._files_left)
        except UnreadableSubmissionError:
            return None
        self._files_left -= len(tree.files) + len(tree.folders)
        return tree

    def _are_exports(self, found: dict[str, Collection], others: list[_Item]) -> bool:
        """Return whether these are exports, rather than what students have handed in."""
        if self._system or not found:
            return bool(found)
        works = sum(item.is_work for item in others)
        if all(len(one.entries) == 1 for one in found.values()):
            return len(found) == 1 and not works
        return works <= len(found) and not _are_parts(found)

    def _combine(
        self,
        level: Tree,
        found: dict[str, Collection],
        others: list[_Item],
        broken: list[Skipped],
    ) -> Collection:
        """Combine exports into one collection, with the other work next to them as plain entries.

        Args:
            level: The tree whose items these are.
            found: The exports, by the label of their item.
            others: The other items.
            broken: The exports that can't be read.
        """
        kept = [item for item in others if item.is_work and not self._system]
        is_alone = len(found) + len(kept) == 1
        entries: list[Entry] = []
        skipped = [*level.all_skipped(), *broken]
        for label, one in found.items():
            placed = with_prefix(one, label)
            entries += one.entries if is_alone else placed.entries
            skipped += placed.skipped
        # It is not clear whose work this is, but nobody must be lost.
        rest = Tree(
            files=tuple(_files_of(level, kept)),
            folders=tuple(item.label for item in kept if item.is_folder),
        )
        entries += plain.collect(rest, stem=self._stem).entries
        reason = _NOT_THIS_SYSTEM if self._system else _NOTHING_GRADABLE
        known = {one.path for one in skipped}
        skipped += [
            Skipped(path=item.label, reason=reason)
            for item in others
            if not (item.is_work and not self._system) and item.label not in known
        ]
        return Collection(entries=tuple(entries), skipped=tuple(skipped))


def _files_of(level: Tree, items: Iterable[_Item]) -> Iterator[TreeFile]:
    """Yield the files of some items, with their paths in the whole tree."""
    inside: dict[str, list[TreeFile]] = {}
    for file in level.files:
        inside.setdefault(file.path.partition("/")[0], []).append(file)
    for label in dict.fromkeys(item.label for item in items):
        yield from inside.get(label, ())


def _is_distinct(found: Collection) -> bool:
    """Return whether what was recognised is certainly an export, and not one student's work.

    A student can hand in a clone, numbered folders of attempts, or a file that was downloaded from
    an LMS.
    """
    system = found.entries[0].origin.system if found.entries else ""
    if system == CollectorName.GRADESCOPE:
        return any(entry.student != Student() for entry in found.entries)
    return system == CollectorName.MOODLE or len(found.entries) > 1


def _are_parts(found: dict[str, Collection]) -> bool:
    """Return whether clones in several folders are the parts of each student's work."""
    keys = [
        entry.origin.key
        for one in found.values()
        for entry in one.entries
        if entry.origin.system == CollectorName.GITHUB_CLASSROOM
    ]
    return 2 * len(set(keys)) <= len(keys) and bool(keys)
