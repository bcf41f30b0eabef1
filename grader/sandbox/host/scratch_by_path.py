"""Measures and removes folders by their paths, where folders can't be opened: on Windows.

A file that is read-only is made writable, links and junctions are removed and not followed, and
paths may be longer than 260 characters. What somebody still has open can't be removed on Windows;
that is tried again for a while, since a process that was killed needs a moment to let go.

In the moment between looking at a folder and listing it, it could be replaced by a link. So the
process that may do that has to be dead when the folder is removed. This was never run on Windows,
but on Linux, where tests choose it.
"""

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.system.names import long_path
from grader.system.opening import is_link
from grader.system.placing import bytes_on_disk

# How long a file may stay open after its process was killed: virus scanners take a while.
_PATIENCE_S = 3.0
_PAUSE_S = 0.02


def measure_by_path(folder: Path, *, at_most_files: int) -> tuple[int, int]:
    """Measure what a folder contains, as `scratch.measure_folder` does."""
    size_bytes = entries = 0
    waiting = [long_path(folder)]
    while waiting:
        try:
            for entry, status in _list(waiting.pop()):
                entries += 1
                if entries > at_most_files:
                    return size_bytes, entries
                size_bytes += bytes_on_disk(status)
                if _is_folder(status):
                    waiting.append(entry)
        except FileNotFoundError:  # it was removed in the meantime
            continue
        except OSError:
            return size_bytes, at_most_files + 1
    return size_bytes, entries


def remove_by_path(folder: Path, *, deadline: float) -> None:
    """Remove a folder, file or link, and all that is in it.

    Args:
        folder: Its path. What isn't there is ignored.
        deadline: When to give up, by the monotonic clock.

    Raises:
        OSError: Something can't be removed, or it takes too long.
    """
    removal = _Removal(deadline)
    top = long_path(folder)
    try:
        is_folder = _is_folder(os.lstat(top))
    except FileNotFoundError:
        return
    if is_folder:
        removal.remove_folder(top)
    else:
        removal.remove_file(top)


class _Removal:
    """The removal of one folder: for how long what is open was waited for.

    Args:
        deadline: When to give up, by the monotonic clock.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._patience_s = _PATIENCE_S

    def remove_folder(self, top: str) -> None:
        """Remove a folder and what is in it, however deeply it is nested.

        Raises:
            OSError: Something can't be removed, or it takes too long.
        """
        waiting = [top]
        while waiting:
            folder = waiting[-1]
            folders = self._empty(folder)
            if folders:
                waiting += folders
            elif self._try(os.rmdir, folder):
                waiting.pop()

    def remove_file(self, path: str) -> None:
        """Remove a file or link.

        Raises:
            OSError: It can't be removed, or it takes too long.
        """
        while not self._try(os.unlink, path):
            pass

    def _empty(self, folder: str) -> list[str]:
        """Remove the files and links in a folder, and return its folders."""
        folders = []
        try:
            for path, status in list(_list(folder)):
                if _is_folder(status):
                    folders.append(path)
                else:
                    self.remove_file(path)
        except FileNotFoundError:
            return []
        return folders

    def _try(self, remove: Callable[[str], None], path: str) -> bool:
        """Try to remove something, and return whether it is gone.

        Raises:
            OSError: Trying again won't help, or it takes too long.
        """
        if time.monotonic() > self._deadline:
            raise OSError(errno.ETIMEDOUT, "it takes too long")
        try:
            remove(path)
        except FileNotFoundError:
            return True
        except OSError:
            # It is open or read-only, or a folder that was filled again, or in which something is
            # that was removed while it was open, and is not gone yet.
            if self._patience_s <= 0:
                raise
            _make_writable(path)
            time.sleep(_PAUSE_S)
            self._patience_s -= _PAUSE_S
            return False
        return True


def _list(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path and the status of what is in a folder.

    Raises:
        OSError: It can't be listed.
    """
    with os.scandir(folder) as listing:
        for entry in listing:
            try:
                yield entry.path, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue


def _is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode) and not is_link(status)


def _make_writable(path: str) -> None:
    """Let a file be removed that is read-only; on other systems, its folder decides that."""
    with contextlib.suppress(OSError):  # it is gone
        if sys.platform == "win32" and not is_link(os.lstat(path)):
            os.chmod(path, stat.S_IWRITE)  # noqa: PTH101 - as quick as the rest
