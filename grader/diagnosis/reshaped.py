"""Describes numbers that are right but for their shape or order, or that were reduced to one."""

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks.questions import Question
from grader.diagnosis.ratios import answered, numbers_of
from grader.observations.messages import CallRequest, Observation
from grader.observations.values import AnyValue, Array, Items

_RTOL = 1e-3
_MIN_INPUTS = 2  # one input proves no rule
_MIN_NUMBERS = 3  # so many different ones are not equal by chance, in whatever order

_REDUCED: dict[str, Callable[[np.ndarray], "np.floating"]] = {
    "mean": np.mean,
    "sum": np.sum,
}


def describe_reduced(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if all that is returned is one number: the mean or sum of the right ones.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask, with the right answers.
        answers: The submission's answers, one for each question.

    Returns:
        A sentence without its full stop; empty if it is something else.
    """
    pairs = _returned(questions, answers)
    if not all(got.size == 1 and want.size for _, got, want in pairs):
        return ""
    told = [(got, want) for _, got, want in pairs if want.size > 1 and np.ptp(want) > 0]
    if len(told) < _MIN_INPUTS:
        return ""
    for name, reduce in _REDUCED.items():
        if all(
            np.allclose(got, reduce(want), rtol=_RTOL, atol=1e-5 * float(np.max(np.abs(want))))
            for _, got, want in pairs
        ) and any(abs(reduce(want)) > 1e-2 * np.max(np.abs(want)) for _, want in told):
            return (
                f"on all inputs tried, {function}() returns a single number: the {name} of the "
                "numbers that it should return"
            )
    return ""


def hint_to_keep(sentence: str) -> str:
    """Return what to try for a sentence of `describe_reduced`; empty for none."""
    if not sentence:
        return ""
    name = "sum" if "the sum of" in sentence else "mean"
    return (
        f"Is there a {name} over all axes? With dim=0 it goes over the first axis only, and keeps "
        "the others."
    )


def describe_reshaped(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if the numbers are right, but not their shape, or not their order.

    The arguments and the result are those of `describe_reduced`.
    """
    pairs = [(got, want) for _, got, want in _returned(questions, answers)]
    if len(pairs) < _MIN_INPUTS or not _are_varied([want for _, want in pairs]):
        return ""
    if any(got.size != want.size for got, want in pairs):
        return ""
    if all(_is_close(got.ravel(), want.ravel()) for got, want in pairs):
        if _are_lists(questions, answers):
            return _sentence(function, "in a list")
        has_shape = all(got.shape == want.shape for got, want in pairs)
        return "" if has_shape else _sentence(function, "in another shape")
    for words, arrange in _ARRANGED.items():
        if all(_is_close(arrange(got).ravel(), want.ravel()) for got, want in pairs):
            return _sentence(function, words)
    return ""


def hint_to_arrange(
    sentence: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return what to try for a sentence of `describe_reshaped`; empty for none."""
    if not sentence:
        return ""
    if "in a list" in sentence:
        return (
            "Return a tensor. +, @ and torch.exp work on whole tensors, without a loop; "
            "torch.stack makes a tensor of a list of tensors."
        )
    if "shape" not in sentence and "transposed" not in sentence:
        return "Are they put together in the wrong order, or is there a flip?"
    names = _alike(questions, answers)
    if names:
        return (
            f"The result must have the shape of {names[0]}, whatever that is. Is there a flatten, "
            "a reshape, a transpose or a loop? Operations such as + and torch.exp keep the shape."
        )
    return "Is there a reshape, an unsqueeze, a transpose or a pair of brackets too many?"


def _sentence(function: str, words: str) -> str:
    return f"on all inputs tried, the numbers that {function}() returns are right, but {words}"


_ARRANGED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed": np.transpose,
    "in reverse order": lambda got: np.flip(got, axis=0) if got.ndim else got,
}


def _returned(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> "list[tuple[CallRequest, np.ndarray, np.ndarray]]":
    """Return the numbers that every call returns, and the right ones; none if any don't fit."""
    if any(not isinstance(question.request, CallRequest) for question in questions):
        return []
    found = []
    for _, request, got, want in answered(questions, answers):
        numbers, right = _numbers_in(got.returned), numbers_of(want.returned)
        if numbers is None or right is None or not np.all(np.isfinite(numbers)):
            return []
        found.append((request, numbers, right))
    return found


def _numbers_in(value: AnyValue) -> "np.ndarray | None":
    """Return the numbers of a value as `numbers_of` does; also those of a list of equal arrays."""
    numbers = numbers_of(value)
    if numbers is not None or not isinstance(value, Items) or value.is_cut:
        return numbers
    rows = [row for row in map(numbers_of, value.items) if row is not None]
    is_table = len(rows) == len(value.items) and len({row.shape for row in rows}) == 1
    return np.stack(rows) if is_table else None


def _are_lists(questions: Sequence[Question], answers: Sequence[Observation]) -> bool:
    """Return whether every call returns a list where a tensor is right."""
    return all(
        isinstance(got.returned, Items) and isinstance(want.returned, Array)
        for _, _, got, want in answered(questions, answers)
    )


def _alike(questions: Sequence[Question], answers: Sequence[Observation]) -> list[str]:
    """Return the inputs whose shape the right answer always has, if that varies."""
    pairs = _returned(questions, answers)
    if len({want.shape for _, _, want in pairs}) < _MIN_INPUTS:
        return []
    return [
        name
        for name in pairs[0][0].inputs
        if all(
            isinstance(one := request.inputs.get(name), Array) and one.shape == want.shape
            for request, _, want in pairs
        )
    ]


def _are_varied(wanted: "Sequence[np.ndarray]") -> bool:
    return len(np.unique(np.concatenate([one.ravel() for one in wanted]))) >= _MIN_NUMBERS


def _is_close(got: "np.ndarray", want: "np.ndarray") -> bool:
    scale = float(np.max(np.abs(want), initial=0.0))
    return bool(np.all(np.abs(got - want) <= _RTOL * np.abs(want) + 1e-5 * scale))
