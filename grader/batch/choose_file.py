"""The choice of the one file that is graded, of all files that a student handed in.

A student may hand in a notebook with a picture, a solution with a second module, or a zip of
everything. If none of the files can be graded, the student gets a report that lists what there was.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NoReturn

from grader.batch.archive import tree_inside
from grader.batch.gradable_files import has_junk, is_gradable, rank_name
from grader.batch.tree import TreeFile
from grader.errors import UnreadableSubmissionError

NOTHING = "it contains no .py file and no .ipynb notebook"
_SHOWN = 4
_SHOWN_LENGTH = 60
_MAX_ARCHIVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One of the files that a student handed in together.

    Attributes:
        file: The file.
        name: The name that the student gave it, with the folders that contain it.
        title: The name without its ending, for comparing it with the one that was asked for.
            Empty if it is simply the stem of ``name``.
        age: Compares files of the same student by time: the newest has the greatest.
    """

    file: TreeFile
    name: str
    title: str = ""
    age: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The file that is graded.

    Attributes:
        file: Its name; empty if nothing was handed in.
        read: Reads its bytes. Raises `UnreadableSubmissionError` if there is nothing to grade.
        notes: What an instructor should know about the choice.
    """

    file: str
    read: Callable[[], bytes]
    notes: tuple[str, ...] = ()


def pieces_below(files: Iterable[TreeFile], prefix: str) -> list[Piece]:
    """Return the files below a folder as pieces, named by their paths without ``prefix``."""
    return [Piece(file=file, name=file.path.removeprefix(prefix)) for file in files]


def choose(pieces: Sequence[Piece], *, stem: str, nothing: str = NOTHING) -> Choice:
    """Choose the file that is graded.

    Of the files that can be graded, it is the one with the name that was asked for, else one whose
    name contains that name, else the newest. If no file can be graded, the same is done with the
    contents of a zip among them; a zip inside that zip is not opened.

    Args:
        pieces: All files that the student handed in.
        stem: The name of the file that students start from, without its ending.
        nothing: The reason to give if there are no pieces.
    """
    candidates = _candidates(pieces)
    if candidates:
        best = max(candidates, key=functools.partial(_merit, stem=stem))
        name = PurePosixPath(best.name).name
        notes = (*_notes(best.name, len(candidates)), *_notes_on_folders(pieces))
        return Choice(file=name, read=best.file.read, notes=notes)
    return _choose_in_archives(pieces, stem=stem) or _refuse(pieces, nothing)


def _candidates(pieces: Sequence[Piece]) -> list[Piece]:
    return [
        piece
        for piece in pieces
        if is_gradable(piece.name) and not has_junk(piece.name) and not piece.file.problem
    ]


def _merit(piece: Piece, *, stem: str) -> tuple[object, ...]:
    title = piece.title or PurePosixPath(piece.name).stem
    return *rank_name(title, stem=stem), piece.age, piece.file.modified_s, piece.name


def _notes(name: str, count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    return (f"{shorten(name)} was graded, chosen from {count} files that can be graded",)


def _notes_on_folders(pieces: Iterable[Piece]) -> Iterator[str]:
    """Yield a note for each folder, up to a few, in which there may be a better file."""
    folders = (piece.file for piece in pieces if piece.file.is_folder)
    for folder in itertools.islice(folders, _SHOWN):
        yield f"the folder {shorten(folder.name)} can't be read: {folder.problem}"


def _choose_in_archives(pieces: Sequence[Piece], *, stem: str) -> Choice | None:
    """Choose a file inside an archive, without keeping the archive's bytes until it is read.

    Returns:
        The file, or why an archive can't be used; None if the archives contain nothing to grade.
    """
    archives = [
        piece for piece in pieces if piece.name.lower().endswith(".zip") and not piece.file.problem
    ]
    problem = ""
    for outer in sorted(archives, key=functools.partial(_merit, stem=stem), reverse=True)[
        :_MAX_ARCHIVES
    ]:
        try:
            inside = pieces_below(tree_inside(outer.file).files, "")
        except UnreadableSubmissionError as error:
            problem = problem or error.reason
            continue
        candidates = _candidates(inside)
        if candidates:
            best = max(candidates, key=functools.partial(_merit, stem=stem))
            read = functools.partial(_read_inside, outer.file, best.file.path)
            note = f"{shorten(best.name)} was graded, taken from {shorten(outer.name)}"
            notes = (note, *_notes(best.name, len(candidates)))
            return Choice(file=PurePosixPath(best.name).name, read=read, notes=notes)
        refused = [one.file for one in inside if is_gradable(one.name) and one.file.problem]
        for file in refused:
            problem = problem or f"{file.name} in {outer.name} can't be read: {file.problem}"
    return _refusal(archives[0].name, problem) if problem else None


def _read_inside(outer: TreeFile, path: str) -> bytes:
    for file in tree_inside(outer).files:
        if file.path == path:
            return file.read()
    raise UnreadableSubmissionError(f"{outer.name} has changed since its contents were listed")


def _refuse(pieces: Sequence[Piece], nothing: str) -> Choice:
    """Return a choice that can't be read, with a reason that lists what was handed in instead."""
    if not pieces:
        return _refusal("", nothing)
    for piece in pieces:
        if piece.file.problem and (is_gradable(piece.name) or piece.file.is_folder):
            return _refusal(piece.name, f"{piece.file.name} can't be read: {piece.file.problem}")
    names = [shorten(piece.name) for piece in itertools.islice(pieces, _SHOWN)]
    if len(pieces) > _SHOWN:
        names.append(f"and {len(pieces) - _SHOWN} more")
    return _refusal(pieces[0].name, f"{NOTHING}, only {', '.join(names)}")


def _refusal(name: str, reason: str) -> Choice:
    return Choice(file=PurePosixPath(name).name, read=functools.partial(refuse, reason))


def refuse(reason: str) -> NoReturn:
    """Raise `UnreadableSubmissionError`: the ``read`` of an entry with nothing to grade.

    Raises:
        UnreadableSubmissionError: always.
    """
    raise UnreadableSubmissionError(reason)


def shorten(name: str) -> str:
    """Return a name, cut if it is too long for a sentence."""
    return name if len(name) <= _SHOWN_LENGTH else f"{name[: _SHOWN_LENGTH - 1]}…"
