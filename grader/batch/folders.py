"""Collects submissions from folders: a file for each student, or a folder for each."""

import functools
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.batch.collection import Collection, Entry
from grader.batch.handin import choose, pieces_below, refuse
from grader.batch.merit import is_gradable, is_junk, text_of
from grader.batch.tree import LITTER, is_same_folder, tree_of_folder
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped
from grader.submission.read import read_bytes

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
    labels = label_paths(paths)
    parts = [
        collect_path(path, label, is_alone=len(paths) == 1, stem=stem, out=out)
        for path, label in labels.items()
    ]
    return Collection(
        entries=tuple(entry for part in parts for entry in part.entries),
        skipped=tuple(skipped for part in parts for skipped in part.skipped),
    )


def label_paths(paths: Sequence[Path]) -> dict[Path, str]:
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
        labels[path] = text_of(name if names[name] == 1 else str(path))
    return labels


def collect_path(path: Path, label: str, *, is_alone: bool, stem: str, out: Path) -> Collection:
    """Collect from one file or one folder.

    Args:
        path: The file or the folder.
        label: What its submissions go by.
        is_alone: Nothing else is collected, so that the label needn't be said.
        stem: As above.
        out: As above.

    Raises:
        UsageError: it can't be looked into.
    """
    if not path.is_dir():
        return Collection(entries=(_of_file(path, label),))
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    prefix = "" if is_alone else f"{label}/"
    for child in _children(path):
        place = f"{prefix}{text_of(child.name)}"
        if is_same_folder(child, out):
            continue
        if is_junk(child.name):
            skipped.append(Skipped(path=place, reason=LITTER))
        elif child.is_dir() and not child.is_symlink():
            entries.append(_of_folder(child, place, stem=stem))
        else:
            entries.append(_of_file(child, place))
    return Collection(entries=tuple(entries), skipped=tuple(skipped))


def _of_file(path: Path, place: str) -> Entry:
    return Entry(
        place=place,
        file=text_of(path.name),
        read=functools.partial(read_for_batch, path),
        owners=(text_of(path.stem),),
    )


def _of_folder(folder: Path, place: str, *, stem: str) -> Entry:
    """Choose the one file of a student's folder that is graded."""
    name = text_of(folder.name)
    try:
        files = tree_of_folder(folder, limit=_MAX_FILES_OF_ONE).files
    except UsageError as error:  # what one folder is must not end a batch
        return Entry(
            place=place, file=name, read=functools.partial(refuse, str(error)), owners=(name,)
        )
    choice = choose(pieces_below(files, ""), stem=stem)
    return Entry(
        place=place,
        file=choice.file or name,
        read=choice.read,
        owners=(name,),
        notes=choice.notes,
    )


def read_for_batch(path: Path) -> bytes:
    """Read a submission's bytes; what one file is must not end a batch.

    Raises:
        UnreadableSubmissionError: it can't be opened, or is no file that can be graded.
    """
    if not is_gradable(path.name):
        refuse("it is neither a .py file nor a .ipynb notebook")
    try:
        return read_bytes(path)
    except UsageError as error:  # gone since, or not ours to read
        raise UnreadableSubmissionError(str(error)) from error
    except OSError as error:  # a disk or a network drive that fails
        raise UnreadableSubmissionError(f"it can't be read: {error.strerror}") from error


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError as error:
        raise UsageError(f"can't look into {folder}: {error.strerror}") from error
