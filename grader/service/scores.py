"""Which points a student has in the end: attempts, late days, what an instructor decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from grader.service import queue
from grader.service.clock import now
from grader.service.database.engine import Database
from grader.service.database.tables import (
    Counts,
    CourseAssignment,
    Decision,
    HandIn,
    Job,
    Result,
)
from grader.service.due import assignment_for, due_dates, with_due
from grader.service.hand_ins import late_days
from grader.service.marking import mark_result
from grader.service.outbox import put_score, take_back_score
from grader.service.queue import ClaimedJob, NewResult
from grader.service.shown import has_pending_points, is_after_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that was graded, or is going to be.

    Attributes:
        hand_in_id: The hand-in.
        number: The number of its receipt.
        received_at: When it came.
        late_days: How many days too late, a part of a day counted as one.
        result_id: Its result, None until there is one.
        status: How its report stands; empty until there is one.
        points: The points of its report; None without a score.
        max_points: All points; 0 if not known yet.
        counted_points: The points with what being late takes.
    """

    hand_in_id: int
    number: str
    received_at: int
    late_days: int
    result_id: int | None
    status: str
    is_fault: bool
    points: float | None
    max_points: float
    counted_points: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a student stands in an assignment.

    Attributes:
        attempts: All attempts, in their order.
        counting: The one that counts, if any.
        points: The points that count, with overrides; None without any.
        max_points: All points.
        is_excused: Whether the student need not hand in.
        override: The decision that replaces the points, if there is one.
    """

    attempts: tuple[Attempt, ...]
    counting: Attempt | None
    points: float | None
    max_points: float
    is_excused: bool
    override: Decision | None


def standing(session: Session, assignment: CourseAssignment, person_id: int) -> Standing:
    """Work out how a student stands."""
    found = standings(session, assignment, person_id=person_id)
    return found.get(person_id) or _stand(assignment, [], [])


def standings(
    session: Session,
    assignment: CourseAssignment,
    *,
    person_id: int | None = None,
    regrade_id: int | None = None,
) -> dict[int, Standing]:
    """Work out how all students stand who have handed in, or about whom something was decided.

    Args:
        session: The transaction.
        assignment: The assignment.
        person_id: The only student who is asked about; None for all.
        regrade_id: A regrade, to see how they would stand if it was applied.
    """
    attempts = _read_attempts(session, assignment, person_id, regrade_id)
    decisions = defaultdict[int, list[Decision]](list)
    wanted = _that_hold(assignment.id)
    if person_id is not None:
        wanted = wanted.where(Decision.person_id == person_id)
    for one in session.scalars(wanted):
        decisions[one.person_id].append(one)
    # Points can be given to somebody who has handed in nothing.
    most = (
        session.scalar(
            select(func.max(Result.max_points))
            .join(HandIn, HandIn.result_id == Result.id)
            .where(HandIn.assignment_id == assignment.id)
        )
        if decisions
        else None
    )
    return {
        whose: _stand(assignment, attempts.get(whose, []), decisions.get(whose, []), most or 0.0)
        for whose in attempts.keys() | decisions.keys()
    }


def results_that_would_hold(regrade_id: int) -> Select[int, int | None]:
    """Select the hand-ins of a regrade with the results that they get if it is applied.

    A fault of the grader never replaces anything.
    """
    return (
        select(Job.hand_in_id, Job.result_id)
        .join(Result, Result.id == Job.result_id)
        .where(Job.regrade_id == regrade_id, ~Result.is_fault)
    )


def _read_attempts(
    session: Session,
    assignment: CourseAssignment,
    person_id: int | None,
    regrade_id: int | None,
) -> dict[int, list[Attempt]]:
    """Read the attempts of each student, in their order."""
    dates = due_dates(session, assignment.id, person_id)
    own = {whose: with_due(assignment, due_at) for whose, due_at in dates.items()}
    new = None if regrade_id is None else results_that_would_hold(regrade_id).subquery()
    result_id: ColumnElement[int | None] = HandIn.result_id.expression
    if new is not None:
        result_id = func.coalesce(new.c.result_id, HandIn.result_id)
    wanted = select(
        HandIn.person_id,
        HandIn.id,
        HandIn.number,
        HandIn.received_at,
        result_id,
        Result.status,
        Result.is_fault,
        Result.points,
        Result.max_points,
    ).where(HandIn.assignment_id == assignment.id)
    if new is not None:
        wanted = wanted.outerjoin(new, new.c.hand_in_id == HandIn.id)
    wanted = wanted.outerjoin(Result, Result.id == result_id).order_by(HandIn.id)
    if person_id is not None:
        wanted = wanted.where(HandIn.person_id == person_id)
    attempts = defaultdict[int, list[Attempt]](list)
    for whose, id_, number, received_at, result, status, is_fault, points, most in session.execute(
        wanted
    ):
        theirs = own.get(whose, assignment)
        late = late_days(theirs, received_at)
        factor = max(0.0, 1.0 - theirs.late_penalty * late)
        attempts[whose].append(
            Attempt(
                hand_in_id=id_,
                number=number,
                received_at=received_at,
                late_days=late,
                result_id=result,
                status=status or "",
                is_fault=bool(is_fault),
                points=points,
                max_points=most or 0.0,
                counted_points=None if points is None else points * factor,
            )
        )
    return attempts


def _stand(
    assignment: CourseAssignment,
    attempts: Sequence[Attempt],
    decisions: Sequence[Decision],
    most: float = 0.0,
) -> Standing:
    counting = _choose(assignment, attempts)
    override = next((one for one in decisions if one.kind == "override"), None)
    points = counting.counted_points if counting is not None else None
    return Standing(
        attempts=tuple(attempts),
        counting=counting,
        points=override.points if override is not None else points,
        max_points=max((one.max_points for one in attempts), default=0.0) or most,
        is_excused=any(one.kind == "excuse" for one in decisions),
        override=override,
    )


def decisions_about(session: Session, assignment_id: int, person_id: int) -> Sequence[Decision]:
    """Return the decisions about a student's work that hold, the newest first."""
    return session.scalars(_that_hold(assignment_id).where(Decision.person_id == person_id)).all()


def _that_hold(assignment_id: int) -> Select[Decision]:
    return (
        select(Decision)
        .where(Decision.assignment_id == assignment_id, Decision.withdrawn_at.is_(None))
        .order_by(Decision.id.desc())
    )


def store_result(database: Database, job: ClaimedJob, result: NewResult) -> None:
    """Store the result of a job, and put the score that counts now into the outbox.

    All of it is one transaction: no report is without its score, and no score without its report.
    """
    with database.write() as session:
        stored = queue.finish(session, job, result)
        if stored is None:
            return
        marked = mark_result(session, job.assignment_id, stored)
        if marked is not stored:
            queue.use_result(session, session.get_one(Job, job.id), marked)
        if not job.regrade_id:
            publish_score(session, job.assignment_id, job.person_id)


def publish_score(session: Session, assignment_id: int, person_id: int) -> None:
    """Put the score that counts now into the outbox, if the platform doesn't have it.

    Platforms show students what they get, so a score with points that wait for the due date waits
    too: `publish_after_due` puts it there. What an instructor has decided is sent at once. If no
    points count any more, or the student is excused, the score that the platform has is taken back.
    """
    assignment = session.get_one(CourseAssignment, assignment_id)
    if not assignment.line_item:
        return
    now_counts = standing(session, assignment, person_id)
    if now_counts.points is None or now_counts.is_excused:
        take_back_score(session, assignment, person_id)
        return
    counting = now_counts.counting
    if now_counts.override is None and counting is not None and counting.result_id is not None:
        report = session.scalar(select(Result.report).where(Result.id == counting.result_id))
        own = assignment_for(session, assignment, person_id)
        if has_pending_points(report or b"", after_due=is_after_due(own, now())):
            return
    put_score(
        session,
        assignment,
        person_id,
        points=now_counts.points,
        max_points=now_counts.max_points,
        submitted_at=None if counting is None else counting.received_at,
    )


def publish_after_due(database: Database, done: set[tuple[int, int]]) -> None:
    """Put scores into the outbox that had to wait for the due date, one student at a time.

    Args:
        database: The database.
        done: The assignments and students for which this process has done it; changed in place.
    """
    with database.read() as session:
        waiting = session.scalars(
            select(CourseAssignment).where(
                CourseAssignment.line_item != "", CourseAssignment.shows_after_due
            )
        ).all()
        due = [one.id for one in waiting if is_after_due(one, now())]
        rows = session.execute(
            select(HandIn.assignment_id, HandIn.person_id)
            .where(HandIn.assignment_id.in_(due))
            .distinct()
        ).all()
    for assignment_id, person_id in {(row[0], row[1]) for row in rows} - done:
        with database.write() as session:
            assignment = session.get_one(CourseAssignment, assignment_id)
            if is_after_due(assignment_for(session, assignment, person_id), now()):
                publish_score(session, assignment_id, person_id)
                done.add((assignment_id, person_id))


def _choose(assignment: CourseAssignment, attempts: Sequence[Attempt]) -> Attempt | None:
    """Choose the attempt that counts: one with a score, as a fault is nobody's last word."""
    scored = [one for one in attempts if one.counted_points is not None]
    if not scored:
        return None
    if assignment.counts is Counts.LAST:
        return scored[-1]
    # The first of equal ones: a repeat changes nothing.
    return max(scored, key=lambda one: one.counted_points or 0.0)
