"""Work out all scores before the first one is sent, so that whatever is missing shows up first."""

from collections import defaultdict
from dataclasses import dataclass

from grader.errors import UsageError
from grader.exports.format import Item, LeftOut, Work
from grader.exports.lti_score import Score, make_score
from grader.lti.users import FindUser, is_user_id
from grader.report.class_model import RowStatus, Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A score for one student.

    Attributes:
        row_id: The id of the row of the class that the score comes from.
        person: The student who gets it.
        score: The score, without a timestamp: it gets one when it is sent.
    """

    row_id: str
    person: Student
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingPlan:
    """What to send.

    Attributes:
        deliveries: The scores, in the order of the class.
        left_out: The students whose scores can't be sent, and why.
        absent: How many students did not hand in.
    """

    deliveries: tuple[Delivery, ...]
    left_out: tuple[LeftOut, ...]
    absent: int


def plan_scores(work: Work, *, find_user: FindUser) -> PostingPlan:
    """Make a score for each student who handed in; members of a group get one each.

    Args:
        work: The class.
        find_user: Returns the platform's id of a student.

    Raises:
        UsageError: A report can't be read, or has another score than the summary.
    """
    found: list[Delivery] = []
    left_out: list[LeftOut] = []
    absent = 0
    for item in work.items:
        if item.row.status is RowStatus.NOT_HANDED_IN:
            absent += 1
            continue
        for person, user_id in _people_with_ids(item, find_user):
            if is_user_id(user_id):
                found.append(_deliver(item, person, user_id, is_after_due=work.is_after_due))
            else:
                left_out.append(LeftOut(_describe(item.row.id, person), _explain_bad_id(user_id)))
    deliveries, duplicates = _drop_duplicates(found)
    return PostingPlan(
        deliveries=tuple(deliveries), left_out=(*left_out, *duplicates), absent=absent
    )


def _people_with_ids(item: Item, find_user: FindUser) -> list[tuple[Student, str]]:
    """Return everybody who handed in this submission, once each, with their ids."""
    return [(one, find_user(item.row, one)) for one in dict.fromkeys(item.row.people)]


def _explain_bad_id(user_id: str) -> str:
    if user_id:
        return "the user id is not valid: it has to be printable ASCII, at most 255 characters long"
    return "the user id is not known"


def _deliver(item: Item, person: Student, user_id: str, *, is_after_due: bool) -> Delivery:
    row, report = item.row, item.read()
    if (report.score, report.max_score) != (row.score, row.max_score):
        raise UsageError(
            f"the report of {row.id} and the summary have different scores: run grader batch again"
        )
    score = make_score(row, report, user_id=user_id, timestamp="", is_after_due=is_after_due)
    return Delivery(row_id=row.id, person=person, score=score)


def _drop_duplicates(found: list[Delivery]) -> tuple[list[Delivery], list[LeftOut]]:
    """Leave out students with several submissions: which one counts is not for us to choose."""
    by_user: dict[str, list[Delivery]] = defaultdict(list)
    for one in found:
        by_user[one.score.user_id].append(one)
    duplicates = [
        LeftOut(
            _describe(several[0].row_id, several[0].person),
            f"user {user_id} has several submissions; keep only one of them: "
            + ", ".join(one.row_id for one in several),
        )
        for user_id, several in by_user.items()
        if len(several) > 1
    ]
    return [one for one in found if len(by_user[one.score.user_id]) == 1], duplicates


def describe_person(delivery: Delivery) -> str:
    """Name the student who gets a score, and the row that it comes from."""
    return _describe(delivery.row_id, delivery.person)


def _describe(row_id: str, person: Student) -> str:
    name = person.name or person.email or person.id
    return f"{name} ({row_id})" if name and name != row_id else row_id
