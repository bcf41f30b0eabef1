"""The Landlock rules of a child: which files it may read, and the one folder it may write to.

The forkserver prepares the rules once, since opening two hundred paths costs more than forking. A
child only adds its own folder and enforces them. See landlock(7).
"""

import fcntl
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.sandbox.guest.unavailable import LockUnavailableError

_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_FIRST_ABI_WITH_SCOPES = 6

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

    def enforce(self, scratch: str, *, is_scoped: bool) -> None:
        """Restrict this process for good to the prepared paths and its own folder.

        Args:
            scratch: The only folder that stays writable.
            is_scoped: Whether to confine signals and abstract unix sockets as well.

        Raises:
            LockUnavailableError: Landlock refuses.
        """
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
