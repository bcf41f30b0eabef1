"""Finds lists that a function keeps from call to call, by calling it twice."""

from collections.abc import Callable, Sequence

import msgspec

from grader.checks.questions import Question
from grader.observations.asking import Observe, has_returned
from grader.observations.messages import CallRequest, Observation, Outcome
from grader.observations.values import AnyValue, Array, Items

HINT_TO_BEGIN_ANEW = (
    "Begin a new list in each call, inside of the function. A list above the function, or one in "
    "its def line, such as losses=[], is made only once and keeps growing. A call in a fresh run "
    "may still look right."
)

_MOST_DRAWN = 1000  # of an iterable, which may hold what all the calls before have left


def describe_kept(
    function: str,
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> str:
    """Return a sentence if a second call returns the list of the first one, and more.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.

    Returns:
        A sentence without its full stop; empty if the list is not kept.
    """
    for question, answer in zip(questions, answers, strict=True):
        request = question.request
        if not isinstance(request, CallRequest) or answer.outcome is not Outcome.RETURNED:
            continue
        if not isinstance(answer.steps[0].returned, Items | Array):
            continue
        twice = msgspec.structs.replace(
            request,
            times=2,
            differentiate=(),
            cotangent=None,
            draw=_MOST_DRAWN if request.draw else 0,
        )
        if not has_time():
            break
        both = observe(twice)
        if not has_returned(both, twice):
            break
        first, second = (_entries(step.returned) for step in both.steps)
        if first and len(second) > len(first) and second[: len(first)] == first:
            return (
                f"called twice, the second list that {function}() returns begins with all of the "
                "first one"
            )
        break  # one call that returns a list tells
    return ""


def _entries(value: AnyValue) -> list[object]:
    """Return the entries of a whole list or tensor, to be compared; none of anything else."""
    match value:
        case Items(items=items, is_cut=False):
            return list(items)
        case Array(shape=(_, *_)):
            return [row.tobytes() for row in value.to_numpy()]
    return []
