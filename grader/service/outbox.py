"""Scores on their way to a platform. Each is kept until the platform has it, or refuses it.

A score can be taken back, too: then what is sent is that there is none. AGS asks platforms to clear
what they had; see `grader.service.deliver.make_score`.
"""

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from grader.service.clock import SECOND, now
from grader.service.database.tables import CourseAssignment, Identity, OutboxEntry, OutboxState


class OutgoingScore(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says, but for its timestamp; without points, it takes back the score before."""

    subject: str
    points: float | None
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
    subject = _subject_of(session, assignment, person_id)
    if subject is None:
        return None
    outgoing = OutgoingScore(
        subject=subject, points=points, max_points=max_points, submitted_at=submitted_at
    )
    return _put(session, assignment, person_id, outgoing)


def take_back_score(
    session: Session, assignment: CourseAssignment, person_id: int
) -> OutboxEntry | None:
    """Take back the score that the platform may have, in a transaction of the caller.

    What nobody has tried to send yet is forgotten. If nothing was sent, nothing has to be said.

    Returns:
        The entry, or None if the platform has no score of ours.
    """
    session.execute(
        delete(OutboxEntry).where(
            OutboxEntry.assignment_id == assignment.id,
            OutboxEntry.person_id == person_id,
            OutboxEntry.state == OutboxState.WAITING,
            OutboxEntry.tries == 0,  # whoever claims one counts a try
        )
    )
    subject = _subject_of(session, assignment, person_id)
    last = _last_sent(session, assignment, person_id)
    if subject is None or last is None or _read(last).points is None:
        return None
    outgoing = OutgoingScore(subject=subject, points=None, max_points=0.0, submitted_at=None)
    return _put(session, assignment, person_id, outgoing)


def last_entry(
    session: Session, assignment: CourseAssignment, person_id: int
) -> tuple[OutboxEntry, OutgoingScore] | None:
    """Return the newest entry of a student, with what it says."""
    newest = _newest(session, assignment.id, person_id)
    return None if newest is None else (newest, _read(newest))


def _put(
    session: Session, assignment: CourseAssignment, person_id: int, outgoing: OutgoingScore
) -> OutboxEntry | None:
    score = msgspec.json.encode(outgoing).decode()
    newest = _newest(session, assignment.id, person_id)
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


def _subject_of(session: Session, assignment: CourseAssignment, person_id: int) -> str | None:
    return session.scalar(
        select(Identity.subject).where(
            Identity.person_id == person_id, Identity.platform_id == assignment.platform_id
        )
    )


def _newest(session: Session, assignment_id: int, person_id: int) -> OutboxEntry | None:
    return session.scalar(
        select(OutboxEntry)
        .where(OutboxEntry.assignment_id == assignment_id, OutboxEntry.person_id == person_id)
        .order_by(OutboxEntry.stamp.desc())
        .limit(1)
    )


def _last_sent(
    session: Session, assignment: CourseAssignment, person_id: int
) -> OutboxEntry | None:
    """Return the newest entry that the platform may have, for the line item of today."""
    return session.scalar(
        select(OutboxEntry)
        .where(
            OutboxEntry.assignment_id == assignment.id,
            OutboxEntry.person_id == person_id,
            OutboxEntry.line_item == assignment.line_item,
            OutboxEntry.state != OutboxState.REFUSED,
            # What was replaced, or fails, may have arrived all the same.
            or_(OutboxEntry.state == OutboxState.SENT, OutboxEntry.tries > 0),
        )
        .order_by(OutboxEntry.stamp.desc())
        .limit(1)
    )


def _read(entry: OutboxEntry) -> OutgoingScore:
    return msgspec.json.decode(entry.score, type=OutgoingScore)
