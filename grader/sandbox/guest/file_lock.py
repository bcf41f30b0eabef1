"""The Landlock rules of a child: which files it may read, and the one folder it may write to.

The forkserver prepares the rules once, since opening two hundred paths costs more than forking. A
child only adds its own folder and enforces them. See landlock(7).

Landlock asks for a right when a file is opened, listed, made, removed, linked, renamed or emptied.
It doesn't ask for the rest: `left_open` lists what else can be done to a file outside, and which
versions of Landlock's interface (ABI) close it. The lock on system calls closes all of it, so only
without that one the lock on files holds in part. No version and no other lock hides that a file
exists, its size and its times: stat() is always allowed.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from grader.sandbox.guest.unavailable import LockUnavailableError

_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom")  # mapping /dev/zero shares memory
_FIRST_ABI_WITH_SCOPES = 6

# What Landlock leaves open to a process that may make any system call, and the first ABI that
# closes it.
_CLOSED_BY_ABI = (
    (3, "files outside the scratch folder can be emptied"),
    (5, "commands (ioctl) can be sent to any device that the user may open"),
)
_NEVER_CLOSED = (
    "mode, owner, times and attributes of files outside the scratch folder can be changed",
    "sockets outside that have a file name can be connected to",
)

# The descriptors below are for a child's own: null device, output, socket.
FIRST_DESCRIPTOR = 10


@dataclass(frozen=True, slots=True)
class FileLock:
    """Prepared Landlock rules.

    Attributes:
        abi: The version of Landlock's interface that this kernel has.
        rules: Open descriptors of the readable paths, each with the rights that it gives.
    """

    abi: int
    rules: tuple[tuple[int, int], ...]

    @property
    def has_scopes(self) -> bool:
        """Whether this kernel can confine signals and abstract unix sockets."""
        return self.abi >= _FIRST_ABI_WITH_SCOPES

    def capped(self, abi: int | None) -> "FileLock":
        """Return the lock as it is on a kernel with this ABI, if that is older; for tests."""
        return self if abi is None else replace(self, abi=min(self.abi, abi))

    def close(self) -> None:
        """Close the descriptors of the rules; after that, the lock can't be put on."""
        for descriptor, _ in self.rules:
            os.close(descriptor)

    def enforce(self, scratch: str, *, is_scoped: bool) -> None:
        """Restrict this process for good to the prepared paths and its own folder.

        Args:
            scratch: The only folder that stays writable.
            is_scoped: Whether to confine signals and abstract unix sockets as well.

        Raises:
            LockUnavailableError: Landlock refuses.
        """
        if sys.platform != "linux":
            raise LockUnavailableError("needs Linux")
        from py_landlock import AccessFs, landlock_sys
        from py_landlock.abi import get_supported_fs, get_supported_net, get_supported_scope
        from py_landlock.errors import LandlockError

        abi: Any = self.abi
        attributes: Any = landlock_sys.RulesetAttr()
        attributes.handled_access_fs = get_supported_fs(abi)
        attributes.handled_access_net = get_supported_net(abi) if abi >= 4 else 0  # noqa: PLR2004
        attributes.scoped = get_supported_scope(abi) if is_scoped and self.has_scopes else 0
        own_rights = get_supported_fs(abi) & ~(
            AccessFs.EXECUTE
            | AccessFs.MAKE_CHAR
            | AccessFs.MAKE_BLOCK
            | AccessFs.MAKE_SOCK
            | AccessFs.MAKE_FIFO
            | AccessFs.IOCTL_DEV
        )
        try:
            ruleset = landlock_sys.create_ruleset(attributes)
            own = os.open(scratch, os.O_PATH | os.O_CLOEXEC)
            for descriptor, rights in (*self.rules, (own, int(own_rights))):
                rule: Any = landlock_sys.PathBeneathAttr()
                rule.allowed_access = rights
                rule.parent_fd = descriptor
                landlock_sys.add_rule(ruleset, rule)
            landlock_sys.restrict_self(ruleset, None)
            os.close(ruleset)
            os.close(own)
        except LandlockError as error:
            raise LockUnavailableError(str(error)) from error


def left_open(abi: int) -> tuple[str, ...]:
    """Return what Landlock with this ABI can't prevent, in words; seccomp prevents all of it."""
    return (*(text for closed_by, text in _CLOSED_BY_ABI if abi < closed_by), *_NEVER_CLOSED)


def prepare_file_lock(readable: Iterable[str]) -> FileLock:
    """Open what a child may read, and work out the rights.

    Args:
        readable: Files and folders; those that can't be opened are left out.

    Raises:
        LockUnavailableError: this machine has no Landlock.
    """
    if sys.platform != "linux":
        raise LockUnavailableError("needs Linux")
    try:
        import fcntl

        from py_landlock import AccessFs, landlock_sys
        from py_landlock.errors import LandlockError
    except (ImportError, OSError) as error:
        raise LockUnavailableError(f"py-landlock can't be loaded: {error}") from error
    try:
        abi = int(landlock_sys.get_abi_version())
    except LandlockError as error:
        raise LockUnavailableError(str(error)) from error
    read_file, read_folder = AccessFs.READ_FILE, AccessFs.READ_FILE | AccessFs.READ_DIR
    wanted = [(path, read_folder if os.path.isdir(path) else read_file) for path in readable]  # noqa: PTH112
    wanted += [(device, read_file | AccessFs.WRITE_FILE) for device in _DEVICES]
    rules = []
    for path, rights in wanted:
        try:
            low = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rules.append((fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR), int(rights)))
        os.close(low)
    return FileLock(abi=abi, rules=tuple(rules))
