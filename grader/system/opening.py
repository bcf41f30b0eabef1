"""Opens files without waiting, and without following links where that is asked for."""

import errno
import os
import stat
from pathlib import Path

# The bit that a reparse point has if it leads somewhere else, such as a symbolic link or a junction
# (IsReparseTagNameSurrogate). Others, such as files that OneDrive has not fetched, are plain files.
_LEADS_ELSEWHERE = 0x2000_0000


def flags(*names: str) -> int:
    """Combine flags of `os.open`, of which no system has all; those that it lacks are left out."""
    return sum(getattr(os, name, 0) for name in names)


_READ = flags("O_RDONLY", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
_NO_LINK = flags("O_NOFOLLOW")


def is_link(status: os.stat_result) -> bool:
    """Return whether a status, which must be of the thing itself, is that of a link.

    On Windows, junctions are links as well.
    """
    tag = getattr(status, "st_reparse_tag", 0)
    return stat.S_ISLNK(status.st_mode) or bool(tag & _LEADS_ELSEWHERE)


def open_to_read(path: Path, *, follow_links: bool) -> int:
    """Open a file for reading without waiting, even if it is a pipe, and return its descriptor.

    What it is has to be looked at afterwards, by ``os.fstat``. Windows can't refuse a link while it
    opens a file. There the path is looked at before, which misses a link that is made in between.

    Raises:
        OSError: It can't be opened; with ``errno.ELOOP`` if it is a link that is not followed.
    """
    if follow_links:
        return os.open(path, _READ)
    if not _NO_LINK and is_link(os.lstat(path)):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(path, _READ | _NO_LINK)
