"""Finds functions that return something lazy: nothing runs until somebody loops over it."""

from collections.abc import Sequence

from grader.observations.messages import Observation, Outcome
from grader.observations.values import Opaque

HINT_TO_RUN = (
    "Nothing runs until somebody loops over what it returns. Is there a yield, or a comprehension "
    "in round brackets? Return the result itself; if there are several, collect them in a list."
)
HINT_TO_RUN_MAP = (
    "It computes nothing until somebody loops over it. Make a list of it, with list(...) or a "
    "comprehension in square brackets."
)

_LAZY = ("generator", "map", "filter")


def find_lazy(answers: Sequence[Observation]) -> str:
    """Return the type of what every call returns, if that is a lazy one; empty if it is not.

    Args:
        answers: The submission's answers to everything that the checks of a function ask.
    """
    found = {
        step.returned.type_name if isinstance(step.returned, Opaque) else ""
        for answer in answers
        for step in answer.steps
    }
    has_returned = all(answer.outcome is Outcome.RETURNED for answer in answers)
    if not has_returned or len(found) != 1:
        return ""
    name = found.pop()
    return name if name in _LAZY else ""


def describe_lazy(function: str, type_name: str) -> str:
    """Return a sentence without its full stop; empty if the type is."""
    return f"on all inputs tried, {function}() returns a {type_name}" if type_name else ""


def hint_to_run(type_name: str) -> str:
    """Return what to do about it; empty if the type is."""
    if not type_name:
        return ""
    return HINT_TO_RUN if type_name == "generator" else HINT_TO_RUN_MAP
