"""How much a submission may use, and how strictly it is confined."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields

from grader.errors import UsageError
from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits
from grader.sandbox.host.start_method import StartMethod

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# How much longer than its CPU time anything may take: far more than a busy machine needs.
WALL_PER_CPU = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one submission may use, over all its children and on both sides of the wall.

    ``load_cpu_s`` is for loading it, and ``function_cpu_s`` for each function over all its calls;
    together they are all that it has. Wall time depends on what else the machine does, so it only
    matters if a call waits: ``idle_wall_s`` is how long it may compute nothing, although it could.
    ``total_wall_s`` is a back-stop for the whole submission; 0 stands for ten times its CPU time.
    """

    load_cpu_s: float = 10.0
    function_cpu_s: float = 5.0
    total_wall_s: float = 0.0
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
        usual: dict[str, type] = {one.name: type(getattr(cls(), one.name)) for one in fields(cls)}
        for name, value in given.items():
            if name not in usual:
                raise UsageError(f'unknown limit "{name}"; known limits: {", ".join(usual)}')
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise UsageError(f"the limit {name} must be a number above 0, not {value!r}")
        return cls(**{name: usual[name](value) for name, value in given.items()})

    def cpu_s(self, functions: int) -> float:
        """Return the CPU time that a submission with this many functions has in all."""
        return self.load_cpu_s + functions * self.function_cpu_s

    def wall_s(self, functions: int) -> float:
        """Return the wall time after which a submission with this many functions is ended."""
        return self.total_wall_s or WALL_PER_CPU * self.cpu_s(functions)

    def for_child(self, cpu_s: float) -> ChildLimits:
        """Return the limits that the kernel enforces; the host watches the others.

        Args:
            cpu_s: All that the submission has.
        """
        return ChildLimits(
            memory_bytes=self.memory_bytes,
            file_bytes=self.disk_bytes,
            # Only a safety net: the host watches each call, and kills the child long before.
            cpu_s=int(min(2 * cpu_s + 10, 2**31)),
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
    """The isolation that was asked for, and how children are started.

    ``start_method`` is None for this system's own. ``without`` are locks to leave out in the tests
    of those locks.
    """

    isolation: Isolation = Isolation.AUTO
    start_method: StartMethod | None = None
    without: tuple[Lock, ...] = ()

    def locks_to_leave_out(self) -> tuple[Lock, ...]:
        """Return the locks that a child leaves out."""
        if self.isolation is Isolation.NONE:
            # The other two stay: limits protect the machine, and no solution needs privileges.
            return (Lock.FILES, Lock.SIGNALS, Lock.SYSCALLS)
        return self.without
