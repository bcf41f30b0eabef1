"""Finds the one known mistake that does exactly what a submission does."""

from collections.abc import Callable, Sequence

from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.messages import Observation, Request


def find_misconception(
    known: Sequence[Misconception],
    questions: Sequence[Question],
    answers: Sequence[Observation],
    ask: Callable[[Misconception, Request], Observation],
) -> Misconception | None:
    """Name the misconception whose answers equal the submission's to every question.

    Args:
        known: The known mistakes of one function.
        questions: All that its checks ask.
        answers: The submission's answers, one for each question.
        ask: Asks a misconception's program.

    Returns:
        The only one that fits; none where none does, or where two can't be told apart.
    """
    left = list(known)
    given_to = [
        (question, fingerprint(question, answer))
        for question, answer in zip(questions, answers, strict=True)
    ]
    # First where the submission is wrong: there most programs differ from it at once.
    given_to.sort(key=lambda pair: is_same(pair[1], fingerprint(pair[0], pair[0].expected)))
    for question, given in given_to:
        left = [
            one for one in left if is_same(given, fingerprint(question, ask(one, question.request)))
        ]
        if not left:
            return None
    return left[0] if len({one.id for one in left}) == 1 else None
