"""Finds functions that return something lazy: nothing runs until somebody loops over it."""

from collections.abc import Sequence

import numpy as np

from grader.checks.questions import Question
from grader.observations.messages import CallRequest, Observation, Outcome
from grader.observations.values import Array, Opaque

HINT_TO_RUN = (
    "What is inside of a generator runs only when somebody loops over it. Is there a yield, or a "
    "comprehension in round brackets? Return the result itself; if there are several, collect them "
    "in a list."
)
HINT_TO_RUN_MAP = (
    "It computes its items only when somebody loops over it. Make a list of it, with list(...) or "
    "a comprehension in square brackets."
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


def has_run_nothing(questions: Sequence[Question], answers: Sequence[Observation]) -> bool:
    """Return whether no call has changed an input, as none does before somebody loops over it."""
    return not any(
        isinstance(before, Array)
        and isinstance(after := step.inputs[name].value, Array)
        and not np.array_equal(before.to_numpy(), after.to_numpy(), equal_nan=True)
        for question, answer in zip(questions, answers, strict=True)
        if isinstance(question.request, CallRequest)
        for step in answer.steps
        for name, before in question.request.inputs.items()
        if name in step.inputs
    )


def describe_lazy(function: str, type_name: str) -> str:
    """Return a sentence without its full stop; empty if the type is."""
    return f"on all inputs tried, {function}() returns a {type_name}" if type_name else ""


def hint_to_run(type_name: str) -> str:
    """Return what to do about it; empty if the type is."""
    if not type_name:
        return ""
    return HINT_TO_RUN if type_name == "generator" else HINT_TO_RUN_MAP
