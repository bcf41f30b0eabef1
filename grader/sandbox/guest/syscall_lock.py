"""The seccomp filter of a child: which system calls it may make.

The forkserver puts the filter together once. A child only adds its own process id and enforces
it. See seccomp(2).
"""

import errno
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.sandbox.guest.syscalls import (
    ALLOWED,
    ALLOWED_FCNTLS,
    ALLOWED_IOCTLS,
    ALLOWED_MAPPINGS,
    ALLOWED_OPENINGS,
    ALLOWED_PRCTLS,
    MAPPING_FLAGS,
    OPENING,
    OPENING_FLAGS,
    PRETENDED,
    REFUSED,
    REFUSED_MAPPING,
    REFUSED_OPENINGS,
    UNSUPPORTED,
)
from grader.sandbox.guest.unavailable import LockUnavailableError

_CLONE_THREAD = 0x00010000
# Threads share their descriptors, so the host finds all files that a child has open.
_CLONE_FILES = 0x00000400
_THREAD = _CLONE_THREAD | _CLONE_FILES


@dataclass(frozen=True, slots=True)
class SyscallLock:
    """A prepared filter.

    Attributes:
        seccomp: The module ``pyseccomp``, which is imported only on Linux.
        policy: The filter, without the rule that contains the child's process id.
    """

    seccomp: Any
    policy: Any

    def enforce(self) -> None:
        """Filter the system calls of this process for good."""
        # abort() and raise() send a signal to the process itself. Allow that, and no other.
        own = self.seccomp.Arg(0, self.seccomp.EQ, os.getpid())
        _add_rule(self.policy, self.seccomp.ALLOW, "tgkill", own)
        self.policy.load()


def prepare_syscall_lock() -> SyscallLock:
    """Put the filter together.

    Raises:
        LockUnavailableError: this machine has no seccomp, or lacks the library for it.
    """
    if sys.platform != "linux":
        raise LockUnavailableError("needs Linux")
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise LockUnavailableError(f"pyseccomp can't be loaded: {error}") from error
    # Unlisted calls give ENOSYS, so that libc falls back (from clone3 to clone, say).
    policy = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    for names, action in (
        (ALLOWED, seccomp.ALLOW),
        (PRETENDED, seccomp.ERRNO(0)),
        (REFUSED, seccomp.ERRNO(errno.EPERM)),
        (UNSUPPORTED, seccomp.ERRNO(errno.ENOTSUP)),
    ):
        for name in names:
            _add_rule(policy, action, name)
    for name, argument in _allowed_arguments(seccomp):
        _add_rule(policy, seccomp.ALLOW, name, argument)
    for name, argument in _refused_arguments(seccomp):
        _add_rule(policy, seccomp.ERRNO(errno.EPERM), name, argument)
    return SyscallLock(seccomp, policy)


def _allowed_arguments(seccomp: Any) -> Iterator[tuple[str, object]]:
    """Yield calls that are allowed with certain arguments: the name, and the condition."""
    # clone may make threads, but not processes.
    yield "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _THREAD, _THREAD)
    # Limits may be read but not set: the new limit has to be NULL.
    yield "prlimit64", seccomp.Arg(2, seccomp.EQ, 0)
    for name, place in OPENING.items():
        for flags in ALLOWED_OPENINGS:
            yield name, seccomp.Arg(place, seccomp.MASKED_EQ, OPENING_FLAGS, flags)
    for flags in ALLOWED_MAPPINGS:
        yield "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, MAPPING_FLAGS, flags)
    for number in ALLOWED_IOCTLS.values():
        yield "ioctl", seccomp.Arg(1, seccomp.EQ, number)
    for number in ALLOWED_FCNTLS.values():
        yield "fcntl", seccomp.Arg(1, seccomp.EQ, number)
    for number in ALLOWED_PRCTLS.values():
        yield "prctl", seccomp.Arg(0, seccomp.EQ, number)


def _refused_arguments(seccomp: Any) -> Iterator[tuple[str, object]]:
    """Yield what is refused with a clearer error than the default."""
    yield "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0)
    yield "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, MAPPING_FLAGS, REFUSED_MAPPING)
    for name, place in OPENING.items():
        for flags in REFUSED_OPENINGS:
            yield name, seccomp.Arg(place, seccomp.MASKED_EQ, OPENING_FLAGS, flags)


def _add_rule(policy: Any, action: int, name: str, *arguments: object) -> None:
    try:
        policy.add_rule(action, name, *arguments)
    except (OSError, ValueError):
        # This libseccomp or this processor doesn't know the call. The default refuses it.
        return
