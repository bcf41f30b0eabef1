"""The record of what people did: entries are only ever added, and name people by their ids."""

from sqlalchemy.orm import Session

from grader.service.clock import now
from grader.service.database.tables import AuditEntry


def note(
    session: Session,
    action: str,
    *,
    course_id: int | None,
    by_id: int | None,
    about_id: int | None = None,
    reason: str = "",
    details: str = "",
) -> None:
    """Add an entry to the record, in the transaction of what it is about.

    Args:
        session: The transaction.
        action: What was done, in a few words (at most 40 characters).
        course_id: The course.
        by_id: Who did it; None for the operator.
        about_id: Whom it is about.
        reason: Why, in that person's words.
        details: What else is needed to understand it later.
    """
    session.add(
        AuditEntry(
            course_id=course_id,
            by_id=by_id,
            about_id=about_id,
            action=action,
            reason=reason,
            details=details,
            at=now(),
        )
    )
