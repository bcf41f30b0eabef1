"""Scores on their way to a platform. Each is kept until the platform has it, or refuses it."""

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.service.clock import now
from grader.service.database.tables import CourseAssignment, Identity, OutboxEntry, OutboxState

if TYPE_CHECKING:
    from grader.service.scores import Standing


class OutgoingScore(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says, but for its timestamp."""

    subject: str
    points: float | None
    max_points: float
    is_fault: bool = False
    submitted_at: int | None = None


def put_score(
    session: Session, assignment: CourseAssignment, person_id: int, standing: "Standing"
) -> OutboxEntry | None:
    """Put a student's score into the outbox, in a transaction of the caller.

    Returns:
        The entry, or None if the newest one says the same, or the platform doesn't know the person.
    """
    subject = session.scalar(
        select(Identity.subject).where(
            Identity.person_id == person_id, Identity.platform_id == assignment.platform_id
        )
    )
    if subject is None or standing.points is None:
        return None
    counting = standing.counting
    score = msgspec.json.encode(
        OutgoingScore(
            subject=subject,
            points=standing.points,
            max_points=standing.max_points,
            submitted_at=None if counting is None else counting.received_at,
        )
    ).decode()
    newest = session.scalar(
        select(OutboxEntry)
        .where(OutboxEntry.assignment_id == assignment.id, OutboxEntry.person_id == person_id)
        .order_by(OutboxEntry.stamp.desc())
        .limit(1)
    )
    if newest is not None and newest.score == score and newest.line_item == assignment.line_item:
        return None
    if newest is not None and newest.state is OutboxState.WAITING:
        newest.state = OutboxState.SUPERSEDED
    moment = now()
    # Platforms keep the score with the latest timestamp, so each is later than the one before.
    stamp = moment if newest is None else max(moment, newest.stamp + 1)
    entry = OutboxEntry(
        assignment_id=assignment.id,
        person_id=person_id,
        line_item=assignment.line_item,
        score=score,
        stamp=stamp,
        state=OutboxState.WAITING,
        next_try_at=moment,
    )
    session.add(entry)
    return entry
