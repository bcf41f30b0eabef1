"""A collected check, and how it is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.checks.facts import Facts
from grader.checks.probe import Probe
from grader.report.model import Picture

# Draws pictures of a function that is wrong; see `grader.checks.pictures`.
Draw = Callable[[Probe], Sequence[Picture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One collected check: what it is worth and what it says of itself.

    ``hint`` is the general one: the part of the docstring below the title. One that
    ``is_independent`` is a matter of its own, beside the other checks of its function.
    """

    id: str
    function: str
    title: str
    hint: str
    points: float
    key: int
    is_independent: bool = False
    facts: Facts | None = None
    pictures: Draw | None = None


# Runs a check's body with a probe, and gives what it raised.
RunBody = Callable[[Check, Probe], BaseException | None]
