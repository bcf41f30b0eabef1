"""The choice of the files that are graded together, where an assignment asks for several.

They are looked for in what a student handed in: loose files, folders, or a zip of everything. Of
several folders with such files, the one with most of them counts. What is missing there may be
elsewhere, and other Python files beside them are taken along, since they may be imported.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
_EXACT = 3
_LONGEST_STEM = 100  # that a pattern is tried on
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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A Python file that a student handed in.

    Attributes:
        path: Its path, by the name that the student gave it.
        file: The file.
        name: The name that is asked for and that it stands for; empty if there is none.
        likeness: How much its own name is like that one.
    """

    path: PurePosixPath
    file: TreeFile
    name: str
    likeness: int

    @property
    def merit(self) -> tuple[object, ...]:
        return self.likeness, self.file.modified_s, self.path.as_posix()

    @property
    def named(self) -> Named:
        return self.path.as_posix(), self.file


def _find(
    pieces: Sequence[Named], names: Sequence[str], *, archive: TreeFile | None = None
) -> Found | None:
    """Choose among files that were listed: first the best folder, then what is missing there."""
    wanted = {name.casefold(): name for name in names}
    folders: dict[str, list[_Candidate]] = defaultdict(list)
    for given, file in pieces:
        if given.lower().endswith(".py") and not has_junk(given) and not file.problem:
            path = PurePosixPath(given)
            candidate = _Candidate(path, file, *_stands_for(path.name, wanted))
            folders[path.parent.as_posix()].append(candidate)
    ranked = sorted(folders, key=lambda folder: _rank(folder, folders[folder]))
    chosen: dict[str, _Candidate] = {}
    count = 0
    for folder in ranked:
        found: dict[str, _Candidate] = {}
        for one in folders[folder]:
            count += bool(one.name)
            if one.name and (one.name not in found or one.merit > found[one.name].merit):
                found[one.name] = one
        chosen = {**found, **chosen}
    if not chosen:
        return None
    extra = {
        one.path.name: one.named
        for one in folders[ranked[0]]
        if not one.name
        and is_module_name(one.path.name)
        and one.file.size_bytes <= MAX_SOURCE_BYTES
    }
    in_order = {name: chosen[name] for name in names if name in chosen}
    return Found(
        name=archive.name
        if archive is not None
        else join_names([one.path.name for one in in_order.values()]),
        files={name: one.named for name, one in in_order.items()},
        extra=dict(sorted(extra.items())[:_MAX_EXTRA]),
        archive=archive,
        is_chosen=count > len(chosen),
    )


def _rank(folder: str, files: Sequence[_Candidate]) -> tuple[object, ...]:
    """Rank a folder: the one with most of the names, then the one that is least deep, or newest."""
    close = {one.name for one in files if one.name}
    exact = {one.name for one in files if one.likeness == _EXACT}
    newest = max(one.file.modified_s for one in files)
    return -len(close), -len(exact), len(PurePosixPath(folder).parts), -newest, folder


def _stands_for(given: str, wanted: Mapping[str, str]) -> tuple[str, int]:
    """Return the name that is asked for and that a file stands for, and how alike the two are.

    Args:
        given: The name of the file.
        wanted: The names that are asked for, by what they are without capitals.
    """
    name = wanted.get(given.casefold(), "")
    if name:
        return name, _EXACT if name == given else _EXACT - 1
    stem = given.rpartition(".")[0]
    if len(stem) <= _LONGEST_STEM:
        for pattern in (_COPY, _COPY_OF):
            copy = pattern.fullmatch(stem)
            if copy is not None and (name := wanted.get(f"{copy[1]}.py".casefold(), "")):
                return name, 1
    return "", 0
