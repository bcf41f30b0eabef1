"""The assignments that instructors may add to their courses themselves.

The checks of an assignment run as the service itself, so nobody but the operator brings in new
folders: instructors choose among the built-in ones, and those that their own courses have already.
"""

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.checks.assignment import built_in_names
from grader.errors import GraderError, UsageError
from grader.service.courses import AssignmentSettings, add_assignment
from grader.service.database.tables import CourseAssignment, Member, Role
from grader.service.sessions import Asker


@dataclass(frozen=True, slots=True)
class Offered:
    """An assignment that can be added.

    Attributes:
        key: What a form sends for it; it says nothing of where the folder is.
        label: What an instructor reads.
        folder: Its folder, or the name of a built-in one.
    """

    key: str
    label: str
    folder: str


def offered_to(session: Session, asker: Asker) -> list[Offered]:
    """Return what an instructor may add, each folder once."""
    mine = select(Member.course_id).where(
        Member.person_id == asker.person_id, Member.role == Role.INSTRUCTOR
    )
    if asker.course_id is not None:
        mine = mine.where(Member.course_id == asker.course_id)
    known = session.scalars(
        select(CourseAssignment)
        .where(CourseAssignment.course_id.in_(mine))
        .order_by(CourseAssignment.id)
    )
    built_in = built_in_names()
    found = {one: Offered(f"name-{one}", f"{one}, built in", one) for one in built_in}
    for one in known:
        label = f"{one.title}, as in the folder {PurePath(one.folder).name}"
        found.setdefault(one.folder, Offered(f"as-{one.id}", label, one.folder))
    return list(found.values())


def add_offered(
    session: Session, asker: Asker, course_id: int, key: str, *, title: str
) -> CourseAssignment:
    """Add an assignment to a course, in a transaction of the caller; its settings come later.

    Raises:
        UsageError: It is not offered, or can't be used.
    """
    chosen = next((one for one in offered_to(session, asker) if one.key == key), None)
    if chosen is None:
        raise UsageError("Choose one of the assignments in the list.")
    settings = AssignmentSettings(title=" ".join(title.split()))
    try:
        return add_assignment(session, course_id, chosen.folder, settings, by_id=asker.person_id)
    except GraderError as error:
        # The reason names folders, which are the operator's.
        raise UsageError(
            "This assignment can't be used as it is now. Tell whoever runs the service."
        ) from error
