"""Puts back what was given to a submission in its folder, if it has replaced or removed it."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from shutil import copyfile

from grader.observations.places import FILES_FOLDER, SUPPORT_FOLDER

# Kept, since a submission may replace them.
_readlink, _symlink, _unlink, _makedirs = os.readlink, os.symlink, os.unlink, os.makedirs
_lstat, _is_file = os.lstat, os.path.isfile


class GivenFiles:
    """The given files, as the host has put them into the folder of a child.

    They are links or, on systems where links need a right, copies.

    Args:
        scratch: The folder, before any student code has run.
    """

    def __init__(self, scratch: str) -> None:
        self._links: dict[str, str] = {}
        self._copies: dict[str, str] = {}
        for path in _files_below(scratch):
            if os.path.islink(path):  # noqa: PTH114 - quicker
                self._links[path] = _readlink(path)
            else:
                self._copies[path] = _source_of(path, scratch)
        self._states = {path: _state(path) for path in self._copies}

    def restore(self) -> None:
        """Put back the files that are no longer there.

        Where a submission has made a folder of the same name, that stays: it harms nobody else.
        """
        for path, target in self._links.items():
            try:
                if _readlink(path) == target:
                    continue
            except OSError:  # it is gone, or something else
                pass
            _put_back(_symlink, target, path)
        for path, source in self._copies.items():
            if _state(path) != self._states[path]:
                _put_back(copyfile, source, path)
                self._states[path] = _state(path) or self._states[path]


def _put_back(make: Callable[[str, str], object], source: str, path: str) -> None:
    """Make a link to a file or a copy of it, in the place of whatever is there now."""
    with contextlib.suppress(OSError):
        _unlink(path)
    with contextlib.suppress(OSError):
        _makedirs(path.rpartition("/")[0], exist_ok=True)
        make(source, path)


def _source_of(path: str, scratch: str) -> str:
    """Return what a file is a copy of, which is beside the folder of the child."""
    home, name = scratch.replace("\\", "/").rpartition("/")[0], path[len(scratch) :]
    source = f"{home}/{FILES_FOLDER}{name}"
    return source if _is_file(source) else f"{home}/{SUPPORT_FOLDER}{name}"


def _state(path: str) -> tuple[bool, int, int] | None:
    """Return what changes when a file is written to; None if it isn't there."""
    try:
        status = _lstat(path)
    except OSError:
        return None
    return stat.S_ISREG(status.st_mode), status.st_size, status.st_mtime_ns


def _files_below(folder: str) -> Iterator[str]:
    """Yield the files and links below a folder; the last part of each path is after a slash."""
    for place, folders, files in os.walk(folder):
        for name in files:
            yield f"{place}/{name}"
        for name in folders:
            path = f"{place}/{name}"
            if os.path.islink(path):  # noqa: PTH114 - quicker
                yield path
