"""Locks a file against other processes."""

import os
import sys

# Where SQLite locks, too: far beyond the end of our files, since on Windows nobody else can read
# the bytes that are locked.
_LOCKED_BYTE = 0x4000_0000


def lock_file(descriptor: int) -> None:
    """Lock an open file against other processes, without waiting.

    The lock ends when the descriptor is closed, or with the process, however that ends. It is
    only for those who ask for it: everybody can read and write the file.

    Args:
        descriptor: A descriptor that may write to the file.

    Raises:
        OSError: Another process has it locked, or this file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, place, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
