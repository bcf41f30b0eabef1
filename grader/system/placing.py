"""Puts files in their places: whole, for good, and without copies where links will do."""

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path

from grader.system.opening import flags

_FOLDER = flags("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC")

# How long an editor, an indexer or a virus scanner may keep a file open on Windows.
_PATIENCE_S = 1.0
_PAUSE_S = 0.02


def sync_folder(folder: Path) -> None:
    """Put a folder's new names on the disk, if the system and the file system can do that."""
    if sys.platform == "win32":
        return  # NTFS keeps a journal of names, and folders can't be opened
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, _FOLDER)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace(source: Path, target: Path) -> None:
    """Rename a file, and replace the one that has the name.

    Windows refuses this while anybody has the other file open; most do for a moment only.

    Raises:
        OSError: It can't be renamed.
    """
    give_up = time.monotonic() + (_PATIENCE_S if sys.platform == "win32" else 0)
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def place_once(source: Path, target: Path) -> None:
    """Give a file another name, unless the name is taken; the old name may stay or go.

    Raises:
        FileExistsError: The name is taken.
        OSError: It can't be given.
    """
    if sys.platform == "win32":
        source.rename(target)  # which replaces nothing there; not all its disks have hard links
    else:
        os.link(source, target)


def link_or_copy(source: Path, target: Path) -> None:
    """Make a symbolic link to a file, or a copy where links need a right, as on Windows.

    Raises:
        OSError: Neither can be made.
    """
    try:
        target.symlink_to(source)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        shutil.copyfile(source, target)


def bytes_on_disk(status: os.stat_result) -> int:
    """Return what a file takes on its disk; on Windows, which doesn't say, its size."""
    if sys.platform == "win32":
        return status.st_size
    return status.st_blocks * 512
