"""Writes files completely or not at all, and never through a link."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from grader.errors import UsageError
from grader.system.names import is_portable
from grader.system.opening import flags
from grader.system.placing import place_once, replace, sync_folder

# How the names of unfinished files begin, which remain if the process is killed while it writes.
TEMPORARY_PREFIX = ".zerograd-"

_CREATE = flags("O_RDWR", "O_CREAT", "O_EXCL", "O_CLOEXEC", "O_NOFOLLOW", "O_BINARY")


@contextlib.contextmanager
def open_atomically(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a temporary file for writing, and rename it to ``path`` once all of it is on the disk.

    If the context ends without an error, the complete file survives even a power failure.

    Args:
        path: The file.
        mode: Its permissions, as far as the user's umask allows them.

    Raises:
        UsageError: the file can't be written.
    """
    try:
        # A new, unguessable name beside the target, so that no link is followed. The kernel applies
        # the user's umask to the mode: asking for the umask would change it for all threads.
        temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
        descriptor = os.open(temporary, _CREATE, mode)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # gone by now unless something failed
            temporary.unlink()


def create_once(path: Path, content: bytes) -> None:
    """Create a file that only its owner can read, unless it is there already, whole either way.

    Raises:
        UsageError: it can't be written.
    """
    temporary = path.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
    try:
        descriptor = os.open(temporary, _CREATE, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            place_once(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_below(folder: Path, name: str, content: bytes) -> Path:
    """Write a file below a folder, as `open_atomically` does; missing folders are created.

    Args:
        folder: The folder.
        name: The path of the file in the folder, with ``/`` between its parts.
        content: The bytes of the file.

    Returns:
        The path of the file.

    Raises:
        UsageError: the file can't be written, or its name leads out of the folder, or is one that
            some system can't have there.
    """
    if not all(map(is_portable, name.split("/"))):
        raise UsageError(f"{name} can't be the name of a file")
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
        UsageError: the file can't be written.
    """
    with open_atomically(path) as file:
        file.write(text.encode())
