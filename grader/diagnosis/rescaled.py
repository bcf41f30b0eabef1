"""Finds data that a function scales first, by asking again with other units.

A function that brings the data to mean 0 and standard deviation 1, or into the range from 0 to 1,
does the very same if the numbers are stretched or moved. What it scales them to doesn't matter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.checks.questions import Question
from grader.diagnosis.fingerprint import count_elements, fingerprint, is_same
from grader.diagnosis.unused import is_finite
from grader.observations.asking import Observe, has_returned
from grader.observations.messages import CallRequest, Observation, Outcome, Request
from grader.observations.values import Array

_DIMENSIONS_OF_TABLE = 2

_Change = Callable[["np.ndarray"], "np.ndarray"]


@dataclass(frozen=True, slots=True)
class Rescaled:
    """An input whose units make no difference.

    Attributes:
        name: Its name.
        change: What was tried, in words, with a place for the name.
    """

    name: str
    change: str


def find_rescaled(
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> Rescaled | None:
    """Return an input whose units make no difference, if there is one.

    Args:
        questions: Everything that the checks of a function ask. Random answers can't be compared.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.
    """
    bases = _largest(questions, answers)
    if not bases or any(question.check.facts is not None for question in questions):
        return None

    def does_the_same(name: str, change: _Change) -> bool:
        return all(
            has_time() and _does_the_same(question, answer, observe, name, change)
            for question, answer in bases
        )

    shapes = _shapes(bases[0][0].request)
    for name in _data(bases[0][0].request):
        sizes = [_shapes(question.request).get(name, ()) for question, _ in bases]
        is_table = all(len(shape) == _DIMENSIONS_OF_TABLE for shape in sizes)
        for words, change, other in _changes(is_table):
            if not does_the_same(name, change):
                continue
            # What stays the same with any other numbers too is not used at all. And where the units
            # of weights make no difference either, such as to a sign, nothing is scaled.
            weights = [one for one, shape in shapes.items() if shape[0] != shapes[name][0]]
            if not does_the_same(name, other) and not any(
                does_the_same(one, _stretch) for one in weights
            ):
                return Rescaled(name, words)
    return None


def describe_rescaled(function: str, found: Rescaled | None) -> str:
    """Return what was observed as a sentence without its full stop; empty for None."""
    if found is None:
        return ""
    return f"tried with {found.change.format(found.name)}: {function}() does the very same"


def hint_not_to_scale(found: Rescaled | None) -> str:
    """Return what to do about data that is scaled; empty for None."""
    if found is None:
        return ""
    return (
        f"Use {found.name} as it is. Scaled to mean 0, or to the range from 0 to 1, it is another "
        "problem, with other weights."
    )


def _shapes(request: Request) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array by its name."""
    inputs = request.inputs if isinstance(request, CallRequest) else {}
    return {
        name: value.shape
        for name, value in inputs.items()
        if isinstance(value, Array) and value.shape
    }


def _data(request: Request) -> Iterator[str]:
    """Yield the name of each array that is not learnt."""
    if isinstance(request, CallRequest):
        for name, value in request.inputs.items():
            if isinstance(value, Array) and value.shape and not value.requires_grad:
                yield name


def _does_the_same(
    question: Question, answer: Observation, observe: Observe, name: str, change: _Change
) -> bool:
    changed = _make_change(question.request, name, change)
    if changed is None:
        return False
    other = observe(changed)
    if not has_returned(other, changed):
        return False
    return is_same(_without(question, answer, name), _without(question, other, name))


def _largest(
    questions: Sequence[Question], answers: Sequence[Observation]
) -> list[tuple[Question, Observation]]:
    """Return two answers about the largest inputs: two numbers have the same mean and deviation.

    Computed with nan, everything is nan, so what is said of them would say nothing.
    """
    known = [
        (question, answer)
        for question, answer in zip(questions, answers, strict=True)
        if isinstance(question.request, CallRequest)
        and answer.outcome is Outcome.RETURNED
        and is_finite(answer)
    ]
    return sorted(known, key=lambda pair: count_elements(pair[1]), reverse=True)[:2]


def _stretch(array: "np.ndarray") -> "np.ndarray":
    return 2 * array


def _changes(is_table: bool) -> Iterator[tuple[str, _Change, _Change]]:  # noqa: FBT001
    """Yield changes of an array: in words, the change, and one that has to matter."""

    def of_column(change: _Change) -> _Change:
        def changed(array: "np.ndarray") -> "np.ndarray":
            return np.concatenate([change(array[:, :1]), array[:, 1:]], axis=1)

        return changed

    def stretch_and_move(array: "np.ndarray") -> "np.ndarray":
        return 2 * array + 0.3

    def square(array: "np.ndarray") -> "np.ndarray":
        squared: np.ndarray = array * np.abs(array) + 0.4 * array + 0.1
        return squared

    yield "all of {} multiplied by 2", _stretch, square
    yield "all of {} multiplied by 2, plus 0.3", stretch_and_move, square
    if is_table:
        yield "column 0 of {} multiplied by 2", of_column(_stretch), of_column(square)
        yield (
            "column 0 of {} multiplied by 2, plus 0.3",
            of_column(stretch_and_move),
            of_column(square),
        )


def _make_change(request: Request, name: str, change: _Change) -> CallRequest | None:
    value = request.inputs.get(name) if isinstance(request, CallRequest) else None
    if not isinstance(request, CallRequest) or not isinstance(value, Array):
        return None
    array = value.to_numpy()
    other = Array.from_numpy(change(array).astype(array.dtype), requires_grad=value.requires_grad)
    return msgspec.structs.replace(request, inputs={**request.inputs, name: other})


def _without(question: Question, answer: Observation, name: str) -> object:
    """Reduce an answer to what a function is judged by, without an input that was changed."""
    steps = [
        msgspec.structs.replace(
            step, inputs={key: state for key, state in step.inputs.items() if key != name}
        )
        for step in answer.steps
    ]
    return fingerprint(question, msgspec.structs.replace(answer, steps=tuple(steps)))
