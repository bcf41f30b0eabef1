"""Writes files whole or not at all, and through no link."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from grader.errors import UsageError

# What is left over begins with this, where somebody was killed in the middle of it.
TEMPORARY_PREFIX = ".zerograd-"

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL
for _name in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"):  # no system has all of them
    _CREATE |= getattr(os, _name, 0)


@contextlib.contextmanager
def open_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written under another name, and rename it once all of it is on the disk.

    When the context ends without an error, the file is there whole, also after a power failure.

    Raises:
        UsageError: it can't be written there.
    """
    try:
        # A new, unguessable name beside the target, so that no link is followed. The kernel takes
        # the user's umask off the mode: to ask for the umask would change it for all threads.
        temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
        descriptor = os.open(temporary, _CREATE, 0o666)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # gone by now unless something failed
            temporary.unlink()


def _sync_folder(folder: Path) -> None:
    """Put a folder's new names on the disk, where the system lets a folder be opened for that."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_below(folder: Path, name: str, content: bytes) -> Path:
    """Write a file below a folder, as `open_atomically` does; folders that are missing are made.

    Args:
        folder: The folder.
        name: The file's name, with the folders before it.
        content: What it holds.

    Returns:
        Where it is.

    Raises:
        UsageError: it can't be written there, or its name leads elsewhere.
    """
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise UsageError(f"no file can be called {name}")
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"can't write to {folder}: {error.strerror}") from error
    with open_atomically(path) as file:
        file.write(content)
    return path


def write_text_atomically(text: str, path: Path) -> None:
    """Write text to a file, in UTF-8, as `open_atomically` does.

    Raises:
        UsageError: it can't be written there.
    """
    with open_atomically(path) as file:
        file.write(text.encode())
