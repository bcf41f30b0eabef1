"""Writes files whole or not at all, and through no link."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from grader.errors import UsageError

# What is left over begins with this, where somebody was killed in the middle of it.
TEMPORARY_PREFIX = ".zerograd-"


@contextlib.contextmanager
def open_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written under another name, which is renamed when all of it is there.

    Raises:
        UsageError: it can't be written there.
    """
    try:
        # A new, unguessable name beside the target: no link that waits there is followed.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # noqa: PTH101 - mkstemp makes it private
        os.replace(name, path)  # noqa: PTH105 - as above, a name and not yet a path
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # not there any more where all went well
            os.unlink(name)  # noqa: PTH108


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
