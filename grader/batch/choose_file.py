"""The choice of the file that is graded, or of several, of all files that a student handed in.

A student may hand in a notebook with a picture, a solution with a second module, or a zip of
everything. If none of the files can be graded, the student gets a report that lists what there was.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import NoReturn

from grader.batch.archive import RenamedArchiveError, tree_inside
from grader.batch.choose_files import find_files
from grader.batch.gradable_files import (
    HAND_IN_ITSELF,
    files_of,
    has_junk,
    is_gradable,
    is_junk,
    is_zip,
    name_other_archive,
    rank_name,
)
from grader.batch.tree import Tree, TreeFile
from grader.errors import UnreadableSubmissionError
from grader.report.class_model import Skipped

NOTHING = "it contains no .py file and no .ipynb notebook"
_SHOWN = 4
_SHOWN_LENGTH = 60
_MAX_ARCHIVES = 3
# So many members of a student's archive that can't be read are listed on the class page.
_MAX_SKIPPED = 20


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
        skipped: What was not read in an archive among the files.
    """

    file: str
    read: Callable[[], bytes]
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def pieces_below(files: Iterable[TreeFile], prefix: str) -> list[Piece]:
    """Return the files below a folder as pieces, named by their paths without ``prefix``."""
    return [Piece(file=file, name=file.path.removeprefix(prefix)) for file in files]


def choose(pieces: Sequence[Piece], *, stem: str, nothing: str = NOTHING) -> Choice:
    """Choose the file that is graded.

    Of the files that can be graded, it is the one with the name that was asked for, else one whose
    name contains that name, else the newest. If no file can be graded, the same is done with the
    contents of a zip among them; a zip inside that zip is not opened, and the reason says so.
    Where the assignment asks for several files, all of them are chosen together.

    Args:
        pieces: All files that the student handed in.
        stem: The name of the file that students start from, without its ending.
        nothing: The reason to give if there are no pieces.
    """
    names = files_of(stem)
    if not names:
        return _choose_one(pieces, stem=stem, nothing=nothing)
    try:
        found = find_files(((_given_name(one), one.file) for one in pieces), names)
    except UnreadableSubmissionError as error:
        return _refusal(pieces[0].name, error.reason)
    if found is None:
        return _without_names(_choose_one(pieces, stem=stem, nothing=nothing), names)
    notes = (*found.notes(names), *_notes_on_folders(pieces))
    return Choice(file=found.name, read=found.read, notes=notes)


def _given_name(piece: Piece) -> str:
    """Return the name that a student gave a file, without what an LMS has added."""
    path = PurePosixPath(piece.name)
    return str(path.with_name(piece.title + path.suffix)) if piece.title else piece.name


def _without_names(choice: Choice, names: Sequence[str]) -> Choice:
    """Return a choice with the note that it has none of the names that are asked for."""
    note = f"it is not named {' or '.join(names)}"
    return replace(choice, notes=(note, *choice.notes)) if choice.file else choice


def _choose_one(pieces: Sequence[Piece], *, stem: str, nothing: str) -> Choice:
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
        The file, or why the best of the archives has none; None if there is no archive.
    """
    archives = [piece for piece in pieces if is_zip(piece.name) and not piece.file.problem]
    archives.sort(key=functools.partial(_merit, stem=stem), reverse=True)
    problem = ""
    skipped: list[Skipped] = []
    for outer in archives[:_MAX_ARCHIVES]:
        try:
            tree = tree_inside(outer.file)
        except UnreadableSubmissionError as error:
            problem = problem or error.reason
            if isinstance(error, RenamedArchiveError):
                skipped.append(Skipped(path=outer.file.path, reason=error.reason))
            continue
        skipped += _skipped_in(outer, tree)
        candidates = _candidates(pieces_below(tree.files, ""))
        if candidates:
            best = max(candidates, key=functools.partial(_merit, stem=stem))
            read = functools.partial(_read_inside, outer.file, best.file.path)
            note = f"{shorten(best.name)} was graded, taken from {shorten(outer.name)}"
            if len(candidates) > 1:
                note = f"{note} and chosen from {len(candidates)} files that can be graded"
            notes = (note, *_notes_on_refused(outer, tree))
            return Choice(
                file=PurePosixPath(best.name).name,
                read=read,
                notes=notes,
                skipped=tuple(skipped),
            )
        problem = problem or _describe_contents(outer.name, tree)
    if not archives:
        return None
    if len(archives) > _MAX_ARCHIVES:
        problem = f"{problem}; of {len(archives)} zips, {_MAX_ARCHIVES} were opened"
        skipped += [
            Skipped(path=one.file.path, reason=f"it was not opened, as {_MAX_ARCHIVES} others were")
            for one in archives[_MAX_ARCHIVES:][:_MAX_SKIPPED]
        ]
    return _refusal(archives[0].name, problem, tuple(skipped))


def _skipped_in(outer: Piece, tree: Tree) -> Iterator[Skipped]:
    """Yield what was not read in an archive, up to a limit."""
    nested = [
        Skipped(path=file.path, reason=f"it is {kind} inside a zip, which is not opened")
        for file in tree.files
        if not file.problem and (kind := _name_archive(file.name))
    ]
    found = [*tree.skipped, *nested]
    for one in found[:_MAX_SKIPPED]:
        yield Skipped(path=f"{outer.file.path}/{one.path}", reason=one.reason)
    left = len(found) - _MAX_SKIPPED
    if left > 0:
        yield Skipped(path=outer.file.path, reason=f"{left} more files in it can't be read")


def _name_archive(name: str) -> str:
    return "a zip" if is_zip(name) else name_other_archive(name)


def _refused(tree: Tree) -> Iterator[Skipped]:
    """Yield the members that would be graded if they could be read."""
    for one in tree.skipped:
        parts = re.split(r"[/\\]", one.path)
        if is_gradable(one.path) and not any(map(is_junk, set(parts) - {".", ".."})):
            yield one


def _notes_on_refused(outer: Piece, tree: Tree) -> Iterator[str]:
    """Yield a note for each member, up to a few, that may have been the better file."""
    for one in itertools.islice(_refused(tree), _SHOWN):
        yield f"{shorten(one.path)} in {shorten(outer.name)} was not read: {one.reason}"


def _describe_contents(name: str, tree: Tree) -> str:
    """Return why there is nothing to grade in a zip that was opened."""
    shown = shorten(name)
    for one in _refused(tree):
        return f"{shorten(one.path)} in {shown} can't be read: {one.reason}"
    for file in tree.files:
        kind = _name_archive(file.name)
        if kind:
            return (
                f"{shown} contains {kind} in turn, {shorten(file.name)}, which is not opened;"
                f" {HAND_IN_ITSELF}"
            )
    if tree.files:
        return f"{shown} contains no .py file and no .ipynb notebook, only {_list(tree.files)}"
    for one in tree.skipped:
        return f"{shorten(one.path)} in {shown} can't be read: {one.reason}"
    if tree.junk:
        junk = ", ".join(map(shorten, tree.junk[:_SHOWN]))
        return f"{shown} contains only what tools leave behind: {junk}"
    return f"{shown} is empty" if not tree.folders else f"{shown} contains only empty folders"


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
    reason = f"{NOTHING}, only {_list(pieces)}"
    packed = [(piece, name_other_archive(piece.name)) for piece in pieces]
    packed = [(piece, kind) for piece, kind in packed if kind][:_MAX_SKIPPED]
    if packed:
        reason = f"{reason}: {packed[0][1]} is not opened here; {HAND_IN_ITSELF}"
    skipped = tuple(skip_archive(piece.file, kind) for piece, kind in packed)
    return _refusal(pieces[0].name, reason, skipped)


def skip_archive(file: TreeFile, kind: str) -> Skipped:
    """Return the entry of an archive that can't be opened in the list of skipped files."""
    return Skipped(path=file.path, reason=f"it is {kind}, which is not opened here")


def _list(named: Sequence[Piece | TreeFile]) -> str:
    """List the first few names."""
    names = [shorten(one.name) for one in named[:_SHOWN]]
    if len(named) > _SHOWN:
        names.append(f"and {len(named) - _SHOWN} more")
    return ", ".join(names)


def _refusal(name: str, reason: str, skipped: tuple[Skipped, ...] = ()) -> Choice:
    read = functools.partial(refuse, reason)
    return Choice(file=PurePosixPath(name).name, read=read, skipped=skipped)


def refuse(reason: str) -> NoReturn:
    """Raise `UnreadableSubmissionError`: the ``read`` of an entry with nothing to grade.

    Raises:
        UnreadableSubmissionError: always.
    """
    raise UnreadableSubmissionError(reason)


def shorten(name: str) -> str:
    """Return a name, cut if it is too long for a sentence."""
    return name if len(name) <= _SHOWN_LENGTH else f"{name[: _SHOWN_LENGTH - 1]}…"
