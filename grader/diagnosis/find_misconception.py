"""Finds the only misconception whose program behaves exactly as a submission does."""

from collections.abc import Callable, Sequence

from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.messages import Observation


def find_misconception(
    known: Sequence[Misconception],
    questions: Sequence[Question],
    answers: Sequence[Observation],
    known_answer: Callable[[Misconception, Question], object],
    *,
    has_time: Callable[[], bool] = lambda: True,
    reduce: Callable[[object], object] = lambda given: given,
) -> Misconception | None:
    """Return the misconception that answers every question as the submission does.

    Args:
        known: The misconceptions of one function.
        questions: Everything that its checks ask.
        answers: The submission's answers, one for each question.
        known_answer: Returns the fingerprint of what a misconception answers to a question.
        has_time: Returns whether the submission has time left for this.
        reduce: Reduces a fingerprint to the part of it that has to be the same.

    Returns:
        The only misconception that fits; None if none fits, if several do, or if time is up.
    """
    left = list(known)
    answered = []
    for question, answer in zip(questions, answers, strict=True):
        answered.append((question, reduce(fingerprint(question, answer))))
        if not has_time():
            return None
    # Wrong answers first: there most programs differ from the submission at once.
    answered.sort(key=lambda pair: is_same(pair[1], reduce(fingerprint(pair[0], pair[0].expected))))
    for question, given in answered:
        left = [one for one in left if is_same(given, reduce(known_answer(one, question)))]
        if not left or not has_time():
            return None
    return left[0] if len({one.id for one in left}) == 1 else None
