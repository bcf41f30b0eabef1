"""Describes a penalty on the weights: a part of the gradient that depends on nothing but them.

With a penalty, such as 0.01 * (w ** 2).sum(), and with weight decay, the gradient is the right one
plus a multiple of w, or of the signs of w.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.questions import Question
from grader.diagnosis.ratios import answered, is_one_step, numbers_of, rate_of
from grader.observations.messages import Observation
from grader.observations.values import Array

HINT_TO_LEAVE_OUT_PENALTIES = (
    "Leave out weight decay and penalties on w: the gradient is that of the loss alone, the mean "
    "over the samples."
)

_MIN_INPUTS = 2  # one input proves no rule
_RTOL = 0.02  # what is added may be small beside the gradient, which has rounding errors
_KINDS: dict[str, Callable[["np.ndarray"], "np.ndarray"]] = {
    "{} times w": lambda w: w,
    "{} times the signs of w": np.sign,
}


@dataclass(frozen=True, slots=True)
class _Excess:
    """What is too much in a gradient, at w.

    Attributes:
        what: Whose gradient it is, in words.
        added: The difference from the right gradient.
        scale: The size of the right gradient and of w in a step, for the rounding errors.
        w: The weights.
    """

    what: str
    added: "np.ndarray"
    scale: float
    w: "np.ndarray"


def describe_penalty(
    questions: Sequence[Question], answers: Sequence[Observation], *, with_size: bool = True
) -> str:
    """Return a sentence if gradients have a multiple of w, or of its signs, too much.

    Args:
        questions: Everything that the checks of a function ask, with the right answers.
        answers: The submission's answers, one for each question.
        with_size: Whether to say which multiple.

    Returns:
        A sentence without its full stop; empty if there is no such multiple.
    """
    excesses: dict[str, list[_Excess]] = {}
    for one in _excesses(questions, answers):
        excesses.setdefault(one.what, []).append(one)
    for what, found in excesses.items():
        if len({one.w.tobytes() for one in found}) < _MIN_INPUTS:
            continue
        for words, basis in _KINDS.items():
            sizes = [_multiple(one, basis(one.w)) for one in found]
            known = [size for size in sizes if size is not None and size > 0]
            if len(known) == len(sizes) and max(known) <= min(known) * (1 + 2 * _RTOL):
                size = f"{np.median(known):.2g}" if with_size else "some number"
                return f"on all inputs tried, {what} is the right one plus {words.format(size)}"
    return ""


def _excesses(questions: Sequence[Question], answers: Sequence[Observation]) -> Iterator[_Excess]:
    for function, request, got, want in answered(questions, answers):
        leaves = {
            name: value
            for name, value in request.inputs.items()
            if isinstance(value, Array) and value.requires_grad
        }
        for name, value in leaves.items():
            start = value.to_numpy().astype(np.float64)
            ends = [numbers_of(step.inputs[name].value) for step in (got, want)]
            if is_one_step(request):
                moves = [
                    (start - end) / rate_of(request)
                    for end in ends
                    if end is not None and end.shape == start.shape
                ]
                if len(moves) == len(ends) and np.any(moves[1]):
                    rounding = float(np.max(np.abs(start))) / rate_of(request)
                    yield _compare(f"the gradient in the step of {name}", moves, start, rounding)
            returned = [numbers_of(step.returned) for step in (got, want)]
            values = [one for one in returned if one is not None and one.shape == start.shape]
            if len(values) == len(returned) and start.shape:
                yield _compare(f"what {function}() returns", values, start, 0.0)


def _compare(what: str, pair: Sequence["np.ndarray"], w: "np.ndarray", rounding: float) -> _Excess:
    got, want = pair
    return _Excess(what, got - want, max(rounding, float(np.max(np.abs(want)))), w)


def _multiple(one: _Excess, basis: "np.ndarray") -> float | None:
    """Return k if k times the basis is what is too much, beyond rounding; else None."""
    squares = float(np.sum(basis * basis))
    if not squares or not np.all(np.isfinite(one.added)):
        return None
    k = float(np.sum(one.added * basis)) / squares
    size = abs(k) * float(np.max(np.abs(basis)))
    error = 1e-6 * one.scale
    if size * _RTOL < error:
        return None
    gap = float(np.max(np.abs(one.added - k * basis)))
    return k if gap <= _RTOL * size else None
