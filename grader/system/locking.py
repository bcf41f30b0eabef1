"""Locks a file against other processes."""

import os
import sys

# Where SQLite locks, too: far beyond the end of our files, since on Windows nobody else can read
# the bytes that are locked.
_LOCKED_BYTE = 0x4000_0000
# On Windows, who locks all of these bytes is alone, and who locks one of them shares the file.
_LOCKED_BYTES = 1024


def lock_file(descriptor: int, *, is_shared: bool = False) -> None:
    """Lock an open file against other processes, without waiting.

    The lock ends when the descriptor is closed, or with the process, however that ends. It is
    only for those who ask for it: everybody can read and write the file.

    Args:
        descriptor: A descriptor that may write to the file.
        is_shared: Whether others may share it: several can have a shared lock at the same time,
            and meanwhile nobody one that isn't.

    Raises:
        BlockingIOError: Another process has it locked.
        OSError: This file system has no locks.
    """
    if sys.platform == "win32":
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            _lock_bytes(descriptor, is_shared=is_shared)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        finally:
            os.lseek(descriptor, place, os.SEEK_SET)
    else:
        import fcntl

        how = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)


def _lock_bytes(descriptor: int, *, is_shared: bool) -> None:
    """Lock bytes of a file as Windows does; on other systems, a test does."""
    import msvcrt

    for byte in range(_LOCKED_BYTES if is_shared else 1):
        os.lseek(descriptor, _LOCKED_BYTE + byte, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1 if is_shared else _LOCKED_BYTES)  # type: ignore[attr-defined,unused-ignore] # only Windows has it
        except PermissionError:
            if not is_shared or byte + 1 == _LOCKED_BYTES:
                raise
        else:
            return
