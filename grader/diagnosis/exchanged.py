"""Finds the inputs that a function takes for one another, by asking again with them exchanged.

A function whose parameters have names of their own takes its inputs by position. If they are in
another order than the contract's, it gets the batch size where it expects the epochs. It may be
right in everything else; then it answers rightly if the inputs change places.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.asking import Observe, has_returned
from grader.observations.messages import CallRequest, Observation, Request
from grader.observations.values import Array
from grader.report.words import join_names

_CYCLE = 3


def find_exchanged(
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> tuple[str, ...]:
    """Return the inputs that have to change places for all answers to be right.

    Args:
        questions: Everything that the checks of a function ask.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.

    Returns:
        The names of two or three inputs, in the contract's order; none if that doesn't help, or
        if several ways to exchange them do.
    """
    wrong = [
        question
        for question, answer in zip(questions, answers, strict=True)
        if not is_same(fingerprint(question, answer), fingerprint(question, question.expected))
    ]
    found: list[tuple[str, ...]] = []
    for sources in _exchanges(wrong[0].request) if wrong else ():
        # The first wrong answer decides nearly always: its question is small.
        if not has_time():
            return ()
        if all(_is_right(question, sources, observe) for question in (wrong[0], *questions)):
            found.append(tuple(name for name, source in sources.items() if name != source))
    return found[0] if len(found) == 1 else ()


def describe_exchanged(function: str, names: Sequence[str]) -> str:
    """Return what was observed as a sentence without its full stop; empty without names."""
    if not names:
        return ""
    listed = join_names(names)
    return f"tried with {listed} in exchanged places: {function}() answers rightly"


def hint_to_reorder(function: str, parameters: Sequence[str], names: Sequence[str]) -> str:
    """Return what to do about inputs that are taken for one another; empty without names."""
    if not names:
        return ""
    listed = join_names(names)
    return (
        f"Are {listed} mixed up, in the def line or further down? The function is called as "
        f"{function}({', '.join(parameters)}), in this order."
    )


def _exchanges(request: Request) -> Iterator[dict[str, str]]:
    """Yield where each input comes from: pairs that change places, and cycles of three."""
    if not isinstance(request, CallRequest):
        return
    same = {name: name for name in request.inputs}
    for one, other in itertools.combinations(same, 2):
        yield {**same, one: other, other: one}
    for kind in (True, False):
        alike = [name for name, value in request.inputs.items() if isinstance(value, Array) is kind]
        for first, second, third in itertools.combinations(alike, _CYCLE):
            yield {**same, first: second, second: third, third: first}
            yield {**same, first: third, third: second, second: first}


def _is_right(question: Question, sources: Mapping[str, str], observe: Observe) -> bool:
    request = question.request
    if not isinstance(request, CallRequest):
        return False
    exchanged = msgspec.structs.replace(
        request,
        inputs={name: request.inputs[source] for name, source in sources.items()},
        differentiate=tuple(
            name for name, source in sources.items() if source in request.differentiate
        ),
    )
    answer = observe(exchanged)
    if not has_returned(answer, exchanged):
        return False
    restored = msgspec.structs.replace(
        answer,
        steps=tuple(
            msgspec.structs.replace(
                step,
                inputs={sources[name]: state for name, state in step.inputs.items()},
                gradients={sources[name]: value for name, value in step.gradients.items()},
            )
            for step in answer.steps
        ),
    )
    return is_same(fingerprint(question, restored), fingerprint(question, question.expected))
