"""Finds values that do not depend on what they should be computed from.

The submission is loaded once with other data and once with its own. A number that was typed in, or
that is computed from another variable, stays the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from grader.checks.lent_values import reading_of
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.asking import Observe
from grader.observations.messages import Observation, Outcome, ScriptRequest
from grader.report.words import join_names

_MOST_TRIED = 2


def find_typed_in(
    questions: Sequence[Question],
    answers: Sequence[Observation],
    observe: Observe,
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> tuple[str, ...]:
    """Return the names of the fixed globals that make no difference to a value.

    Args:
        questions: Everything that the checks of the value ask, with the right answers.
        answers: The submission's answers, one for each question.
        observe: Asks the submission.
        has_time: Returns whether the submission has time left for this.

    Returns:
        The names, in order; none if what is wrong differs with other data.
    """
    wrong = [
        (question, answer)
        for question, answer in zip(questions, answers, strict=True)
        if isinstance(question.request, ScriptRequest)
        and question.request.given
        and answer.outcome is Outcome.RETURNED
        and not is_same(fingerprint(question, answer), fingerprint(question, question.expected))
    ]
    names: dict[str, None] = {}
    for question, answer in wrong[:_MOST_TRIED]:
        if not has_time():
            return ()
        request = question.request
        assert isinstance(request, ScriptRequest)  # noqa: S101 - chosen above
        own = observe(msgspec.structs.replace(request, given={}))
        if not is_same(fingerprint(question, answer), fingerprint(question, own)):
            return ()
        if _has_given_values(question, request, observe):
            return ()
        names.update(dict.fromkeys(request.given))
    return tuple(names)


def _has_given_values(question: Question, request: ScriptRequest, observe: Observe) -> bool:
    """Return whether the submission's own values are those that are fixed, which prove nothing."""
    reading = reading_of(request, request.given)
    values = replace(question, request=reading, check=replace(question.check, facts=None))
    fixed, own = observe(reading), observe(msgspec.structs.replace(reading, given={}))
    return own.outcome is Outcome.RETURNED and is_same(
        fingerprint(values, fixed), fingerprint(values, own)
    )


def describe_typed_in(function: str, names: Sequence[str]) -> str:
    """Return what was observed as a sentence without its full stop; empty without names."""
    if not names:
        return ""
    return f"with other values of {join_names(names)}, {function} stays the same"


def hint_to_compute(names: Sequence[str]) -> str:
    """Return what to do about a value that stays the same; empty without names."""
    if not names:
        return ""
    return (
        f"Compute it from {join_names(names)}, and don't type numbers in: it is graded with other"
        " data too."
    )
