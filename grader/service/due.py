"""When an assignment is due for a student: as for all, or later if an instructor said so."""

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from grader.service.database.rows import as_dict
from grader.service.database.tables import CourseAssignment, Decision


def due_dates(
    session: Session, assignment_id: int, person_id: int | None = None
) -> dict[int, int | None]:
    """Return when an assignment is due for each student who has a due date of their own.

    Args:
        session: The transaction.
        assignment_id: The assignment.
        person_id: The only student who is asked about; None for all.
    """
    wanted = select(Decision.person_id, Decision.until).where(
        Decision.assignment_id == assignment_id,
        Decision.kind == "extension",
        Decision.withdrawn_at.is_(None),
    )
    if person_id is not None:
        wanted = wanted.where(Decision.person_id == person_id)
    # The newest is the last one, so it stays.
    return as_dict(session.execute(wanted.order_by(Decision.id)))


def assignment_for(
    session: Session, assignment: CourseAssignment, person_id: int
) -> CourseAssignment:
    """Return an assignment as it holds for a student: with the student's own due date, if any.

    What is returned is to be read only: a change of it goes nowhere.
    """
    dates = due_dates(session, assignment.id, person_id)
    return with_due(assignment, dates[person_id]) if person_id in dates else assignment


def with_due(assignment: CourseAssignment, due_at: int | None) -> CourseAssignment:
    """Return a copy of an assignment with another due date, which no transaction knows."""
    columns = inspect(CourseAssignment).column_attrs
    values = {one.key: getattr(assignment, one.key) for one in columns}
    return CourseAssignment(**{**values, "due_at": due_at})
