"""Collects submissions from folders: a file for each student, or a folder for each."""

import functools
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from grader.batch.collection import Collection, Entry
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped
from grader.submission.read import read_bytes

_GRADABLE = (".py", ".ipynb")
# What systems, editors and Python leave behind, and nobody hands in.
_JUNK = re.compile(
    r"\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*\.pyc|.*~|node_modules|venv",
    re.IGNORECASE,
)
_MAX_FILES_OF_ONE = 1000


def collect_folders(paths: Sequence[Path], *, stem: str, out: Path) -> Collection:
    """Collect from files and folders.

    A file is a submission, and its name says whose. In a folder each file is one, and each folder
    is one student's, of whose files one is graded.

    Args:
        paths: Files, and folders to look in.
        stem: What the file is called that students get, without its ending.
        out: Where results go; left out if it lies in one of the folders.

    Raises:
        UsageError: one of them is not there, or can't be looked into.
    """
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    names = Counter(path.resolve().name for path in paths)
    for path in dict.fromkeys(paths):
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder {path}")
        # Two of one name must not hide each other.
        name = path.resolve().name
        label = _text(name if names[name] == 1 else str(path))
        if not path.is_dir():
            entries.append(_of_file(path, label))
            continue
        prefix = "" if len(paths) == 1 else f"{label}/"
        for child in _children(path):
            place = f"{prefix}{_text(child.name)}"
            if _is_same(child, out):
                continue
            if _JUNK.fullmatch(child.name):
                skipped.append(Skipped(path=place, reason="not something that is handed in"))
            elif child.is_dir() and not child.is_symlink():
                entries.append(_of_folder(child, place, stem=stem))
            else:
                entries.append(_of_file(child, place))
    return Collection(entries=tuple(entries), skipped=tuple(skipped))


def _of_file(path: Path, place: str) -> Entry:
    return Entry(
        place=place,
        file=_text(path.name),
        read=functools.partial(read_for_batch, path),
        owners=(_text(path.stem),),
    )


def _of_folder(folder: Path, place: str, *, stem: str) -> Entry:
    """Choose the one file of a student's folder that is graded."""
    files = [path for path in _files(folder) if path.suffix.lower() in _GRADABLE]
    if not files:
        refuse = functools.partial(_refuse, "there is no .py file and no .ipynb notebook in it")
        return Entry(
            place=place, file=_text(folder.name), read=refuse, owners=(_text(folder.name),)
        )
    chosen = max(files, key=functools.partial(_merit, stem=stem))
    notes: tuple[str, ...] = ()
    if len(files) > 1:
        name = _text(str(chosen.relative_to(folder)))
        notes = (f"{name} was graded, of {len(files)} files that could be",)
    return Entry(
        place=place,
        file=_text(chosen.name),
        read=functools.partial(read_for_batch, chosen),
        owners=(_text(folder.name),),
        notes=notes,
    )


def _merit(path: Path, *, stem: str) -> tuple[bool, bool, int, str]:
    """Rank files of one student: the name that was asked for, then that name in it, the newest."""
    name = path.stem.casefold()
    modified_ns = os.lstat(path).st_mtime_ns
    return name == stem.casefold(), stem.casefold() in name, modified_ns, path.as_posix()


def read_for_batch(path: Path) -> bytes:
    """Read a submission's bytes; what one file is must not end a batch.

    Raises:
        UnreadableSubmissionError: it can't be opened, or is no file that can be graded.
    """
    if path.suffix.lower() not in _GRADABLE:
        _refuse("it is neither a .py file nor a .ipynb notebook")
    try:
        return read_bytes(path)
    except UsageError as error:  # gone since, or not ours to read
        raise UnreadableSubmissionError(str(error)) from error
    except OSError as error:  # a disk or a network drive that fails
        raise UnreadableSubmissionError(f"it can't be read: {error.strerror}") from error


def _refuse(reason: str) -> NoReturn:
    raise UnreadableSubmissionError(reason)


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError as error:
        raise UsageError(f"can't look into {folder}: {error.strerror}") from error


def _files(folder: Path) -> list[Path]:
    """List the regular files below a folder, without following links; so many at the most."""
    found: list[Path] = []
    for path in _walk([folder]):
        found.append(path)
        if len(found) >= _MAX_FILES_OF_ONE:
            break
    return found


def _walk(waiting: Iterable[Path]) -> Iterator[Path]:
    for folder in waiting:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError:
            continue
        kept = [entry for entry in entries if not _JUNK.fullmatch(entry.name)]
        for entry in kept:
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
        yield from _walk(Path(one.path) for one in kept if one.is_dir(follow_symlinks=False))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode) and path.samefile(other)
    except OSError:
        return False


def _text(name: str) -> str:
    """Write a name as text: names are bytes, and may be none."""
    return name.encode("utf-8", "backslashreplace").decode()
