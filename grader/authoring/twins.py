"""Finds misconceptions that no check can tell apart: neither of them can ever be named."""

import itertools
from collections.abc import Iterator, Sequence

from grader.checks.assignment import Assignment
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.errors import GraderError
from grader.oracle.oracle import Oracle
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits

_SEED = 0


def find_twins(
    assignment: Assignment, unnamed: Sequence[Misconception]
) -> list[tuple[Misconception, Misconception]]:
    """Return the pairs of misconceptions that give the same answers to what the checks ask.

    Args:
        assignment: The assignment.
        unnamed: The misconceptions that the report does not name; each pair has one of them.

    Returns:
        The pairs, in the author's order. If the assignment can't be asked, there are none.
    """
    if not unnamed:
        return []
    limits = Limits.of(assignment.limits)
    try:
        with GradingResources(assignment, limits=limits, confinement=Confinement()) as resources:
            oracle = resources.oracle(_SEED)
            units = dict.fromkeys(one.function for one in unnamed)
            return [pair for unit in units for pair in _pairs_of(unit, assignment, unnamed, oracle)]
    except GraderError:
        return []  # why it can't be graded is a problem of its own


def _pairs_of(
    unit: str,
    assignment: Assignment,
    unnamed: Sequence[Misconception],
    oracle: Oracle,
) -> Iterator[tuple[Misconception, Misconception]]:
    questions = oracle.questions(unit)
    known = assignment.misconceptions_of(unit)
    prints = {
        one.name: [oracle.known_answer(one, question) for question in questions] for one in known
    }
    right = [fingerprint(question, question.expected) for question in questions]
    groups = _groups(questions)
    for one, other in itertools.combinations(known, 2):
        if one.id == other.id or not {one.label, other.label} & {each.label for each in unnamed}:
            continue
        for places in groups:
            mine, yours, wanted = (
                [given[place] for place in places]
                for given in (prints[one.name], prints[other.name], right)
            )
            if is_same(mine, yours) and not is_same(mine, wanted):
                yield one, other
                break


def _groups(questions: Sequence[Question]) -> list[list[int]]:
    """Return the places of questions that are diagnosed together."""
    groups: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        key = question.check.id if question.check.is_independent else ""
        groups.setdefault(key, []).append(place)
    return list(groups.values())
