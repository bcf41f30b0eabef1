"""Who is in a course, and how a student gets in without an LMS.

A course has a code, which all its students know, and a roster. Whoever has the code takes one entry
of the roster, by the id or the email that it has; each entry can be taken once. An entry that is
taken, or whose student comes from a platform, can't be had with the code again, so a classmate
can't become its student. What remains is that somebody takes an entry first that isn't theirs: its
student then needs a link by the instructor, and with that link every browser that came before is
logged out. An instructor who doesn't want that at all closes the code, and gives a link to each.

From then on the student has a personal link, shown once, which logs in other browsers.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from grader.report.class_model import Student
from grader.report.normalize import normalize
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.tables import Course, Identity, Member, Person, Role
from grader.service.sessions import end_sessions_of
from grader.service.tokens import digest_of, new_secret

_LONGEST_NAME, _LONGEST_ID, _LONGEST_EMAIL = 200, 200, 320


def enroll(session: Session, course_id: int, students: Iterable[Student]) -> Sequence[Member]:
    """Put students on the roster of a course, in a transaction of the caller.

    Whoever is there by the same id (or, without one, by the same email) gets the new name and
    email. All others are persons of their own, also if another course has the same email: an
    instructor of this course must not be able to give links to the student of another.

    Returns:
        The members, in the order of the students.
    """
    there = {
        _key(member.student_id, person.email): (member, person)
        for member, person in session.execute(
            select(Member, Person)
            .join(Person, Person.id == Member.person_id)
            .where(Member.course_id == course_id, Member.role == Role.STUDENT)
        )
    }
    return [_enroll_one(session, course_id, student, there) for student in students]


def _enroll_one(
    session: Session,
    course_id: int,
    student: Student,
    there: dict[str, tuple[Member, Person]],
) -> Member:
    # One who was there without an id may have one now.
    keys = (_key(student.id, student.email), _key("", student.email))
    found = next((there[key] for key in keys if key in there), None)
    if found is None:
        person = Person(created_at=now(), name="", email="")
        session.add(person)
        session.flush()
        member = Member(course_id=course_id, person_id=person.id, role=Role.STUDENT)
        session.add(member)
    else:
        member, person = found
    person.name = (student.name or student.id or student.email)[:_LONGEST_NAME]
    person.email = student.email[:_LONGEST_EMAIL]
    member.student_id = student.id[:_LONGEST_ID]
    session.flush()
    there[keys[0]] = (member, person)
    return member


def _key(student_id: str, email: str) -> str:
    """Return by what an entry is known: its id, or its email if it has none."""
    return f"id {normalize(student_id)}" if student_id.strip() else f"email {normalize(email)}"


def new_course_code(session: Session, course_id: int, *, by_id: int | None) -> str:
    """Give a course a new code, which replaces the one before; return it, as it is kept nowhere."""
    code = new_secret()
    session.get_one(Course, course_id).code_digest = digest_of(code)
    note(session, "course code renewed", course_id=course_id, by_id=by_id)
    return code


def close_course_code(session: Session, course_id: int, *, by_id: int | None) -> None:
    """Let nobody in any more with the code of a course."""
    session.get_one(Course, course_id).code_digest = None
    note(session, "course code closed", course_id=course_id, by_id=by_id)


def find_course(session: Session, code: str) -> Course | None:
    """Return the course that a code is for, if there is one."""
    return session.scalar(select(Course).where(Course.code_digest == digest_of(code)))


def claim(session: Session, course_id: int, given: str) -> Member | None:
    """Take an entry of the roster, in a transaction of the caller; of two at once, one gets it.

    Args:
        session: The transaction.
        course_id: The course, whose code the caller has checked.
        given: The id or the email, as somebody has typed it.

    Returns:
        The member; None if there is no such entry, more than one, or it can't be taken any more.
    """
    wanted = normalize(given)
    if not wanted:
        return None
    rows = session.execute(
        select(Member.id, Member.student_id, Person.email)
        .join(Person, Person.id == Member.person_id)
        .where(Member.course_id == course_id, Member.role == Role.STUDENT)
    )
    found = {
        member_id
        for member_id, student_id, email in rows
        if wanted in (normalize(student_id), normalize(email))
    }
    if len(found) != 1:
        return None
    member = session.scalar(
        update(Member)
        .where(
            Member.id == found.pop(),
            Member.claimed_at.is_(None),
            ~exists().where(Identity.person_id == Member.person_id),
        )
        .values(claimed_at=now())
        .returning(Member)
    )
    if member is not None:
        note(session, "entry taken with the code", course_id=course_id, by_id=member.person_id)
    return member


def enter_by_link(session: Session, course_id: int, person_id: int) -> Member | None:
    """Let a student in who has a link by the instructor, in a transaction of the caller.

    Whoever took the entry before is logged out everywhere, and the personal link is worth nothing.

    Returns:
        The member; None if the person isn't in the course any more.
    """
    member = session.scalar(
        select(Member).where(Member.course_id == course_id, Member.person_id == person_id)
    )
    if member is None:
        return None
    end_sessions_of(session, person_id, course_id=course_id)
    member.claimed_at, member.link_digest = now(), None
    note(session, "entered with a link", course_id=course_id, by_id=person_id)
    return member


def new_personal_link(member: Member) -> str:
    """Give a member a new personal link instead of the one before; return its secret."""
    secret = new_secret()
    member.link_digest = digest_of(secret)
    return secret


def find_by_personal_link(session: Session, secret: str) -> Member | None:
    """Return whose personal link has a secret, if it is anybody's."""
    return session.scalar(select(Member).where(Member.link_digest == digest_of(secret)))
