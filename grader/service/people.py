"""The people of a course as its instructors manage them: students, co-instructors, their links."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.batch.roster_file import read_roster_file
from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    AuditEntry,
    CourseAssignment,
    HandIn,
    Identity,
    Member,
    Person,
    Role,
)
from grader.service.one_time_links import Purpose, make_link
from grader.service.roster import enroll

_LONGEST_NAME, _LONGEST_EMAIL = 200, 320


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMember:
    """A member in a list: how they come in, and how often they have handed in.

    ``way`` is empty if they have never come in.
    """

    member: Member
    person: Person
    hand_ins: int
    way: str


def list_members(session: Session, course_id: int, role: Role) -> Sequence[ListedMember]:
    """List the members of a course who have a role, by name."""
    counts = as_dict(
        session.execute(
            select(HandIn.person_id, func.count())
            .join(CourseAssignment, CourseAssignment.id == HandIn.assignment_id)
            .where(CourseAssignment.course_id == course_id)
            .group_by(HandIn.person_id)
        )
    )
    rows = session.execute(
        select(Member, Person)
        .join(Person, Person.id == Member.person_id)
        .where(Member.course_id == course_id, Member.role == role)
    ).all()
    from_platforms = set(session.scalars(select(Identity.person_id)))
    found = [
        ListedMember(
            member=member,
            person=person,
            hand_ins=counts.get(person.id, 0),
            way="platform"
            if person.id in from_platforms
            else "link"
            if member.claimed_at is not None
            else "",
        )
        for member, person in rows
    ]
    return sorted(found, key=lambda one: (one.person.name.casefold(), one.person.id))


def find_member(
    session: Session, course_id: int, person_id: int, *roles: Role
) -> tuple[Member, Person] | None:
    """Return a member of a course with one of some roles; without any, any member."""
    row = session.execute(
        select(Member, Person)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.course_id == course_id,
            Member.person_id == person_id,
            Member.role.in_(roles or tuple(Role)),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def import_roster(session: Session, course_id: int, path: Path, *, by_id: int) -> tuple[int, int]:
    """Put the students of a roster into a course, in a transaction of the caller.

    Returns:
        How many students the roster has, and how many of them are new.

    Raises:
        UsageError: It can't be read. The message names it by its name only.
    """
    try:
        listed = read_roster_file(path)
    except UsageError as error:
        raise UsageError(str(error).replace(str(path), path.name)) from error
    before = _count(session, course_id)
    students = [one.student for one in listed.people if one.is_expected]
    members = enroll(session, course_id, students)
    new = _count(session, course_id) - before
    note(
        session,
        "roster imported",
        course_id=course_id,
        by_id=by_id,
        details=f"{len(members)} students, {new} of them new",
    )
    return len(members), new


def add_instructor(
    session: Session, course_id: int, *, name: str, email: str, by_id: int
) -> Member:
    """Make somebody an instructor of a course, in a transaction of the caller.

    It is always a new person: an instructor of one course can't vouch for one of another.

    Raises:
        UsageError: The name can't be used.
    """
    name, email = " ".join(name.split()), email.strip()
    if not name or len(name) > _LONGEST_NAME or len(email) > _LONGEST_EMAIL:
        raise UsageError("Give a name, which may have up to 200 characters.")
    person = Person(name=name, email=email, created_at=now())
    session.add(person)
    session.flush()
    member = Member(course_id=course_id, person_id=person.id, role=Role.INSTRUCTOR)
    session.add(member)
    session.flush()
    note(session, "instructor added", course_id=course_id, by_id=by_id, about_id=person.id)
    return member


def new_login_link(session: Session, course_id: int, person_id: int, *, by_id: int) -> str:
    """Make a one-time link that logs a member in; return its secret, which is kept nowhere."""
    secret = make_link(
        session, Purpose.LOGIN, course_id=course_id, person_id=person_id, made_by_id=by_id
    )
    note(session, "link made", course_id=course_id, by_id=by_id, about_id=person_id)
    return secret


def new_platform_link(session: Session, course_id: int, *, by_id: int) -> str:
    """Make a one-time link with which a platform registers; return its secret."""
    secret = make_link(session, Purpose.REGISTRATION, course_id=course_id, made_by_id=by_id)
    note(session, "link for a platform made", course_id=course_id, by_id=by_id)
    return secret


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """An entry of the audit with the names that its ids have now; deleted people have none."""

    entry: AuditEntry
    by: str
    about: str


def read_audit(
    session: Session, course_id: int, *, before: int | None, at_most: int
) -> Sequence[AuditLine]:
    """Return entries of the audit of a course, the newest first.

    Args:
        session: The transaction.
        course_id: The course.
        before: Only those older than the entry with this id; None from the newest on.
        at_most: How many.
    """
    wanted = select(AuditEntry).where(AuditEntry.course_id == course_id)
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    entries = session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(at_most)).all()
    ids = {one.by_id for one in entries} | {one.about_id for one in entries}
    # An id of another course's person gets no name here.
    people = select(Person.id, Person.name).join(Member, Member.person_id == Person.id)
    wanted_people = people.where(Member.course_id == course_id, Person.id.in_(ids - {None}))
    names = as_dict(session.execute(wanted_people))

    def name(id_: int | None, nobody: str) -> str:
        return nobody if id_ is None else names.get(id_, f"person {id_}")

    return [
        AuditLine(entry=one, by=name(one.by_id, "the operator"), about=name(one.about_id, ""))
        for one in entries
    ]


def _count(session: Session, course_id: int) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(Member).where(Member.course_id == course_id)
        )
        or 0
    )
