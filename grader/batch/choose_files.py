"""The choice of the files that are graded together, where an assignment asks for several.

They are looked for in what a student handed in: loose files, folders, or a zip of everything. Of
several folders with such files, the one with most of them counts. What is missing there may be
elsewhere, and other Python files beside them are taken along, since they may be imported.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.batch.archive import tree_inside
from grader.batch.gradable_files import has_junk, is_zip
from grader.batch.tree import Tree, TreeFile
from grader.errors import UnreadableSubmissionError
from grader.report.words import join_names
from grader.submission.hand_in import HandedIn, is_module_name, pack
from grader.submission.read import MAX_SOURCE_BYTES, MAX_SUBMISSION_BYTES

_MAX_ARCHIVES = 3
_MAX_EXTRA = 50
# What browsers, file managers and platforms add to the name of a copy.
_COPY = re.compile(
    r"(.+?)(?:[ _-]*(?:\(\d+\)|copy(?:[ _-]?\d+)?|kopie)|[-_ ]\d{1,2})", re.IGNORECASE
)
_COPY_OF = re.compile(r"(?:copy of|kopie von|copie de)[ _-]+(.+)", re.IGNORECASE)


# A file, with the name that the student gave it and the folders that contain it.
Named = tuple[str, TreeFile]


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a hand-in that are graded together.

    Attributes:
        name: What the hand-in is called in a report.
        files: The files that are asked for, by name.
        extra: Other Python files beside them, by name.
        archive: The zip that they are in, if they are in one.
        is_chosen: Whether there were others of the same name.
    """

    name: str
    files: dict[str, Named]
    extra: dict[str, Named]
    archive: TreeFile | None = None
    is_chosen: bool = False

    def read(self) -> bytes:
        """Read all files, and pack them.

        Raises:
            UnreadableSubmissionError: One of them can't be read, or they are too large together.
        """
        files = {**self.files, **self.extra}
        if self.archive is not None:
            inside = {file.path: file for file in tree_inside(self.archive).files}
            if not all(file.path in inside for _, file in files.values()):
                raise UnreadableSubmissionError(
                    f"{self.archive.name} has changed since its contents were listed"
                )
            files = {name: (path, inside[one.path]) for name, (path, one) in files.items()}
        packed: list[HandedIn] = []
        left = MAX_SUBMISSION_BYTES
        for name, (path, file) in files.items():
            data = file.read()
            left -= len(data)
            if left < 0:
                raise UnreadableSubmissionError(
                    f"its files are larger than {MAX_SUBMISSION_BYTES // 2**20} MiB together, "
                    "which is the limit"
                )
            packed.append(HandedIn(name=name, path=path, data=data))
        return pack(packed)

    def notes(self, names: Sequence[str]) -> list[str]:
        """Return what an instructor should know about the choice.

        Args:
            names: The names that were asked for.
        """
        notes = []
        missing = [name for name in names if name not in self.files]
        if missing:
            notes.append(f"{join_names(missing)} {'are' if len(missing) > 1 else 'is'} missing")
        if self.is_chosen:
            paths = [path for path, _ in self.files.values()]
            notes.append(f"{join_names(paths)} were chosen among several files of these names")
        return notes


def find_files(pieces: Iterable[Named], names: Sequence[str]) -> Found | None:
    """Find the files that are asked for.

    Args:
        pieces: All files that a student handed in, each with the name that the student gave it.
        names: The names that are asked for.

    Returns:
        The files; None if there is none of them.

    Raises:
        UnreadableSubmissionError: There is none of them, but an archive that can't be read.
    """
    all_pieces = list(pieces)
    best = _find(all_pieces, names)
    if best is not None and len(best.files) == len(names):
        return best
    problem: UnreadableSubmissionError | None = None
    archives = [file for name, file in all_pieces if is_zip(name) and not file.problem]
    archives.sort(key=lambda file: (file.modified_s, file.path), reverse=True)
    for archive in archives[:_MAX_ARCHIVES]:
        try:
            tree = tree_inside(archive)
        except UnreadableSubmissionError as error:
            problem = problem or error
            continue
        found = _find(_named(tree), names, archive=archive)
        if found is not None and (best is None or len(found.files) > len(best.files)):
            best = found
    if best is None and problem is not None and not any(map(_is_python, all_pieces)):
        raise problem
    return best


def _named(tree: Tree) -> list[Named]:
    return [(file.path, file) for file in tree.files]


def _is_python(piece: Named) -> bool:
    name, file = piece
    return name.lower().endswith((".py", ".ipynb")) and not file.problem


def _find(
    pieces: Sequence[Named], names: Sequence[str], *, archive: TreeFile | None = None
) -> Found | None:
    """Choose among files that were listed: first the best folder, then what is missing there."""
    usable = [
        (PurePosixPath(name), file)
        for name, file in pieces
        if name.lower().endswith(".py") and not has_junk(name) and not file.problem
    ]
    folders: dict[str, list[tuple[PurePosixPath, TreeFile]]] = defaultdict(list)
    for path, file in usable:
        folders[path.parent.as_posix()].append((path, file))
    chosen: dict[str, Named] = {}
    ranked = sorted(folders, key=functools.partial(_rank, folders=folders, names=names))
    for folder in ranked:
        for name in names:
            if name not in chosen:
                fitting = [one for one in folders[folder] if _likeness(one[0].name, name)]
                if fitting:
                    path, file = max(fitting, key=functools.partial(_merit, name=name))
                    chosen[name] = path.as_posix(), file
    if not chosen:
        return None
    taken = {id(file) for _, file in chosen.values()}
    extra = {
        path.name: (path.as_posix(), file)
        for path, file in folders[ranked[0]]
        if id(file) not in taken
        and path.name not in names
        and is_module_name(path.name)
        and file.size_bytes <= MAX_SOURCE_BYTES
    }
    fitting_count = sum(any(_likeness(path.name, name) for name in names) for path, _ in usable)
    shown = [PurePosixPath(path).name for path, _ in chosen.values()]
    return Found(
        name=archive.name if archive is not None else join_names(shown),
        files={name: chosen[name] for name in names if name in chosen},
        extra=dict(sorted(extra.items())[:_MAX_EXTRA]),
        archive=archive,
        is_chosen=fitting_count > len(chosen),
    )


def _rank(
    folder: str,
    *,
    folders: dict[str, list[tuple[PurePosixPath, TreeFile]]],
    names: Sequence[str],
) -> tuple[object, ...]:
    """Rank a folder: the one with most of the names, then the one that is least deep, or newest."""
    files = folders[folder]
    exact = sum(any(path.name == name for path, _ in files) for name in names)
    close = sum(any(_likeness(path.name, name) for path, _ in files) for name in names)
    newest = max(file.modified_s for _, file in files)
    return -close, -exact, len(PurePosixPath(folder).parts), -newest, folder


def _merit(one: tuple[PurePosixPath, TreeFile], *, name: str) -> tuple[object, ...]:
    path, file = one
    return _likeness(path.name, name), file.modified_s, path.as_posix()


def _likeness(given: str, name: str) -> int:
    """Return how much a file's name is like one that is asked for; 0 if it is another one."""
    if given == name:
        return 3
    if given.casefold() == name.casefold():
        return 2
    stem = given.rpartition(".")[0]
    for pattern in (_COPY, _COPY_OF):
        copy = pattern.fullmatch(stem)
        if copy is not None and f"{copy[1]}.py".casefold() == name.casefold():
            return 1
    return 0
