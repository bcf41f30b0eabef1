"""Chooses from everything that one student has handed in the one file that is graded.

A notebook and a picture, a solution and a helper, an archive of all of it: one of them is meant.
Whoever handed in only what can't be graded is told so, with what there was.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NoReturn

from grader.batch.archive import tree_inside
from grader.batch.gradable_files import has_junk, is_gradable, rank_name
from grader.batch.tree import TreeFile
from grader.errors import UnreadableSubmissionError

NOTHING = "there is no .py file and no .ipynb notebook in it"
_SHOWN = 4
_SHOWN_LENGTH = 60
_MAX_ARCHIVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of those that belong together.

    Attributes:
        file: The file.
        name: What the student called it, with the folders that it lies in.
        title: What its name is compared by, where that isn't ``name`` without its ending.
        age: The newest has the greatest; compared among the pieces of one hand-in only.
    """

    file: TreeFile
    name: str
    title: str = ""
    age: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is graded: its name (empty if nothing was handed in), its bytes, and what to note."""

    file: str
    read: Callable[[], bytes]
    notes: tuple[str, ...] = ()


def pieces_below(files: Iterable[TreeFile], prefix: str) -> list[Piece]:
    """Take files of a folder for the pieces of one hand-in."""
    return [Piece(file=file, name=file.path.removeprefix(prefix)) for file in files]


def choose(pieces: Sequence[Piece], *, stem: str, nothing: str = NOTHING) -> Choice:
    """Choose the file that is graded.

    Those that can be graded come first, among them the one with the name that was asked for, then
    one with that name in it, then the newest. If there is none, an archive is looked into, once.

    Args:
        pieces: All that was handed in, together.
        stem: What the file is called that students get, without its ending.
        nothing: What to say if there are no pieces.
    """
    candidates = _candidates(pieces)
    if candidates:
        best = max(candidates, key=functools.partial(_merit, stem=stem))
        name = PurePosixPath(best.name).name
        return Choice(file=name, read=best.file.read, notes=_note(best.name, len(candidates)))
    return _look_into_archives(pieces, stem=stem) or _refuse(pieces, nothing)


def _candidates(pieces: Sequence[Piece]) -> list[Piece]:
    return [
        piece
        for piece in pieces
        if is_gradable(piece.name) and not has_junk(piece.name) and not piece.file.problem
    ]


def _merit(piece: Piece, *, stem: str) -> tuple[object, ...]:
    title = piece.title or PurePosixPath(piece.name).stem
    return *rank_name(title, stem=stem), piece.age, piece.file.modified_s, piece.name


def _note(name: str, count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    return (f"{shorten(name)} was graded, of {count} files that could be",)


def _look_into_archives(pieces: Sequence[Piece], *, stem: str) -> Choice | None:
    """Find the file in an archive; the archive's bytes are not kept until it is its turn."""
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
            told = f"{shorten(best.name)} was graded, from inside {shorten(outer.name)}"
            notes = (told, *_note(best.name, len(candidates)))
            return Choice(file=PurePosixPath(best.name).name, read=read, notes=notes)
        refused = [one.file for one in inside if is_gradable(one.name) and one.file.problem]
        for file in refused:
            problem = problem or f"{file.name} in {outer.name} can't be read: {file.problem}"
    return _refusal(archives[0].name, problem) if problem else None


def _read_inside(outer: TreeFile, path: str) -> bytes:
    for file in tree_inside(outer).files:
        if file.path == path:
            return file.read()
    raise UnreadableSubmissionError(f"{outer.name} has changed since it was looked into")


def _refuse(pieces: Sequence[Piece], nothing: str) -> Choice:
    """Say what there was instead of something that can be graded."""
    if not pieces:
        return _refusal("", nothing)
    for piece in pieces:
        if piece.file.problem and is_gradable(piece.name):
            return _refusal(piece.name, f"{piece.file.name} can't be read: {piece.file.problem}")
    names = [shorten(piece.name) for piece in itertools.islice(pieces, _SHOWN)]
    if len(pieces) > _SHOWN:
        names.append(f"{len(pieces) - _SHOWN} more")
    told = f"{NOTHING}, only {', '.join(names)}"
    return _refusal(pieces[0].name, told)


def _refusal(name: str, reason: str) -> Choice:
    return Choice(file=PurePosixPath(name).name, read=functools.partial(refuse, reason))


def refuse(reason: str) -> NoReturn:
    """Say that there is nothing to be graded; made the ``read`` of an entry.

    Raises:
        UnreadableSubmissionError: always.
    """
    raise UnreadableSubmissionError(reason)


def shorten(name: str) -> str:
    """Cut a name that is too long for a sentence."""
    return name if len(name) <= _SHOWN_LENGTH else f"{name[: _SHOWN_LENGTH - 1]}…"
