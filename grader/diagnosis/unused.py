"""Finds the inputs that make no difference to what a function does.

A number that is written in, a global that is used instead of a parameter, a model of one's own:
there are too many of them for programs to match. But if another lr changes nothing at all in what
the function does, it doesn't use lr, whatever it uses instead.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from grader.checks.questions import Question
from grader.diagnosis.ratios import numbers_of
from grader.observations.asking import Observe, has_returned
from grader.observations.messages import CallRequest, Observation, Outcome, State, Step
from grader.observations.values import Array, Nothing, Number
from grader.report.words import join_names

_MIN_INPUTS = 2  # one input proves no rule


def find_unused(
    function: str,
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> tuple[str, ...]:
    """Return the names of the inputs that a function does not use, in order.

    Two of the questions are asked again, with one input changed in two ways. The input is not used
    if all four answers stay the same to the last bit. The random numbers are the same in all calls.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.

    Returns:
        The names; none of them if the function does nothing, or if most inputs make no difference.
    """
    bases = list(_bases(function, questions, answers))
    if len(bases) < _MIN_INPUTS:
        return ()
    request = bases[0][0]
    unused = []
    for name in request.inputs:
        is_used = False
        for base, answer in bases:
            for changed in _change(base, name):
                if not has_time():
                    return ()
                is_used = is_used or not _is_same(base, answer, changed, observe(changed), name)
        if not is_used and all(list(_change(base, name)) for base, _ in bases):
            unused.append(name)
    # Most of them: something else is wrong, such as a function that returns itself.
    return () if len(unused) > max(1, len(request.inputs) / 2) else tuple(unused)


def describe_unused(function: str, names: Sequence[str]) -> str:
    """Return what was observed as a sentence without its full stop; empty without names."""
    if not names:
        return ""
    listed = " or of ".join(names)
    return f"tried with other values of {listed}: {function}() does the very same"


def hint_to_use(names: Sequence[str]) -> str:
    """Return what to do about inputs that are not used; empty without names."""
    if not names:
        return ""
    listed = join_names(names)
    return (
        f"Use the {listed} that the function is given, and not a fixed value or another variable."
    )


def _bases(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> Iterator[tuple[CallRequest, Observation]]:
    """Yield the first questions with different inputs that the function did something about."""
    seen: list[object] = []
    for question, answer in zip(questions, answers, strict=True):
        request = question.request
        if not isinstance(request, CallRequest) or request.function != function:
            continue
        if answer.outcome is not Outcome.RETURNED or request.inputs in seen:
            continue
        # Computed with nan, everything is nan, whatever the inputs are.
        if _does_something(request, answer) and is_finite(answer):
            seen.append(request.inputs)
            yield request, answer
        if len(seen) == _MIN_INPUTS:
            return


def _does_something(request: CallRequest, answer: Observation) -> bool:
    return any(
        not isinstance(step.returned, Nothing)
        or any(
            isinstance(before := request.inputs.get(name), Array)
            and isinstance(state.value, Array)
            and state.value.data != before.data
            for name, state in step.inputs.items()
        )
        for step in answer.steps
    )


def is_finite(answer: Observation) -> bool:
    """Return whether no number in an answer is nan or infinite."""
    return all(
        numbers is None or bool(np.all(np.isfinite(numbers)))
        for step in answer.steps
        for numbers in (
            numbers_of(step.returned),
            *(numbers_of(state.value) for state in step.inputs.values()),
        )
    )


def _change(request: CallRequest, name: str) -> Iterator[CallRequest]:
    """Yield a request with other values of one input: still such values as may come up."""
    value = request.inputs[name]
    others: list[Array | Number] = []
    if isinstance(value, Number) and value.kind != "bool":
        # Of a count that is the largest that makes sense, such as a batch_size, only a smaller one
        # matters.
        numbers = (
            (value.value + 1, value.value // 2 or value.value + 2)
            if value.kind == "int"
            else (value.value * 0.5, value.value * 1.5)
        )
        others = [msgspec.structs.replace(value, value=number) for number in numbers]
    elif isinstance(value, Array):
        array = value.to_numpy()
        # In another order, labels stay labels; with other numbers, a mean is another one; on the
        # other side of 0.5, what only asks for the side answers otherwise.
        for changed in (np.flip(array, axis=0), array * 0.75 + 0.05, 1 - array):
            if not np.array_equal(changed, array):
                others.append(
                    Array.from_numpy(changed.astype(array.dtype), requires_grad=value.requires_grad)
                )
    for other in others:
        yield msgspec.structs.replace(request, inputs={**request.inputs, name: other})


def _is_same(
    base: CallRequest, before: Observation, changed: CallRequest, after: Observation, name: str
) -> bool:
    """Return whether two answers are equal, and the input that was changed had no part in them."""
    if not has_returned(after, changed):
        return False
    # A leaf that moves from where it was has had a part; one that is set to fixed values has not.
    ends = [_data(one.steps[-1].inputs.get(name)) for one in (before, after)]
    starts = [_bytes(one.inputs[name]) for one in (base, changed)]
    if ends[0] != ends[1] and ends != starts and isinstance(base.inputs[name], Array):
        return False
    return [_without(step, name) for step in before.steps] == [
        _without(step, name) for step in after.steps
    ]


def _data(state: State | None) -> object:
    return None if state is None else _bytes(state.value)


def _bytes(value: object) -> object:
    return value.data if isinstance(value, Array) else None


def _without(step: Step, name: str) -> tuple[object, ...]:
    states = {key: state for key, state in step.inputs.items() if key != name}
    return step.returned, states, step.gradients
