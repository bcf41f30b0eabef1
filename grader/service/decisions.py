"""What instructors decide about a student's work: points, excuses, comments, a later due date.

Each decision says who made it, when and why. A newer one of the same kind takes its place; comments
stand beside one another. What is taken back is kept, and doesn't hold any more.
"""

import enum
import math
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.tables import CourseAssignment, Decision
from grader.service.scores import publish_score

_LONGEST_TEXT = 10_000
_MOST_POINTS = 1_000_000


class Kind(enum.StrEnum):
    """What is decided."""

    OVERRIDE = "override"
    EXCUSE = "excuse"
    COMMENT = "comment"
    EXTENSION = "extension"


class RefusedDecisionError(UsageError):
    """A decision that says too little, or what can't be meant; nothing was changed."""


def decide(
    session: Session,
    assignment_id: int,
    person_id: int,
    kind: Kind,
    *,
    by_id: int,
    text: str,
    points: float | None = None,
    until: int | None = None,
) -> Decision:
    """Make a decision, in a transaction of the caller; the score that counts now is sent.

    Args:
        session: The transaction.
        assignment_id: The assignment.
        person_id: The student it is about; the caller has made sure that it is one of the course.
        kind: What is decided.
        by_id: Who decides.
        text: The reason, or the comment itself, which the student reads.
        points: The points that count, for an override.
        until: When it is due, for an extension.

    Raises:
        RefusedDecisionError: Something is missing, or can't be meant.
    """
    text = text.strip()
    _expect_whole(kind, text, points=points, until=until)
    moment = now()
    if kind is not Kind.COMMENT:
        for old in _that_hold(session, assignment_id, person_id, kind):
            old.withdrawn_at = moment
    decision = Decision(
        assignment_id=assignment_id,
        person_id=person_id,
        kind=kind.value,
        points=points if kind is Kind.OVERRIDE else None,
        until=until if kind is Kind.EXTENSION else None,
        text=text,
        by_id=by_id,
        at=moment,
    )
    session.add(decision)
    session.flush()
    _note(session, decision, f"{kind.value} decided", by_id=by_id)
    publish_score(session, assignment_id, person_id)
    return decision


def withdraw(session: Session, decision: Decision, *, by_id: int) -> None:
    """Take a decision back, in a transaction of the caller; the score that counts now is sent."""
    if decision.withdrawn_at is not None:
        return
    decision.withdrawn_at = now()
    session.flush()
    _note(session, decision, f"{decision.kind} taken back", by_id=by_id)
    publish_score(session, decision.assignment_id, decision.person_id)


def all_decisions(session: Session, assignment_id: int, person_id: int) -> Sequence[Decision]:
    """Return all decisions about a student's work, the newest first, also those taken back."""
    return session.scalars(
        select(Decision)
        .where(Decision.assignment_id == assignment_id, Decision.person_id == person_id)
        .order_by(Decision.id.desc())
    ).all()


def _that_hold(
    session: Session, assignment_id: int, person_id: int, kind: Kind
) -> Sequence[Decision]:
    return [
        one
        for one in all_decisions(session, assignment_id, person_id)
        if one.kind == kind and one.withdrawn_at is None
    ]


def _expect_whole(kind: Kind, text: str, *, points: float | None, until: int | None) -> None:
    if kind is Kind.COMMENT and not text:
        raise RefusedDecisionError("The comment is empty.")
    if kind in (Kind.OVERRIDE, Kind.EXCUSE) and not text:
        raise RefusedDecisionError("Give a reason: whoever asks later finds it here.")
    if len(text) > _LONGEST_TEXT:
        raise RefusedDecisionError(f"The text has more than {_LONGEST_TEXT:,} characters.")
    if kind is Kind.OVERRIDE and (
        points is None or not math.isfinite(points) or not 0 <= points <= _MOST_POINTS
    ):
        raise RefusedDecisionError("The points must be a number that is not below 0.")
    if kind is Kind.EXTENSION and until is None:
        raise RefusedDecisionError("Say until when.")


def _note(session: Session, decision: Decision, action: str, *, by_id: int) -> None:
    # The text is in the decision itself, which goes when its student is deleted.
    assignment = session.get_one(CourseAssignment, decision.assignment_id)
    points = "" if decision.points is None else f", {decision.points:g} points"
    note(
        session,
        action,
        course_id=assignment.course_id,
        by_id=by_id,
        about_id=decision.person_id,
        details=f"decision {decision.id} on assignment {decision.assignment_id}{points}",
    )
