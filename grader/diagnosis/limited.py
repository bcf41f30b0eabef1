"""Describes numbers that are right but for rounding, but for their decimals, or for a limit."""

from collections.abc import Sequence

import numpy as np

from grader.checks.questions import Question
from grader.diagnosis.ratios import answered, numbers_of
from grader.observations.messages import Observation

HINT_NOT_TO_ROUND = "Return the number as it is, and round it only where you print it."
HINT_NOT_TO_CUT = (
    "Keep the decimals. int(), .int(), .long() and a tensor of dtype int cut them off, and so does "
    "putting a number into such a tensor."
)
HINT_NOT_TO_LIMIT = (
    "Is there a clamp, or a min or max? Leave it out, or set its limits where they change nothing."
)

HINT_NOT_TO_DECIDE = (
    "Return the number itself. Is it rounded or compared with something, or is an outcome drawn "
    "from it, as torch.bernoulli does?"
)

_OUTCOMES = (0.0, 1.0)
_MOST_OUTCOMES = 0.1  # of the right numbers, some may be 0 or 1
_MIN_NUMBERS = 3  # fewer prove no rule
_MIN_RANDOM_NUMBERS = 20  # of inputs whose right answer is not known
_MOST_DECIMALS = 6
_RTOL = 1e-4


def describe_rounding(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if all numbers that are returned are the right ones, rounded.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask, with the right answers.
        answers: The submission's answers, one for each question.

    Returns:
        A sentence without its full stop; empty if they are not.
    """
    got, want = _all_returned(questions, answers)
    if not len(want):
        return _describe_decimals(function, answers)
    if len(np.unique(want)) < _MIN_NUMBERS or _is_close(got, want):
        return ""
    for decimals in range(_MOST_DECIMALS):
        unit = 10.0**-decimals
        tolerance = 1e-3 * unit + 1e-6 * float(np.max(np.abs(want)))
        is_round = np.all(np.abs(got - unit * np.round(got / unit)) <= tolerance)
        if is_round and np.all(np.abs(got - want) <= unit / 2 + tolerance):
            words = {0: "to a whole number", 1: "to 1 decimal"}
            rounded = words.get(decimals, f"to {decimals} decimals")
            return f"on all inputs tried, what {function}() returns is right but rounded {rounded}"
    return ""


def describe_cut(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if all numbers that are returned are the right ones without decimals.

    The arguments and the result are those of `describe_rounding`.
    """
    got, want = _all_returned(questions, answers)
    if len(np.unique(want)) < _MIN_NUMBERS or _is_close(got, want):
        return ""
    lost = np.abs(want) - np.abs(got)
    is_cut = (got == np.trunc(got)) & (lost >= -_RTOL) & (lost < 1 + _RTOL) & (got * want >= 0)
    if not np.all(is_cut):
        return ""
    return f"on all inputs tried, what {function}() returns is right but without its decimals"


def _describe_decimals(function: str, answers: Sequence[Observation]) -> str:
    """Return a sentence if all numbers that are returned have few decimals, right or not."""
    values = [numbers_of(step.returned) for one in answers for step in one.steps]
    numbers = np.concatenate([np.empty(0), *(one.ravel() for one in values if one is not None)])
    if len(np.unique(numbers)) < _MIN_RANDOM_NUMBERS or not np.all(np.isfinite(numbers)):
        return ""
    for decimals in range(1, _MOST_DECIMALS):
        unit = 10.0**-decimals
        if np.all(np.abs(numbers - unit * np.round(numbers / unit)) <= 1e-3 * unit):
            return f"on all inputs tried, no number that {function}() returns has more than " + (
                "1 decimal" if decimals == 1 else f"{decimals} decimals"
            )
    return ""


def describe_outcomes(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if all numbers that are returned are 0 or 1, and the right ones are not.

    The arguments and the result are those of `describe_rounding`.
    """
    got, want = _all_returned(questions, answers)
    if len(np.unique(got)) != len(_OUTCOMES) or len(got) < _MIN_RANDOM_NUMBERS:
        return ""
    if not np.all(np.isin(got, _OUTCOMES)) or np.mean(np.isin(want, _OUTCOMES)) > _MOST_OUTCOMES:
        return ""
    return f"on all inputs tried, every number that {function}() returns is 0 or 1"


def describe_limit(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if all numbers are right up to a limit, and never beyond it.

    The arguments and the result are those of `describe_rounding`.
    """
    got, want = _all_returned(questions, answers)
    if not len(got) or _is_close(got, want):
        return ""
    low, high = float(np.min(got)), float(np.max(got))
    inside = (want > low) & (want < high)
    if len(np.unique(want[inside])) < _MIN_NUMBERS or not _is_close(got, np.clip(want, low, high)):
        return ""
    sides = []
    # A number that is cut off must be right but for that: the limit shows on two of them.
    if np.sum(want < low - _RTOL * abs(low)) > 1:
        sides.append(f"below {low:.3g}")
    if np.sum(want > high + _RTOL * abs(high)) > 1:
        sides.append(f"above {high:.3g}")
    if not sides:
        return ""
    return (
        f"on all inputs tried, what {function}() returns is right, but never {' or '.join(sides)}"
    )


def _all_returned(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> "tuple[np.ndarray, np.ndarray]":
    """Return all numbers that are returned, and the right ones; none if any don't fit."""
    pairs = [
        (numbers_of(got.returned), numbers_of(want.returned))
        for _, _, got, want in answered(questions, answers)
    ]
    fits = [
        (got.ravel(), want.ravel())
        for got, want in pairs
        if got is not None and want is not None and got.shape == want.shape
    ]
    if not fits or len(fits) < len(pairs):
        return np.empty(0), np.empty(0)
    got, want = (np.concatenate(list(side)) for side in zip(*fits, strict=True))
    return (got, want) if np.all(np.isfinite(got)) else (np.empty(0), np.empty(0))


def _is_close(one: "np.ndarray", other: "np.ndarray") -> bool:
    return bool(np.all(np.abs(one - other) <= _RTOL * np.abs(other)))
