"""What was found out about one part of an installation."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class State(enum.StrEnum):
    """How a part is.

    WELL and NOTE need no action; a NOTE is worth knowing. With MISSING, grading works, but
    something is not as it should be. With BROKEN, nothing can be graded.
    """

    WELL = "well"
    NOTE = "note"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out.

    Attributes:
        name: The part, such as ``torch``.
        state: How it is.
        text: What is so, in a line.
        remedy: What to do; empty if there is nothing to do.
    """

    name: str
    state: State
    text: str
    remedy: str = ""


def worst(findings: Iterable[Finding]) -> State:
    """Return the worst state among findings."""
    order = list(State)
    return max((one.state for one in findings), key=order.index, default=State.WELL)
