"""How much a submission may use, and how hard it is confined."""

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

    CPU times are the child's, over all its threads; ``total_wall_s`` bounds the whole
    submission; ``idle_wall_s`` how long a call may wait without computing anything.
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
        """Make limits of some that are named, the rest as usual.

        Raises:
            UsageError: there is no such limit, or it is not a positive number.
        """
        usual = {one.name: type(getattr(cls(), one.name)) for one in fields(cls)}
        for name, value in given.items():
            if name not in usual:
                raise UsageError(f"there is no limit {name}; there are {', '.join(usual)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise UsageError(f"the limit {name} is {value!r}, and not a number above 0")
        return cls(**{name: usual[name](value) for name, value in given.items()})

    def for_child(self) -> ChildLimits:
        """Give what the kernel enforces by itself, beside the watch from outside."""
        return ChildLimits(
            memory_bytes=self.memory_bytes,
            file_bytes=self.disk_bytes,
            # Only a backstop: each call is watched and killed from outside long before.
            cpu_s=int(2 * self.total_wall_s) + 10,
        )


class Isolation(enum.Enum):
    """How hard to confine: as far as possible, fully or not at all, not at all."""

    AUTO = "auto"
    REQUIRED = "required"
    NONE = "none"


REMEDY = (
    "it needs Linux 6.12 or newer with Landlock switched on, and the library libseccomp; "
    "--isolation auto grades without what is missing and says so"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """The isolation asked for, and single locks to leave out (for tests of what each is for)."""

    isolation: Isolation = Isolation.AUTO
    without: tuple[Lock, ...] = ()

    def locks_to_leave_out(self) -> tuple[Lock, ...]:
        """Name the locks that a child must not put on."""
        if self.isolation is Isolation.NONE:
            # Limits on resources protect the machine, and privileges never helped anybody.
            return (Lock.FILES, Lock.SIGNALS, Lock.SYSCALLS)
        return self.without
