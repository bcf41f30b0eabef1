"""A collected check, and how it is run."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.checks.facts import Facts
from grader.checks.probe import Probe


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


# Runs a check's body with a probe, and gives what it raised.
RunBody = Callable[[Check, Probe], BaseException | None]
