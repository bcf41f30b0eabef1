"""Where files go and how much room there is: the temporary folder, the cache, disk and memory."""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.doctor.finding import Finding, State

_MIB = 1 << 20
_GIB = 1 << 30
_LEAST_DISK = 256 * _MIB
_LEAST_MEMORY = 1 * _GIB
_LEAST_ADDRESS_SPACE = 8 * _GIB
_TRIAL = bytes(_MIB)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def examine_temporary_folder() -> Iterator[Finding]:
    """Write a file to the folder that the scratch folders of submissions are made in."""
    name = "temporary folder"
    choose = "free some room there, or set TMPDIR to a folder on another disk"
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:  # no folder can be written to
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"there is none: {error.strerror or error}",
            remedy="set TMPDIR to a folder that you may write to",
        )
        return
    try:
        _write_to(folder)
    except OSError as error:
        is_full = error.errno in _FULL
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"{folder} is full" if is_full else f"{folder} can't be written to: {_why(error)}",
            remedy=choose if is_full else "set TMPDIR to a folder that you may write to",
        )
        return
    free = shutil.disk_usage(folder).free
    is_low = free < _LEAST_DISK
    yield Finding(
        name=name,
        state=State.MISSING if is_low else State.WELL,
        text=f"{folder}, {_amount(free)} free{', which is little' if is_low else ''}",
        remedy=choose if is_low else "",
    )


def examine_cache() -> Iterator[Finding]:
    """Write a file to the folder of recordings."""
    from grader.oracle.store import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_to(folder)
    except OSError as error:
        why = "is full" if error.errno in _FULL else f"can't be written to: {_why(error)}"
        yield Finding(
            name="cache",
            state=State.MISSING,
            text=f"{folder} {why}; so what is right is computed anew for each grade, which takes "
            "longer",
            remedy="make that folder writable, or set ZEROGRAD_CACHE to another one",
        )
    else:
        count = len(list(folder.glob("*.recording")))
        yield Finding(
            name="cache",
            state=State.WELL,
            text=f"{folder}, {count} recording{'' if count == 1 else 's'}",
        )


def examine_memory() -> Iterator[Finding]:
    """Compare the memory that is free with what torch and a submission need."""
    limit = _address_space_limit()
    if limit is not None and limit < _LEAST_ADDRESS_SPACE:
        yield Finding(
            name="memory",
            state=State.MISSING,
            text=f"this shell limits address space to {_amount(limit)} (ulimit -v), and torch "
            "needs more",
            remedy="run: ulimit -v unlimited",
        )
    free = _free_memory()
    if free is None:
        return
    is_low = free < _LEAST_MEMORY
    yield Finding(
        name="memory",
        state=State.MISSING if is_low else State.WELL,
        text=f"{_amount(free)} free{'; torch and a submission need 1 GiB' if is_low else ''}",
        remedy="close other programs, or give the container more memory" if is_low else "",
    )


def _write_to(folder: Path) -> None:
    """Write a file of a mebibyte to a folder, and remove it.

    Raises:
        OSError: It can't be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=".zerograd-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_TRIAL)
            file.flush()
            os.fsync(file.fileno())
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _amount(count: int) -> str:
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{count / _MIB:.0f} MiB"


def _free_memory() -> int | None:
    """Return the bytes of memory that this process and its children may still get, if known."""
    found = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        found += [1024 * int(one.split()[1]) for one in lines if one.startswith("MemAvailable:")]
    with contextlib.suppress(OSError, ValueError):  # no limit is written as "max"
        limit = int((_CGROUP / "memory.max").read_text(encoding="ascii"))
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        found.append(max(0, limit - used))
    return min(found, default=None)


def _address_space_limit() -> int | None:
    if sys.platform == "win32":
        return None
    try:
        import resource
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
