"""Finds a leaf that every call moves, although a right call leaves it where it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.inputs import show_pair
from grader.checks.questions import Question
from grader.diagnosis.ratios import answered, numbers_of
from grader.observations.messages import Observation
from grader.observations.values import Array

_MIN_INPUTS = 2  # one input proves no rule


@dataclass(frozen=True, slots=True)
class Moved:
    """A leaf that should stay where it is.

    Attributes:
        name: Its name.
        before: Its values before the first call that was tried.
        after: Its values after that call.
    """

    name: str
    before: "np.ndarray"
    after: "np.ndarray"


def find_moved(questions: Sequence[Question], answers: Sequence[Observation]) -> Moved | None:
    """Return the first leaf that every call moves, although it should stay where it is.

    Args:
        questions: Everything that the checks of a function ask, with the right answers.
        answers: The submission's answers, one for each question.
    """
    moves: dict[str, list[Moved]] = {}
    for one in _leaves(questions, answers):
        moves.setdefault(one.name, []).append(one)
    for found in moves.values():
        if len(found) >= _MIN_INPUTS and not any(
            np.array_equal(one.before, one.after) for one in found
        ):
            return found[0]
    return None


def describe_moved(found: Moved | None, *, with_numbers: bool = True) -> str:
    """Return what was observed as a sentence without its full stop; empty for None.

    Args:
        found: The leaf.
        with_numbers: Whether to say from where to where a call moves it.
    """
    if found is None:
        return ""
    sentence = f"every call tried changes {found.name}, which should stay as it is"
    if not with_numbers:
        return sentence
    before, after = show_pair(found.before, found.after)
    return f"{sentence}: before the first one it is {before}, and after it {after}"


def hint_to_stay(found: Moved | None) -> str:
    """Return what to do about a leaf that moves; empty for None."""
    if found is None:
        return ""
    name = found.name
    return (
        f"Put {name} back to where it was, or compute with a copy, such as {name}.detach().clone()."
    )


def _leaves(questions: Sequence[Question], answers: Sequence[Observation]) -> Iterator[Moved]:
    """Yield where each leaf is before and after a call that should leave it alone."""
    for _, request, got, want in answered(questions, answers):
        for name, value in request.inputs.items():
            if not isinstance(value, Array) or not value.requires_grad:
                continue
            if name not in got.inputs or name not in want.inputs:
                continue
            start = value.to_numpy().astype(np.float64)
            after, right = (numbers_of(step.inputs[name].value) for step in (got, want))
            if after is None or right is None or after.shape != start.shape:
                continue
            if np.array_equal(right, start):
                yield Moved(name, start, after)
