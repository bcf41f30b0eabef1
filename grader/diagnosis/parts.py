"""Finds the right answer among several things that are returned."""

from collections.abc import Sequence

import msgspec

from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.messages import CallRequest, Observation, Outcome
from grader.observations.values import AnyValue, Items, Mapping, Text

HINT_TO_RETURN_ALONE = "Return that part alone, without brackets around it or a comma after it."

_MOST_PARTS = 8
_PLACES = tuple(
    f"{place} part"
    for place in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)


def describe_part(
    function: str, questions: Sequence[Question], answers: Sequence[Observation]
) -> str:
    """Return a sentence if one part of all that is returned is the right answer.

    Questions that ask for a gradient are left out: only a tensor has one.

    Args:
        function: The name of the function.
        questions: Everything that its checks ask, with the right answers.
        answers: The submission's answers, one for each question.

    Returns:
        A sentence without its full stop; empty if no part is right.
    """
    asked = [
        (question, answer)
        for question, answer in zip(questions, answers, strict=True)
        if isinstance(question.request, CallRequest) and not question.request.differentiate
    ]
    if not asked or any(answer.outcome is not Outcome.RETURNED for _, answer in asked):
        return ""
    parts = _parts(asked[0][1].steps[0].returned)
    for place, (name, _) in enumerate(parts):
        if all(_is_right(question, answer, place, len(parts)) for question, answer in asked):
            what = "what is inside" if len(parts) == 1 else f"the {name}"
            return f"of what {function}() returns, {what} is right on all inputs tried"
    return ""


def _parts(value: AnyValue) -> list[tuple[str, AnyValue]]:
    """Return the parts of a container, each with words for it."""
    match value:
        case Items(items=items, is_cut=False) if len(items) <= _MOST_PARTS:
            return list(zip(_PLACES, items, strict=False))
        case Mapping(entries=entries, is_cut=False) if len(entries) <= _MOST_PARTS:
            return [
                (f"part {key.text[:40]!r}" if isinstance(key, Text) else place, one)
                for place, (key, one) in zip(_PLACES, entries, strict=False)
            ]
    return []


def _is_right(question: Question, answer: Observation, place: int, count: int) -> bool:
    steps = []
    for step in answer.steps:
        parts = _parts(step.returned)
        if len(parts) != count:
            return False
        steps.append(msgspec.structs.replace(step, returned=parts[place][1]))
    part = msgspec.structs.replace(answer, steps=tuple(steps))
    return is_same(fingerprint(question, part), fingerprint(question, question.expected))
