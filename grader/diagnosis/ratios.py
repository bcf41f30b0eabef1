"""Describes how an answer is off if that is the same on all inputs: by a factor or a shift."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.questions import Question
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    Request,
    ScriptRequest,
    Step,
)
from grader.observations.values import AnyValue, Array, Items, Mapping, Number, Text
from grader.report.words import join_names

_RTOL = 1e-3
_MIN_INPUTS = 2  # one input proves no rule
_STANDING_STILL = 1e-5


@dataclass(frozen=True, slots=True)
class _StepOf:
    """The step of a leaf, as a quantity that may be off by a factor."""

    leaf: str

    def __str__(self) -> str:
        return f"the step of {self.leaf}"


@dataclass(frozen=True, slots=True)
class _Pair:
    """The student's numbers and the right ones.

    Attributes:
        got: The student's numbers.
        want: The right numbers.
        samples: The number of samples in the inputs.
        rate: The learning rate of a step, 1 for anything else.
    """

    got: "np.ndarray"
    want: "np.ndarray"
    samples: int
    rate: float = 1.0

    @property
    def is_nothing(self) -> bool:
        """Whether all numbers are 0 on both sides, which any factor explains."""
        return not (np.any(self.got) or np.any(self.want))

    def factor(self) -> float | None:
        """Return k if ``got`` is k times ``want`` in every element, else None."""
        if self.got.shape != self.want.shape or not np.all(np.isfinite(self.got)):
            return None
        size = float(np.max(np.abs(self.want), initial=0.0))
        if not np.isfinite(size) or size < 1e-6:  # noqa: PLR2004 - nothing to be a multiple of
            return None
        k = float(np.sum(self.got * self.want) / np.sum(self.want * self.want))
        gap = float(np.max(np.abs(self.got - k * self.want)))
        return k if gap <= _RTOL * max(abs(k), 1e-3) * size else None


def describe_ratio(
    questions: Sequence[Question], answers: Sequence[Observation], *, is_common: bool = False
) -> str:
    """Return a sentence if an answer is k times the right one on all inputs.

    k may be a constant, or proportional to n, 1 / n or 1 / lr.

    Args:
        questions: Everything that the checks of a function ask, with the right answers.
        answers: The submission's answers, one for each question.
        is_common: Whether k may only be a common factor: code that wants to tell something that it
            has read could choose any other.

    Returns:
        A sentence without its full stop; empty if there is no such factor.
    """
    scope = _scope(questions)
    factors = {
        what: _common_factor(pairs, is_common=is_common)
        for what, pairs in _aspects(questions, answers).items()
    }
    for what, factor in factors.items():
        if factor and isinstance(what, _StepOf):
            leaves = [
                one.leaf for one, k in factors.items() if isinstance(one, _StepOf) and k == factor
            ]
            if len(leaves) > 1:
                names = join_names(leaves)
                return f"{scope}, the steps of {names} are {factor} the right ones"
        if factor:
            return f"{scope}, {what} is {factor} the right one"
    return ""


def _scope(questions: Sequence[Question]) -> str:
    """Return for which inputs something is said that holds for all that can be compared."""
    has_batches = any(
        isinstance(one.request, CallRequest) and "batch_size" in one.request.inputs
        for one in questions
    )
    return "with one batch that holds all samples" if has_batches else "on all inputs tried"


def hint_for_ratio(sentence: str) -> str:
    """Return what to try for a sentence of `describe_ratio`; empty if that is not known."""
    for words, hint in _HINTS.items():
        if f"{words} the right" in sentence:
            return hint
    return ""


# The longer words first.
_HINTS = {
    " / n times (n samples)": "Look for a division by the number of samples that is one too many.",
    " n times (n samples)": "Take the mean over the samples, not the sum.",
    " 1 / lr times": "Multiply the gradient by lr, once.",
    " -1 times": "Look for a sign that is wrong.",
    " 2 times": "Look for a factor 2 that is one too many.",
    " 0.5 times": "Look for a factor 2 that is missing, or a division by 2, or by 2 n.",
}


def describe_shift(questions: Sequence[Question], answers: Sequence[Observation]) -> str:
    """Return a sentence if a list of losses is off by an epoch in the same way on all inputs.

    The arguments and the result are those of `describe_ratio`.
    """
    curves = [pair for pair in _returned(questions, answers) if pair.want.ndim == 1]
    # A list of equal losses looks the same wherever it begins.
    curves = [pair for pair in curves if np.ptp(pair.want) > _RTOL * np.max(np.abs(pair.want))]
    if len(curves) < _MIN_INPUTS:
        return ""
    for words, is_so in _SHIFTS.items():
        if all(pair.got.ndim == 1 and is_so(pair.got, pair.want) for pair in curves):
            return f"on all inputs tried, {words}"
    return ""


def hint_for_shift(sentence: str) -> str:
    """Return what to try for a sentence of `describe_shift`; empty if that is not known."""
    for words, hint in _HINTS_FOR_SHIFTS.items():
        if words in sentence:
            return hint
    return ""


_HINTS_FOR_SHIFTS = {
    "at i - 1": "Python counts from 0, and losses[-1] is the last place: store the loss of epoch i "
    "at i, or append it.",
    "at i + 1": "Python counts from 0: store the loss of epoch i at i, or append it.",
}


def describe_early_end(questions: Sequence[Question], answers: Sequence[Observation]) -> str:
    """Return a sentence if some lists of losses end early, and are right up to there.

    The arguments and the result are those of `describe_ratio`.
    """
    curves = [pair for pair in _returned(questions, answers) if pair.want.ndim == 1]
    lengths = [(len(pair.got), len(pair.want)) for pair in curves if pair.got.ndim == 1]
    if len(lengths) < max(len(curves), _MIN_INPUTS):
        return ""
    is_right = all(_same(pair.got, pair.want[: len(pair.got)]) for pair in curves)
    ends = [got < want for got, want in lengths]
    if not is_right or not any(ends) or all(ends):
        return ""
    return "on some of the inputs tried, the list ends early; up to there it is right"


def _same(got: "np.ndarray", want: "np.ndarray") -> bool:
    return got.shape == want.shape and bool(
        np.allclose(got, want, rtol=_RTOL, atol=1e-6 * float(np.max(np.abs(want), initial=0.0)))
    )


_SHIFTS: dict[str, Callable[[np.ndarray, np.ndarray], bool]] = {
    "the list is the right one with its first entry at the end: entry i is at i - 1": (
        lambda got, want: not _same(got, want) and _same(got, np.roll(want, -1))
    ),
    "the list is the right one with its last entry at the start: entry i is at i + 1": (
        lambda got, want: not _same(got, want) and _same(got, np.roll(want, 1))
    ),
    "the first entry is the loss after the first step: each entry is one step late": (
        lambda got, want: (
            len(got) == len(want) and not _same(got, want) and _same(got[:-1], want[1:])
        )
    ),
    "the list is the right one without its first entry": (lambda got, want: _same(got, want[1:])),
    "the list is the right one without its last entry": (lambda got, want: _same(got, want[:-1])),
    "the list is the right one with an extra entry at the end": (
        lambda got, want: _same(got[:-1], want)
    ),
    "every entry is the loss before the first step": (
        lambda got, want: len(got) == len(want) and _same(got, np.full_like(want, want[0]))
    ),
    "the list is the right one in reverse order": (lambda got, want: _same(got, want[::-1])),
}


def _aspects(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> dict[_StepOf | str, list[_Pair]]:
    """Collect what may be off by a factor: first steps, returned values, and parts of those."""
    aspects: dict[_StepOf | str, list[_Pair]] = {}
    for function, request, got, want in answered(questions, answers):
        for name, value in request.inputs.items():
            if not isinstance(value, Array) or not value.requires_grad or name not in got.inputs:
                continue
            if not is_one_step(request):
                continue
            start = value.to_numpy().astype(np.float64)
            ends = [numbers_of(one.inputs[name].value) for one in (got, want)]
            moves = [end - start for end in ends if end is not None and end.shape == start.shape]
            if len(moves) == len(ends) and np.max(np.abs(moves[1]), initial=0.0) > _STANDING_STILL:
                pair = _Pair(moves[0], moves[1], _samples(request), rate_of(request))
                aspects.setdefault(_StepOf(name), []).append(pair)
        returned = _pair(request, got, want)
        parts = _pairs_of_parts(request, got, want) if returned is None else []
        if parts:
            returned = _join(parts)
        if returned is not None:
            aspects.setdefault(f"what {function}() returns", []).append(returned)
        for place, part in enumerate(parts):
            aspects.setdefault(f"{function}(...)[{place}]", []).append(part)
    for name, pair in _parts_of_scripts(questions, answers):
        aspects.setdefault(name, []).append(pair)
    return aspects


def _parts_of_scripts(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> Iterator[tuple[str, _Pair]]:
    """Yield what scripts return under a name, where both sides have numbers."""
    for question, answer in zip(questions, answers, strict=True):
        request, expected = question.request, question.expected
        is_whole = answer.outcome is Outcome.RETURNED is expected.outcome
        if not isinstance(request, ScriptRequest) or not is_whole or question.check.facts:
            continue
        got, want = answer.steps[0].returned, expected.steps[0].returned
        if not isinstance(got, Mapping) or not isinstance(want, Mapping):
            continue
        for (key, first), (_, second) in zip(got.entries, want.entries, strict=False):
            numbers, right = numbers_of(first), numbers_of(second)
            if isinstance(key, Text) and numbers is not None and right is not None:
                yield key.text, _Pair(numbers, right, _samples(request))


def _pairs_of_parts(request: CallRequest, got: Step, want: Step) -> list[_Pair]:
    """Pair the tensors of two tuples, part by part; return no pairs if any part doesn't fit."""
    if not isinstance(got.returned, Items) or not isinstance(want.returned, Items):
        return []
    if len(got.returned.items) != len(want.returned.items):
        return []
    pairs = []
    for one, other in zip(got.returned.items, want.returned.items, strict=True):
        first, second = numbers_of(one), numbers_of(other)
        if first is None or second is None or first.shape != second.shape:
            return []
        pairs.append(_Pair(first, second, _samples(request)))
    return pairs


def _join(parts: Sequence[_Pair]) -> _Pair:
    return _Pair(
        np.concatenate([part.got.ravel() for part in parts]),
        np.concatenate([part.want.ravel() for part in parts]),
        parts[0].samples,
    )


def _returned(questions: Sequence[Question], answers: Sequence[Observation]) -> Iterator[_Pair]:
    # Without facts: where there are some, several lists may be right.
    known = [pair for pair in zip(questions, answers, strict=True) if pair[0].check.facts is None]
    for _, request, got, want in answered(*zip(*known, strict=True)) if known else ():
        pair = _pair(request, got, want)
        if pair is not None:
            yield pair


def _pair(request: CallRequest, got: Step, want: Step) -> _Pair | None:
    first, second = numbers_of(got.returned), numbers_of(want.returned)
    return None if first is None or second is None else _Pair(first, second, _samples(request))


def answered(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> Iterator[tuple[str, CallRequest, Step, Step]]:
    """Yield the first steps of calls that both sides answered: function, request, got, want.

    Checks with facts are left out: their answers are random or drawn, except with one batch that
    holds all samples.
    """
    for question, answer in zip(questions, answers, strict=True):
        request = question.request
        is_whole = answer.outcome is Outcome.RETURNED is question.expected.outcome
        is_known = question.check.facts is None or _is_one_batch(request)
        if isinstance(request, CallRequest) and is_whole and is_known:
            yield question.check.function, request, answer.steps[0], question.expected.steps[0]


def _is_one_batch(request: Request) -> bool:
    if not isinstance(request, CallRequest):
        return False
    size = request.inputs.get("batch_size")
    return isinstance(size, Number) and size.value >= _samples(request)


def is_one_step(request: CallRequest) -> bool:
    """Return whether a leaf takes a single step in a call: where there are epochs, only one."""
    epochs = request.inputs.get("epochs")
    return not isinstance(epochs, Number) or epochs.value == 1


def numbers_of(value: AnyValue) -> "np.ndarray | None":
    """Return the real numbers of a value as float64; None if it doesn't consist of such."""
    match value:
        case Number():
            return np.asarray(value.value, dtype=np.float64)
        case Array():
            array = value.to_numpy()
            return None if np.iscomplexobj(array) else array.astype(np.float64)
        case Items(items=items):
            parts = [numbers_of(item) for item in items]
            if parts and all(part is not None and part.size == 1 for part in parts):
                return np.array([part.item() for part in parts if part is not None])
    return None


def rate_of(request: CallRequest) -> float:
    """Return the learning rate of a step, 1 for anything else."""
    rate = request.inputs.get("lr")
    return rate.value if isinstance(rate, Number) else 1.0


def _samples(request: CallRequest | ScriptRequest) -> int:
    sizes = [
        value.shape[0]
        for value in request.inputs.values()
        if isinstance(value, Array) and value.shape
    ]
    return sizes[0] if sizes else 1


# Twice, half, minus: what a wrong formula usually amounts to.
_COMMON = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


def _common_factor(pairs: Sequence[_Pair], *, is_common: bool) -> str:
    pairs = [pair for pair in pairs if not pair.is_nothing]
    factors = [factor for pair in pairs if (factor := pair.factor()) is not None]
    if len(factors) < max(_MIN_INPUTS, len(pairs)) or _is_constant(factors, 1.0):
        return ""
    for rule in _RULES:
        scales = [rule.scale(pair) for pair in pairs]
        if rule is not _RULES[0] and _is_constant(scales, scales[0]):
            continue  # a quantity that doesn't vary can't be shown to matter
        values = [k * scale for k, scale in zip(factors, scales, strict=True)]
        factor = _round(values[0])
        if is_common:
            near = [one for one in _COMMON if abs(values[0] - one) <= _RTOL]
            if not near:
                continue
            factor = near[0]  # without the digits in which code could tell something
        if abs(values[0]) > _RTOL and _is_constant(values, values[0]):
            return rule.words.format(factor).removeprefix("1 * ")
    return ""


def _is_constant(values: Sequence[float], value: float) -> bool:
    return all(abs(one - value) <= _RTOL * abs(value) for one in values)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that a factor may follow.

    Attributes:
        words: The factor in words, with a place for its constant.
        scale: Returns what to multiply the factor of a pair by to get the constant.
    """

    words: str
    scale: Callable[[_Pair], float]


_RULES = (
    _Rule("{:g} times", lambda _: 1.0),
    _Rule("{:g} * n times (n samples)", lambda pair: 1 / pair.samples),
    _Rule("{:g} / n times (n samples)", lambda pair: pair.samples),
    _Rule("{:g} / lr times", lambda pair: pair.rate),
)


def _round(factor: float) -> float:
    """Round a factor to the three digits to which it is known, so that 0.5000001 is 0.5."""
    return float(f"{factor:.3g}")
