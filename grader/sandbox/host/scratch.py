"""Measures and removes the folders that a submission may fill.

A submission chooses the modes of its folders, and may replace folders by links at any time. So
folders are opened one below the other by descriptors, without following links, and get back the
modes that let their owner list them. Where that can't be done, as on Windows, `scratch_by_path`
does it by paths.
"""

import contextlib
import errno
import itertools
import os
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.host.scratch_by_path import measure_by_path, remove_by_path
from grader.system.opening import flags
from grader.system.placing import bytes_on_disk

# Each level that is open takes a descriptor.
_MAX_DEPTH = 100
_FLAGS = flags("O_RDONLY", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
_FIND_FLAGS = flags("O_PATH", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")
# How many entries of a folder are held in memory.
_AT_ONCE = 10_000
_FILLED = (errno.ENOTEMPTY, errno.EEXIST)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # or replaced by something else
_CAN_DESCEND = {os.open, os.rmdir, os.unlink} <= os.supports_dir_fd and os.scandir in os.supports_fd


def measure_folder(folder: Path, *, at_most_files: int) -> tuple[int, int]:
    """Measure what a folder contains, without following links.

    Args:
        folder: The folder. Hostile code may be writing to it at the same time.
        at_most_files: Stop counting above this number of entries.

    Returns:
        The bytes used on disk and the number of entries, more than ``at_most_files`` if counting
        stopped early, or if folders are nested more deeply than happens by accident.
    """
    if not _CAN_DESCEND:
        return measure_by_path(folder, at_most_files=at_most_files)
    measured = _Measured(at_most_files)
    try:
        measured.add(os.fspath(folder), None, depth=0)
    except OSError:
        return measured.size_bytes, at_most_files + 1
    return measured.size_bytes, measured.entries


@dataclass(slots=True)
class _Measured:
    """What was counted so far."""

    at_most_files: int
    size_bytes: int = 0
    entries: int = 0

    def add(self, name: str, parent: int | None, *, depth: int) -> None:
        """Count what is in a folder.

        Raises:
            OSError: A folder can't be listed, or is nested too deeply.
        """
        if depth > _MAX_DEPTH:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        with _ignore_gone(), _open(name, parent) as opened:
            folders = []
            with os.scandir(opened) as listing:
                for entry in listing:
                    self.entries += 1
                    if self.entries > self.at_most_files:
                        return
                    with _ignore_gone():
                        status = entry.stat(follow_symlinks=False)
                        self.size_bytes += bytes_on_disk(status)
                        if stat.S_ISDIR(status.st_mode):
                            folders.append(entry.name)
            for one in folders:
                if self.entries <= self.at_most_files:
                    self.add(one, opened, depth=depth + 1)


def remove_folder(folder: Path, *, patience_s: float = 60.0) -> None:
    """Remove a folder, however deeply it is nested. The process that used it must be dead.

    A folder that doesn't exist is ignored. If anything can't be removed, that is said on standard
    error.

    Args:
        folder: The folder. Without locks, other processes may be writing to it, and go on.
        patience_s: The seconds after which what is left stays.
    """
    deadline = time.monotonic() + patience_s
    try:
        if not _CAN_DESCEND:
            remove_by_path(folder, deadline=deadline)
            return
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
            return
        while not _remove_empty(os.fspath(folder), None):
            with _open(os.fspath(folder), None) as root:
                _Remover(root, deadline).empty(root, depth=0)
    except FileNotFoundError:
        return
    except OSError as error:
        sys.stderr.write(f"zerograd: can't remove {folder}: {error.strerror}\n")


class _Remover:
    """Removes what is in a folder.

    Args:
        root: The descriptor of that folder. Folders that are nested too deeply are moved to it.
        deadline: When to give up, by the monotonic clock.
    """

    def __init__(self, root: int, deadline: float) -> None:
        self._root = root
        self._moved = 0
        self._deadline = deadline

    def empty(self, opened: int, *, depth: int) -> None:
        """Remove everything in a folder that is open.

        Raises:
            OSError: Something can't be removed, or it takes too long.
        """
        while entries := _first_entries(opened):  # again, as deep folders are moved to the root
            for entry in entries:
                if time.monotonic() > self._deadline:
                    raise OSError(errno.ETIMEDOUT, "it takes too long")
                with _ignore_changed():
                    self._remove(entry, opened, depth=depth)
            if depth and len(entries) < _AT_ONCE:
                return

    def _remove(self, entry: "os.DirEntry[str]", parent: int, *, depth: int) -> None:
        name = entry.name
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(name, dir_fd=parent)
            return
        if _remove_empty(name, parent):  # most folders that are made in masses are
            return
        with _open(name, parent) as opened:
            if depth >= _MAX_DEPTH:
                self._move_up(name, parent)
                return
            self.empty(opened, depth=depth + 1)
        os.rmdir(name, dir_fd=parent)

    def _move_up(self, name: str, parent: int) -> None:
        while True:
            self._moved += 1
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                new = f"moved-{self._moved}"
                if not _exists(new, self._root):
                    os.rename(name, new, src_dir_fd=parent, dst_dir_fd=self._root)
                    return


def _first_entries(opened: int) -> "list[os.DirEntry[str]]":
    with os.scandir(opened) as listing:
        return list(itertools.islice(listing, _AT_ONCE))


def _remove_empty(name: str, parent: int | None) -> bool:
    """Remove a folder if it is empty and its mode allows it; return whether it is gone."""
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        if error.errno not in _FILLED:
            raise
        return False
    return True


def _exists(name: str, parent: int) -> bool:
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _ignore_changed() -> Iterator[None]:
    """Go on if something was removed, replaced or filled in the meantime; it is listed again."""
    try:
        yield
    except OSError as error:
        if error.errno not in (*_GONE, *_FILLED, errno.EISDIR):
            raise


@contextlib.contextmanager
def _ignore_gone() -> Iterator[None]:
    """Go on if something was removed or replaced in the meantime."""
    try:
        yield
    except OSError as error:
        if error.errno not in _GONE:
            raise


@contextlib.contextmanager
def _open(name: str, parent: int | None) -> Iterator[int]:
    """Open a folder, and let its owner list, enter and change it.

    Args:
        name: Its name in ``parent``, or its path.
        parent: The descriptor of the folder that contains it.

    Raises:
        OSError: It can't be opened, or is not a folder.
    """
    try:
        opened = os.open(name, _FLAGS, dir_fd=parent)
    except PermissionError:
        _make_readable(name, parent)
        opened = os.open(name, _FLAGS, dir_fd=parent)
    try:
        if os.fstat(opened).st_mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(opened, stat.S_IRWXU)  # noqa: PTH101 - a descriptor
        yield opened
    finally:
        os.close(opened)


def _make_readable(name: str, parent: int | None) -> None:
    if not hasattr(os, "O_PATH"):  # macOS, which can leave links alone here
        os.chmod(name, stat.S_IRWXU, dir_fd=parent, follow_symlinks=False)
        return
    # A descriptor that needs no right to read, so that no link can take the folder's place.
    found = os.open(name, _FIND_FLAGS, dir_fd=parent)
    try:
        Path(f"/proc/self/fd/{found}").chmod(stat.S_IRWXU)
    finally:
        os.close(found)
