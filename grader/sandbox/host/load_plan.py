"""What is left out when a submission is loaded again, so that nothing is paid for twice."""

import copy
from dataclasses import dataclass, field

from grader.observations.messages import Note, StatementStarted

# A statement that takes longer is left out when the file is loaded again, unless it is needed.
SLOW_S = 0.1
_MOST_SLOW = 10_000  # the child says how long a statement took, and could say anything


@dataclass(slots=True)
class LoadPlan:
    """What the next child of a submission leaves out while it loads the file.

    Each session has its own. A session with lent helpers, or for hidden checks, begins with a copy
    of the first one's: what its code reads must not show in what is loaded elsewhere.

    Attributes:
        left_out: Statements that ended a child.
        slow: Statements that took long, and are left out unless a function needs them.
        is_needed_only: Whether all statements are left out that no function needs, since loading
            has used up its time.
        is_complete: Whether the file was loaded to its end once.
        notes: What the student should know about what was left out.
    """

    left_out: set[tuple[int, int]] = field(default_factory=set)
    slow: set[tuple[int, int]] = field(default_factory=set)
    is_needed_only: bool = False
    is_complete: bool = False
    notes: list[Note] = field(default_factory=list)

    @property
    def is_first(self) -> bool:
        """Whether everything is to be loaded for the first time."""
        return not (self.is_complete or self.is_needed_only)

    def copy(self) -> "LoadPlan":
        """Return a plan that begins with what this one leaves out."""
        return copy.deepcopy(self)

    def note_duration(self, statement: StatementStarted, cpu_s: float) -> None:
        """Note for how long a statement has run, in seconds of CPU, if that was long."""
        if cpu_s >= SLOW_S and len(self.slow) < _MOST_SLOW:
            self.slow.add((statement.block, statement.statement))
