"""Scores on their way to a platform. Each is kept until the platform has it, or refuses it."""

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.service.clock import SECOND, now
from grader.service.database.tables import CourseAssignment, Identity, OutboxEntry, OutboxState


class OutgoingScore(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says, but for its timestamp."""

    subject: str
    points: float
    max_points: float
    submitted_at: int | None


def put_score(
    session: Session,
    assignment: CourseAssignment,
    person_id: int,
    *,
    points: float,
    max_points: float,
    submitted_at: int | None,
) -> OutboxEntry | None:
    """Put a student's score into the outbox, in a transaction of the caller.

    Args:
        session: The transaction.
        assignment: What the score is for.
        person_id: Whose it is.
        points: The points that count.
        max_points: All points.
        submitted_at: When the attempt that counts was handed in, if one does.

    Returns:
        The entry, or None if the newest one says the same, or the platform doesn't know the person.
    """
    subject = session.scalar(
        select(Identity.subject).where(
            Identity.person_id == person_id, Identity.platform_id == assignment.platform_id
        )
    )
    if subject is None:
        return None
    outgoing = OutgoingScore(
        subject=subject, points=points, max_points=max_points, submitted_at=submitted_at
    )
    score = msgspec.json.encode(outgoing).decode()
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
    # Platforms keep the score with the latest timestamp, and Moodle compares whole seconds; so each
    # is in a later second than the one before.
    stamp = moment if newest is None else max(moment, (newest.stamp // SECOND + 1) * SECOND)
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
