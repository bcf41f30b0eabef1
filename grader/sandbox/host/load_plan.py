"""What is left out when a submission is loaded again, so that nothing is paid for twice."""

import copy
import enum
from dataclasses import dataclass, field

from grader.observations.bounds import SLOW_S
from grader.observations.messages import Loaded, Note, StatementStarted

_MOST_SLOW = 10_000  # the child says how long a statement took, and could say anything


class Stage(enum.Enum):
    """The loads of a file, which differ in the time that they have."""

    FIRST = "first"
    SECOND_TRY = "second try"
    LATER = "later"


@dataclass(slots=True)
class LoadPlan:
    """What the next child of a submission leaves out while it loads the file.

    Each session has its own. A session with lent helpers, or for hidden checks, begins with a copy
    of the first one's: what its code reads must not show in what is loaded elsewhere.

    Attributes:
        left_out: Statements that ended a child.
        slow: Statements that took long, and are left out unless a function needs them.
        needed_only_from: From which statement on all are left out that no function needs, since
            loading has used up its time.
        has_overrun: Whether loading has hit a limit on time.
        is_complete: Whether the file was loaded to its end once.
        notes: What the student should know about what was left out.
    """

    left_out: set[tuple[int, int]] = field(default_factory=set)
    slow: set[tuple[int, int]] = field(default_factory=set)
    needed_only_from: tuple[int, int] | None = None
    has_overrun: bool = False
    is_complete: bool = False
    notes: list[Note] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """Which load comes next."""
        if self.is_complete or self.needed_only_from is not None:
            return Stage.LATER
        return Stage.SECOND_TRY if self.has_overrun else Stage.FIRST

    def copy(self) -> "LoadPlan":
        """Return a plan that begins with what this one leaves out."""
        return copy.deepcopy(self)

    def note_end(self, statement: StatementStarted, after: StatementStarted | Loaded) -> None:
        """Note how long a statement has run, and what it did.

        Args:
            statement: The statement.
            after: What the child reported after it.
        """
        took_s = after.cpu_s - statement.cpu_s
        if took_s < SLOW_S or self.is_complete or after.has_changed:
            return
        if took_s == took_s and len(self.slow) < _MOST_SLOW:  # noqa: PLR0124 - not nan
            self.slow.add((statement.block, statement.statement))
