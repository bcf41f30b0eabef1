"""Works out what is to be sent: before the first score is sent, everything is known to be there."""

from collections import defaultdict
from dataclasses import dataclass

from grader.errors import UsageError
from grader.exports.format import Item, LeftOut, Work
from grader.exports.lti_score import Score, make_score
from grader.lti.users import FindUser, is_user_id
from grader.report.class_model import RowStatus, Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A score that one person is to have; its timestamp is given when it is sent.

    Attributes:
        row_id: The row of the class that it is of.
        person: Whose it is.
        score: The score.
    """

    row_id: str
    person: Student
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingPlan:
    """What is to be sent.

    Attributes:
        deliveries: The scores, in the order of the class.
        left_out: Whose scores can't be sent, and why.
        absent: How many handed in nothing.
    """

    deliveries: tuple[Delivery, ...]
    left_out: tuple[LeftOut, ...]
    absent: int


def plan_scores(work: Work, *, find_user: FindUser) -> PostingPlan:
    """Make a score for each person whose work was graded.

    Args:
        work: The class.
        find_user: Tells by what id the platform knows somebody.

    Raises:
        UsageError: a report can't be read, or is of another grading than the summary.
    """
    found: list[Delivery] = []
    left_out: list[LeftOut] = []
    absent = 0
    for item in work.items:
        if item.row.status is RowStatus.NOT_HANDED_IN:
            absent += 1
            continue
        for person, user_id in _users(item, find_user):
            if is_user_id(user_id):
                found.append(_deliver(item, person, user_id, is_after_due=work.is_after_due))
            else:
                left_out.append(LeftOut(_describe(item.row.id, person), _why_not(user_id)))
    deliveries, doubles = _only_one_each(found)
    return PostingPlan(deliveries=tuple(deliveries), left_out=(*left_out, *doubles), absent=absent)


def _users(item: Item, find_user: FindUser) -> list[tuple[Student, str]]:
    """Give everybody whose work it is, once, with their ids."""
    return [(one, find_user(item.row, one)) for one in dict.fromkeys(item.row.people)]


def _why_not(user_id: str) -> str:
    if user_id:
        return "the user id is none: it has to be ASCII, and at most 255 characters"
    return "no user id is known"


def _deliver(item: Item, person: Student, user_id: str, *, is_after_due: bool) -> Delivery:
    row, report = item.row, item.read()
    if (report.score, report.max_score) != (row.score, row.max_score):
        raise UsageError(
            f"the report of {row.id} is of another grading than the summary: run grader batch again"
        )
    score = make_score(row, report, user_id=user_id, timestamp="", is_after_due=is_after_due)
    return Delivery(row_id=row.id, person=person, score=score)


def _only_one_each(found: list[Delivery]) -> tuple[list[Delivery], list[LeftOut]]:
    """Leave out who has several: which one counts is not for us to choose."""
    by_user: dict[str, list[Delivery]] = defaultdict(list)
    for one in found:
        by_user[one.score.user_id].append(one)
    doubles = [
        LeftOut(
            _describe(several[0].row_id, several[0].person),
            f"user {user_id} has several submissions, choose one: "
            + ", ".join(one.row_id for one in several),
        )
        for user_id, several in by_user.items()
        if len(several) > 1
    ]
    return [one for one in found if len(by_user[one.score.user_id]) == 1], doubles


def describe_person(delivery: Delivery) -> str:
    """Say whose score it is, and of which row."""
    return _describe(delivery.row_id, delivery.person)


def _describe(row_id: str, person: Student) -> str:
    name = person.name or person.email or person.id
    return f"{name} ({row_id})" if name and name != row_id else row_id
