"""Describes answers in which every number that was computed is nan."""

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.ratios import numbers_of
from grader.observations.messages import Observation, Outcome
from grader.observations.values import Array

HINT_AGAINST_NAN = (
    "nan comes from 0 / 0, from infinity minus infinity, or from the logarithm of a negative "
    "number, for example. In a column of ones the standard deviation is 0, so don't divide by it."
)

_MIN_INPUTS = 2  # one input proves no rule


def describe_nan(answers: Sequence[Observation]) -> str:
    """Return a sentence if all that is returned, and all leaves after it, are nothing but nan.

    Args:
        answers: The submission's answers to everything that the checks of a function ask.

    Returns:
        A sentence without its full stop; empty if some number is not nan.
    """
    if len(answers) < _MIN_INPUTS:
        return ""
    for answer in answers:
        if answer.outcome is not Outcome.RETURNED:
            return ""
        values = [numbers_of(step.returned) for step in answer.steps]
        values += [
            numbers_of(state.value)
            for step in answer.steps
            for state in step.inputs.values()
            if isinstance(state.value, Array) and state.value.requires_grad
        ]
        known = [one for one in values if one is not None and one.size]
        if not known or not all(bool(np.all(np.isnan(one))) for one in known):
            return ""
    return "on all inputs tried, every number in the result is nan"
