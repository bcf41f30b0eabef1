"""Tells which claimants of jobs still live, so that nobody waits for the claims of the dead.

Whoever is killed gives nothing back, and its claims end only after a while. So each claimant holds
a lock on a file of its own, in the data folder: the system ends the lock with the process, however
that ends. Whoever starts next with the same folder finds files that nobody holds, and takes back
what their owners had claimed. Processes with other folders, on this machine or others, are never
touched: their claims end by time alone, as do those in a folder on a file system without locks.
"""

import contextlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.system.locking import lock_file

FOLDER = "claimants"
_NAME = re.compile(r"[0-9a-f]{16}")

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def alive(data: Path, name: str) -> Iterator[None]:
    """Let others see that a claimant lives, until the context ends or the process dies.

    Args:
        data: The data folder.
        name: By what name it claims jobs: 16 hexadecimal digits.
    """
    path = data / FOLDER / name
    descriptor = _hold(path)
    try:
        yield
    finally:
        if descriptor is not None:
            _forget(path)
            os.close(descriptor)


def take_over(data: Path, release: Callable[[str], object]) -> None:
    """Give back what dead claimants of this data folder had claimed.

    Args:
        data: The data folder.
        release: Gives back all that a claimant has claimed; what it raises is passed on, and the
            claimant stays known.
    """
    try:
        found = sorted((data / FOLDER).iterdir())
    except OSError:
        return  # nobody was here before
    for path in found:
        if _NAME.fullmatch(path.name):
            _take_over_one(path, release)


def _take_over_one(path: Path, release: Callable[[str], object]) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return  # it has just ended in order
    try:
        lock_file(descriptor)
    except OSError:
        os.close(descriptor)  # it lives, or nobody can tell
        return
    try:
        release(path.name)
        _log.info("took back the claims of a process that was killed")
        _forget(path)
    finally:
        os.close(descriptor)


def _hold(path: Path) -> int | None:
    """Return a descriptor that has a file locked; None if that can't be had here."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if _is_held(path, descriptor):
                return descriptor
            os.close(descriptor)
    return None


def _is_held(path: Path, descriptor: int) -> bool:
    """Lock a file; return whether it is still the one of its name.

    Raises:
        OSError: This file system has no locks.
    """
    try:
        lock_file(descriptor)
        # Between making and locking it, somebody may have taken it for one of the dead.
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows deletes no open files; the next start does
        path.unlink()
