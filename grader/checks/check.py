"""A collected check, and the types of the functions that run it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.checks.facts import Facts
from grader.checks.probe import Probe
from grader.report.model import Picture

# Draws pictures of a wrong function; see `grader.checks.pictures`.
Draw = Callable[[Probe], Sequence[Picture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A collected check.

    Attributes:
        id: The function and the check's own name, such as ``mse/is-the-mean``.
        function: The name of the function that it grades.
        title: What it promises: the first line of its docstring.
        hint: The general hint: the rest of its docstring.
        points: What it is worth.
        key: Its place among the collected checks.
        file: The file that defines it.
        defined_as: The name of the function or class at top level that defines it.
        is_independent: Whether it is diagnosed apart from the other checks of its function.
        forbids: Whether it is about what must not happen. Then a call that ends without an answer
            is not judged: it never got that far.
        asks_more: Whether it is meant to ask more after some answers, which no recording has.
        facts: Summarizes an answer where the right one is random or drawn.
        pictures: Draws pictures of the function after a failure.
    """

    id: str
    function: str
    title: str
    hint: str
    points: float
    key: int
    file: str = ""
    defined_as: str = ""
    is_independent: bool = False
    forbids: bool = False
    asks_more: bool = False
    facts: Facts | None = None
    pictures: Draw | None = None


# Runs a check's body with a probe, and returns the verdict that it raised, or None.
RunBody = Callable[[Check, Probe], BaseException | None]
