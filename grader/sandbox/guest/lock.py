"""The locks that a child puts on itself before it sees student code.

=============  ===============================================================  =============
lock           against                                                          by
=============  ===============================================================  =============
privileges     setuid programs, capabilities of root                            prctl, capset
resources      100 GB of memory, core files, huge files, endless descriptors    setrlimit
files          reading checks, reference, home, /proc; writing outside scratch  Landlock
signals        signals to the grader, abstract unix sockets                     Landlock
syscalls       sockets, fork, exec, ptrace, kill, namespaces, IPC, keyrings,    seccomp
               io_uring, bpf, shared memory; emptying, chmod, chown and
               times of files outside scratch
=============  ===============================================================  =============

Every lock is one-way. Each is tried on its own: if this machine doesn't have one, that is
reported, and the others still hold. A lock of which only a part holds is reported as missing, with
what is left open. Landlock covers little of what can be done to a file besides reading and writing
it, so without seccomp the lock on files holds in part (`file_lock.left_open`).
"""

import contextlib
import ctypes
import functools
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits
from grader.sandbox.guest.file_lock import FileLock, left_open, prepare_file_lock
from grader.sandbox.guest.syscall_lock import SyscallLock, prepare_syscall_lock
from grader.sandbox.guest.unavailable import LockUnavailableError

try:
    import resource
except ImportError:  # Windows
    _HAS_LIMITS = False
else:
    _HAS_LIMITS = True

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_SYS_PTRACE = 19

MAX_DESCRIPTORS = 256
_MOST_RULES = 1 << 16  # a child closes all descriptors below

_Lock = TypeVar("_Lock")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The prepared locks on files and system calls.

    Attributes:
        files: Returns the lock on files.
        syscalls: Returns the lock on system calls.

    Both raise LockUnavailableError with the reason if this machine doesn't have the lock.
    """

    files: Callable[[], FileLock]
    syscalls: Callable[[], SyscallLock]

    def close(self) -> None:
        """Close what they hold open."""
        with contextlib.suppress(LockUnavailableError):
            self.files().close()


def lock_down(
    *,
    scratch: str,
    prepared: Prepared,
    limits: ChildLimits,
    without: Iterable[Lock],
    landlock_abi_cap: int | None = None,
) -> tuple[tuple[Lock, ...], dict[Lock, str]]:
    """Put every available lock on this process for good.

    Args:
        scratch: The only folder that stays writable.
        prepared: The locks that `prepare` made before the fork.
        limits: The limits that setrlimit enforces.
        without: The locks to leave out.
        landlock_abi_cap: Use no newer version of Landlock's interface; for tests.

    Returns:
        The locks that hold in full, and the others with the reason.
    """
    skipped = set(without)
    host_may_look = _has_ptrace()
    inherited_bytes = _address_space_bytes()  # in /proc, which the lock on files hides

    def files() -> FileLock:
        return prepared.files().capped(landlock_abi_cap)

    steps: dict[Lock, Callable[[], None]] = {
        Lock.PRIVILEGES: _drop_privileges,
        # Landlock comes before seccomp, which doesn't allow Landlock's system calls, and before
        # the limit on descriptors, since it needs one for each rule.
        Lock.FILES: lambda: files().enforce(scratch, is_scoped=Lock.SIGNALS not in skipped),
        Lock.SIGNALS: lambda: _expect_scopes(files()),
        Lock.RESOURCES: lambda: _limit_resources(limits, inherited_bytes=inherited_bytes),
        Lock.SYSCALLS: lambda: _limit_syscalls(
            prepared.syscalls(), shows_memory=Lock.FILES in locks and not host_may_look
        ),
    }
    locks: list[Lock] = []
    missing: dict[Lock, str] = {}
    for name, step in steps.items():
        if name in skipped:
            missing[name] = "switched off"
            continue
        try:
            step()
        except (LockUnavailableError, OSError, ValueError) as error:
            missing[name] = str(error)
        else:
            locks.append(name)
    if Lock.FILES in missing and Lock.SIGNALS in locks:  # one Landlock ruleset carries both
        locks.remove(Lock.SIGNALS)
        missing[Lock.SIGNALS] = missing[Lock.FILES]
    if Lock.FILES in locks and Lock.SYSCALLS in missing:
        locks.remove(Lock.FILES)
        missing[Lock.FILES] = _in_part(left_open(files().abi))
    return tuple(locks), missing


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, and hide its memory.

    The kernel forgets the signal if the uid changes; nothing here changes it.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    hide_memory()


def hide_memory() -> None:
    """Hide this process's memory from other processes of the same user."""
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)


def allow_descriptors() -> None:
    """Allow this process as many descriptors as the lock on files needs: one for each rule.

    Most systems allow 1024 unless a process asks for more, and a Python with hundreds of packages
    has more files and folders that may be read. A child limits itself to a few later.
    """
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _MOST_RULES if hard == resource.RLIM_INFINITY else min(hard, _MOST_RULES)
        if most > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def adopt_orphans() -> None:
    """Make processes whose parents end children of this one, if they come from it."""
    if sys.platform == "linux":
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def prepare(readable: tuple[str, ...]) -> Prepared:
    """Prepare, once for all children, the locks that take longer to make than a fork.

    Args:
        readable: Files and folders that children may read.
    """
    return Prepared(_try(lambda: prepare_file_lock(readable)), _try(prepare_syscall_lock))


def _try(make: Callable[[], _Lock]) -> Callable[[], _Lock]:
    """Make a lock now; return a function that returns it, or raises why it is not available."""
    try:
        made = make()
    except (LockUnavailableError, OSError) as error:
        reason = str(error)

        def refuse() -> _Lock:
            raise LockUnavailableError(reason)

        return refuse
    return lambda: made


def _expect_scopes(files: FileLock) -> None:
    # The scope itself is part of the ruleset that the lock on files has enforced.
    if not files.has_scopes:
        raise LockUnavailableError(
            f"Landlock ABI {files.abi} can't confine signals (needs Linux 6.12 or newer)"
        )


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _drop_privileges() -> None:
    if sys.platform != "linux":
        raise LockUnavailableError("needs Linux")
    # Root without capabilities can't raise a limit or get past a permission check. The uid stays,
    # since Python itself may be in a folder that only this uid can read.
    _do_all(
        {
            "programs can gain privileges": lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1),
            "the capabilities are kept": _drop_capabilities,
        }
    )


def _drop_capabilities() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    if libc.capset(ctypes.byref(header), (ctypes.c_uint32 * 6)()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _limit_syscalls(syscalls: SyscallLock, *, shows_memory: bool) -> None:
    """Put the filter on.

    Args:
        syscalls: The filter.
        shows_memory: Whether to let processes of the same user look into this one. The host counts
            the files that a child has open and that have no name any more; without a capability
            it can't look otherwise. From other children, this filter and the lock on files hide it.
    """
    if not shows_memory:
        syscalls.enforce()
        return
    _prctl(_PR_SET_DUMPABLE, 1)
    try:
        syscalls.enforce()
    except BaseException:
        _prctl(_PR_SET_DUMPABLE, 0)
        raise


def _has_ptrace() -> bool:
    """Return whether this process, and so the host, may look into any process."""
    try:
        with open("/proc/self/status", "rb") as file:  # noqa: PTH123 - before each session
            found = re.search(rb"^CapEff:\s*([0-9a-f]+)", file.read(), re.MULTILINE)
    except OSError:
        return False
    return found is not None and bool(int(found[1], 16) >> _CAP_SYS_PTRACE & 1)


def _limit_resources(limits: ChildLimits, *, inherited_bytes: int) -> None:
    """Set the limits; memory is what the child may add to the address space it was forked with.

    That is tens of gigabytes with a torch built for GPUs, nearly all of it never touched.
    """
    if not _HAS_LIMITS:
        raise LockUnavailableError("needs Linux or macOS")
    wanted = {
        "RLIMIT_AS": inherited_bytes + limits.memory_bytes,
        "RLIMIT_FSIZE": limits.file_bytes,
        # What this process has used so far is not the submission's: a spawned one imports torch.
        "RLIMIT_CPU": limits.cpu_s + math.ceil(time.process_time()),
        "RLIMIT_NOFILE": MAX_DESCRIPTORS,
        "RLIMIT_CORE": 1,  # a byte is too few for any core; with 0, a program may still get one
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    parts: dict[str, Callable[[], None]] = {
        f"{name} is not set": functools.partial(_limit, getattr(resource, name), value)
        for name, value in wanted.items()
        if hasattr(resource, name)  # not every platform has every limit
    }
    if sys.platform == "darwin":
        parts |= {"RLIMIT_AS is not kept": _refuse_memory_limit}
    _do_all(parts)


def _refuse_memory_limit() -> None:
    raise OSError("macOS takes it and does nothing")


def _limit(number: int, value: int) -> None:
    if sys.platform == "win32":
        return
    hard = resource.getrlimit(number)[1]
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(number, (ceiling, ceiling))


def _do_all(parts: Mapping[str, Callable[[], None]]) -> None:
    """Put on all parts of a lock, also if one fails.

    Args:
        parts: The parts, each by what is left open if it fails.

    Raises:
        LockUnavailableError: Some or all have failed.
    """
    failed: list[str] = []
    for left, part in parts.items():
        try:
            part()
        except (OSError, ValueError) as error:
            failed.append(f"{left} ({error})")
    if failed:
        raise LockUnavailableError(
            "; ".join(failed) if len(failed) == len(parts) else _in_part(failed)
        )


def _in_part(left: Iterable[str]) -> str:
    return "holds in part: " + "; ".join(left)


def _address_space_bytes() -> int:
    """Return how much address space this process has; 0 where the system doesn't say."""
    if sys.platform != "linux":
        return 0
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - before each session
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
