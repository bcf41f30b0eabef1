"""How much a submission may use, and how strictly it is confined."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields

from grader.errors import UsageError
from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one submission may use.

    CPU times are the child's, over all its threads. ``total_wall_s`` limits the whole submission,
    and ``idle_wall_s`` how long a call may wait without computing anything.
    """

    load_cpu_s: float = 10.0
    call_cpu_s: float = 10.0
    total_wall_s: float = 60.0
    idle_wall_s: float = 5.0
    memory_bytes: int = 4 * GIB
    output_bytes: int = 1 * MIB
    disk_bytes: int = 64 * MIB
    files: int = 10_000
    threads: int = 64

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Limits":
        """Make limits from those that are given by name; the others have their defaults.

        Raises:
            UsageError: A limit with this name doesn't exist, or its value is not a positive number.
        """
        usual = {one.name: type(getattr(cls(), one.name)) for one in fields(cls)}
        for name, value in given.items():
            if name not in usual:
                raise UsageError(f'unknown limit "{name}"; known limits: {", ".join(usual)}')
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise UsageError(f"the limit {name} must be a number above 0, not {value!r}")
        return cls(**{name: usual[name](value) for name, value in given.items()})

    def for_child(self) -> ChildLimits:
        """Return the limits that the kernel enforces; the host watches the others."""
        return ChildLimits(
            memory_bytes=self.memory_bytes,
            file_bytes=self.disk_bytes,
            # Only a safety net: the host watches each call, and kills the child long before.
            cpu_s=int(2 * self.total_wall_s) + 10,
        )


class Isolation(enum.Enum):
    """How strictly to confine: as far as possible; fully, or refuse to grade; hardly at all."""

    AUTO = "auto"
    REQUIRED = "required"
    NONE = "none"


REMEDY = (
    "all locks need Linux 6.12 or newer with Landlock switched on, and the library libseccomp; "
    "--isolation auto grades without what is missing and says so"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """The isolation that was asked for, and locks to leave out in the tests of those locks."""

    isolation: Isolation = Isolation.AUTO
    without: tuple[Lock, ...] = ()

    def locks_to_leave_out(self) -> tuple[Lock, ...]:
        """Return the locks that a child leaves out."""
        if self.isolation is Isolation.NONE:
            # The other two stay: limits protect the machine, and no solution needs privileges.
            return (Lock.FILES, Lock.SIGNALS, Lock.SYSCALLS)
        return self.without
