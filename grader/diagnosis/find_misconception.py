"""Finds the only misconception whose program behaves exactly as a submission does."""

from collections.abc import Callable, Collection, Sequence

from grader.checks.misconceptions import Misconception
from grader.diagnosis.fingerprint import is_same


def find_misconception(
    known: Sequence[Misconception],
    given: Sequence[object],
    known_answer: Callable[[Misconception, int], object],
    *,
    wrong: Collection[int] = (),
    has_time: Callable[[], bool] = lambda: True,
    reduce: Callable[[object], object] = lambda given: given,
    only: Collection[int] | None = None,
) -> Misconception | None:
    """Return the misconception that answers every question as the submission does.

    Args:
        known: The misconceptions of one function.
        given: The fingerprints of the submission's answers to everything that its checks ask.
        known_answer: Returns the fingerprint of what a misconception answers to the question at
            a place in ``given``.
        wrong: The places of the answers that are wrong. They come first: there most programs
            differ from the submission at once.
        has_time: Returns whether the submission has time left for this.
        reduce: Reduces a fingerprint to the part of it that has to be the same.
        only: The places of the questions that count; None for all.

    Returns:
        The only misconception that fits; None if none fits, if several do, or if time is up.
    """
    left = list(known)
    places = range(len(given)) if only is None else sorted(only)
    for place in sorted(places, key=lambda one: one not in wrong):
        own = reduce(given[place])
        left = [one for one in left if is_same(own, reduce(known_answer(one, place)))]
        if not left or not has_time():
            return None
    return left[0] if len({one.id for one in left}) == 1 else None
