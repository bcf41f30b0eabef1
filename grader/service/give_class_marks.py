"""Gives marks to answers of a class: by the lines of a form, or of a file of marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.batch.give_marks import Given, give_marks
from grader.batch.marking import list_answers
from grader.outputs.marks_table import MarksLine
from grader.report.marks import ClassAnswer
from grader.service.audit import note
from grader.service.class_reports import DatabaseReports
from grader.service.class_view import ClassViews
from grader.service.database.engine import Database
from grader.service.database.tables import CourseAssignment, HandIn, Job, Regrade, Result
from grader.service.marking import mark_result, read_marks_of, save_marks
from grader.service.scores import publish_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Who gives marks."""

    person_id: int
    name: str


def answers_of(
    session: Session, views: ClassViews, assignment: CourseAssignment, *, has_all: bool
) -> list[ClassAnswer]:
    """List the answers of a class that a person marks, equal ones once.

    Args:
        session: A transaction that reads.
        views: Makes summaries.
        assignment: The assignment.
        has_all: Whether the answers of all attempts are listed, and not only of those that count.
    """
    summary = (
        views.all_attempts(session, assignment)
        if has_all
        else views.of(session, assignment).summary
    )
    return list_answers(summary, DatabaseReports(session))


def give(
    database: Database,
    views: ClassViews,
    assignment_id: int,
    lines: Sequence[MarksLine],
    *,
    marker: Marker,
) -> Given:
    """Give the marks of some lines, all or none; scores that are others now are sent.

    Raises:
        UsageError: Some lines are wrong. The message has a line for each.
    """
    with database.read() as session:
        assignment = session.get_one(CourseAssignment, assignment_id)
        answers = answers_of(session, views, assignment, has_all=True)
    known = {row.id for answer in answers for row in answer.rows}
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    with database.write() as session:
        assignment = session.get_one(CourseAssignment, assignment_id, with_for_update=True)
        marks = read_marks_of(session, assignment_id)
        given = give_marks(lines, answers, marks, by=marker.name, at=at)
        changed = save_marks(session, assignment_id, marks, by_id=marker.person_id)
        if not changed.answers:
            return given
        numbers = {
            row.id
            for answer in answers
            if (answer.item.id, answer.item.digest) in changed.answers
            for row in answer.rows
        }
        _mark_again(session, assignment_id, numbers, known)
        note(
            session,
            "answers marked",
            course_id=assignment.course_id,
            by_id=marker.person_id,
            details=f"{len(changed.answers)} answers of assignment {assignment_id}",
        )
    return given


def _mark_again(session: Session, assignment_id: int, numbers: set[str], known: set[str]) -> None:
    """Put marks into the results of some hand-ins, and of those that were graded meanwhile."""
    rows = session.execute(
        select(HandIn.id, HandIn.number).where(
            HandIn.assignment_id == assignment_id, HandIn.result_id.is_not(None)
        )
    ).all()
    people = set()
    for id_, number in rows:
        if number not in numbers and number in known:
            continue
        hand_in = session.get_one(HandIn, id_)
        result = session.get_one(Result, hand_in.result_id)
        marked = mark_result(session, assignment_id, result)
        if marked is not result:
            hand_in.result_id = marked.id
            people.add(hand_in.person_id)
        _mark_open_regrades(session, assignment_id, id_)
    session.flush()
    for person_id in sorted(people):
        publish_score(session, assignment_id, person_id)


def _mark_open_regrades(session: Session, assignment_id: int, hand_in_id: int) -> None:
    """Put marks into what came of regrades, so that it can be compared."""
    jobs = session.scalars(
        select(Job)
        .join(Regrade, Regrade.id == Job.regrade_id)
        .where(
            Job.hand_in_id == hand_in_id,
            Job.result_id.is_not(None),
            Regrade.applied_at.is_(None),
            Regrade.dropped_at.is_(None),
        )
    )
    for job in jobs:
        result = session.get_one(Result, job.result_id)
        job.result_id = mark_result(session, assignment_id, result).id
