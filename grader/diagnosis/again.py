"""Finds functions that answer otherwise when they are asked the very same again."""

from collections.abc import Callable, Sequence

import msgspec

from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.asking import Observe, has_returned
from grader.observations.messages import CallRequest, Observation, Outcome
from grader.report.shorten import MAX_NAME, shorten
from grader.report.words import join_names

_MOST_TRIED = 2
_MOST_NAMES = 3


def describe_again(
    function: str,
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> str:
    """Return a sentence if a wrong answer is another one when the same is asked again.

    The random numbers of torch and numpy are the same in both calls.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.

    Returns:
        A sentence without its full stop; empty if the answers are the same.
    """
    tried = 0
    for question, answer in zip(questions, answers, strict=True):
        request = question.request
        if not isinstance(request, CallRequest) or answer.outcome is not Outcome.RETURNED:
            continue
        # What is drawn may be another one each time, as far as its facts are the same.
        given = fingerprint(question, answer)
        if question.check.facts or is_same(given, fingerprint(question, question.expected)):
            continue
        if tried == _MOST_TRIED or not has_time():
            break
        tried += 1
        # With one more call, for what was asked before may be answered from what is kept.
        more = msgspec.structs.replace(request, times=request.times + 1)
        other = observe(more)
        if not has_returned(other, more):
            continue
        first = msgspec.structs.replace(other, steps=other.steps[: request.times])
        if not is_same(given, fingerprint(question, first)):
            return (
                f"called again with the very same, {function}() does something else: it depends on "
                "more than what it is given, such as on the calls before"
            )
    return ""


def hint_to_depend_on_inputs(names: Sequence[str]) -> str:
    """Return what to do about a function that answers otherwise each time.

    Args:
        names: The globals that it assigns.
    """
    listed = join_names([shorten(name, MAX_NAME) for name in names[:_MOST_NAMES]])
    one = names[0] if len(names) == 1 else ""
    which = (
        f"It assigns the global{'' if one else 's'} {listed}, which keep{'s' if one else ''} the "
        "value until the next call. "
        if names
        else "Is there a counter, a list or a tensor above the function that it changes? "
    )
    return (
        f"{which}The same inputs must give the same result each time. A call in a fresh run may "
        "show other numbers than these."
    )
