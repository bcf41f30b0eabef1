"""Which points a student has in the end: attempts, late days, what an instructor decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.service import queue
from grader.service.database.engine import Database
from grader.service.database.tables import (
    Counts,
    CourseAssignment,
    Decision,
    HandIn,
    Result,
)
from grader.service.hand_ins import late_days
from grader.service.outbox import put_score
from grader.service.queue import ClaimedJob, NewResult


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
    rows = session.execute(
        select(HandIn, Result.status, Result.is_fault, Result.points, Result.max_points)
        .outerjoin(Result, Result.id == HandIn.result_id)
        .where(HandIn.assignment_id == assignment.id, HandIn.person_id == person_id)
        .order_by(HandIn.id)
    ).all()
    attempts = tuple(
        _attempt(assignment, hand_in, status or "", bool(is_fault), points, max_points or 0.0)
        for hand_in, status, is_fault, points, max_points in rows
    )
    counting = _choose(assignment, attempts)
    decisions = decisions_about(session, assignment.id, person_id)
    override = next((one for one in decisions if one.kind == "override"), None)
    points = counting.counted_points if counting is not None else None
    return Standing(
        attempts=attempts,
        counting=counting,
        points=override.points if override is not None else points,
        max_points=max((one.max_points for one in attempts), default=0.0),
        is_excused=any(one.kind == "excuse" for one in decisions),
        override=override,
    )


def decisions_about(session: Session, assignment_id: int, person_id: int) -> Sequence[Decision]:
    """Return the decisions about a student's work that hold, the newest first."""
    return session.scalars(
        select(Decision)
        .where(
            Decision.assignment_id == assignment_id,
            Decision.person_id == person_id,
            Decision.withdrawn_at.is_(None),
        )
        .order_by(Decision.id.desc())
    ).all()


def store_result(database: Database, job: ClaimedJob, result: NewResult) -> None:
    """Store the result of a job, and put the score that counts now into the outbox.

    All of it is one transaction: no report is without its score, and no score without its report.
    """
    with database.write() as session:
        stored = queue.finish(session, job, result)
        if stored is not None and not job.regrade_id:
            publish_score(session, job.assignment_id, job.person_id)


def publish_score(session: Session, assignment_id: int, person_id: int) -> None:
    """Put the score that counts now into the outbox, if the platform doesn't have it."""
    assignment = session.get_one(CourseAssignment, assignment_id)
    if not assignment.line_item:
        return
    now_counts = standing(session, assignment, person_id)
    if now_counts.points is None or now_counts.is_excused:
        return
    counting = now_counts.counting
    put_score(
        session,
        assignment,
        person_id,
        points=now_counts.points,
        max_points=now_counts.max_points,
        submitted_at=None if counting is None else counting.received_at,
    )


def _attempt(
    assignment: CourseAssignment,
    hand_in: HandIn,
    status: str,
    is_fault: bool,  # noqa: FBT001 - as the database has it
    points: float | None,
    max_points: float,
) -> Attempt:
    late = late_days(assignment, hand_in.received_at)
    factor = max(0.0, 1.0 - assignment.late_penalty * late)
    return Attempt(
        hand_in_id=hand_in.id,
        number=hand_in.number,
        received_at=hand_in.received_at,
        late_days=late,
        result_id=hand_in.result_id,
        status=status,
        is_fault=is_fault,
        points=points,
        max_points=max_points,
        counted_points=None if points is None else points * factor,
    )


def _choose(assignment: CourseAssignment, attempts: Sequence[Attempt]) -> Attempt | None:
    """Choose the attempt that counts: one with a score, as a fault is nobody's last word."""
    scored = [one for one in attempts if one.counted_points is not None]
    if not scored:
        return None
    if assignment.counts is Counts.LAST:
        return scored[-1]
    # The first of equal ones: a repeat changes nothing.
    return max(scored, key=lambda one: one.counted_points or 0.0)
