"""Whom a token means: the person for whom it acts, or a student that its instructor names."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from grader.service.database.tables import Member, Person, Role
from grader.service.web.api.messages import PersonMessage
from grader.service.web.auth import CourseAccess


def find_student(session: Session, access: CourseAccess, given: str) -> int:
    """Return the person that is meant, in the course of the one who asks.

    Args:
        session: A transaction that reads.
        access: Who asks.
        given: An id on the roster, or an email; empty for the one who asks.

    Raises:
        HTTPException: There is no such student, or it is another one than a student itself.
    """
    if not given:
        return access.member.person_id
    of_course = (
        select(Member.person_id)
        .join(Person, Person.id == Member.person_id)
        .where(Member.course_id == access.course.id, Member.role == Role.STUDENT)
    )
    found = (
        session.scalars(of_course.where(Member.student_id == given)).all()
        or session.scalars(of_course.where(func.lower(Person.email) == given.lower())).all()
    )
    # A student must not learn who else is in the course.
    if len(found) != 1 or not (access.is_instructor or found[0] == access.member.person_id):
        raise HTTPException(404, "The course has no such student, or more than one.")
    return found[0]


def as_person(member: Member | None, person: Person) -> PersonMessage:
    """Return a person as the API shows one; without a member, one who has left the course."""
    return PersonMessage(
        id=person.id, name=person.name, student_id="" if member is None else member.student_id
    )
