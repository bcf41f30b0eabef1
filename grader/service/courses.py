"""What the operator sets up: courses, their instructors, assignments and rosters."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from grader.batch.roster_file import Listed
from grader.checks.assignment import expect_whole, load_assignment
from grader.errors import UsageError
from grader.report.normalize import normalize
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.tables import (
    Counts,
    Course,
    CourseAssignment,
    HandIn,
    Member,
    Person,
    Role,
)
from grader.service.roster import enroll

_LONGEST_NAME = 200
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentSettings:
    """When and how often students may hand in; moments in microseconds since 1970."""

    title: str = ""
    opens_at: int | None = None
    due_at: int | None = None
    late_days: int = 0
    late_penalty: float = 0.0
    attempts: int = 0
    refill_s: int = 0
    counts: Counts = Counts.BEST
    shows_after_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCourse:
    """A course in the list of the operator."""

    course: Course
    students: int
    instructors: Sequence[str]
    assignments: Sequence[tuple[CourseAssignment, int]]


def add_course(session: Session, name: str) -> Course:
    """Make a course.

    Raises:
        UsageError: The name can't be used.
    """
    course = Course(name=_expect_name(name), created_at=now())
    session.add(course)
    session.flush()
    note(session, "course made", course_id=course.id, by_id=None)
    return course


def find_course(session: Session, course_id: int) -> Course:
    """Return a course.

    Raises:
        UsageError: There is none of that number.
    """
    found = session.get(Course, course_id)
    if found is None:
        raise UsageError(f"there is no course {course_id}; `grader course list` shows all")
    return found


def add_instructor(session: Session, course_id: int, name: str, *, email: str = "") -> Member:
    """Make somebody an instructor of a course: a new person, unless the email is known.

    Raises:
        UsageError: The name can't be used, or the course isn't there.
    """
    find_course(session, course_id)
    person = None
    if email:
        # Instructors of any course: the operator vouches for them.
        person = session.scalar(
            select(Person)
            .join(Member, Member.person_id == Person.id)
            .where(func.lower(Person.email) == email.lower(), Member.role == Role.INSTRUCTOR)
            .limit(1)
        )
    if person is None:
        person = Person(name=_expect_name(name), email=email, created_at=now())
        session.add(person)
        session.flush()
    member = session.scalar(
        select(Member).where(Member.course_id == course_id, Member.person_id == person.id)
    )
    if member is None:
        member = Member(course_id=course_id, person_id=person.id, role=Role.INSTRUCTOR)
        session.add(member)
        session.flush()
        note(session, "instructor added", course_id=course_id, by_id=None, about_id=person.id)
    return member


def add_assignment(
    session: Session,
    course_id: int,
    where: str,
    settings: AssignmentSettings,
    *,
    by_id: int | None = None,
) -> CourseAssignment:
    """Let the students of a course hand in for an assignment.

    Args:
        session: The transaction.
        course_id: The course.
        where: The folder of the assignment, or the name of a built-in one.
        settings: When and how often.
        by_id: Who adds it; None for the operator.

    Raises:
        UsageError: The assignment can't be used, or the course isn't there.
    """
    find_course(session, course_id)
    assignment = expect_whole(load_assignment(where))
    if settings.due_at is not None and (settings.opens_at or 0) >= settings.due_at:
        raise UsageError("it would be due before it is open")
    # The service may be started in another folder.
    folder = str(Path(where).resolve()) if Path(where).exists() else where
    added = CourseAssignment(
        course_id=course_id,
        folder=folder,
        title=(settings.title or assignment.info.title)[:_LONGEST_NAME],
        salt=secrets.token_hex(_SALT_BYTES),
        opens_at=settings.opens_at,
        due_at=settings.due_at,
        late_days=settings.late_days,
        late_penalty=settings.late_penalty,
        attempts=settings.attempts,
        refill_s=settings.refill_s,
        counts=settings.counts,
        shows_after_due=settings.shows_after_due,
        created_at=now(),
    )
    session.add(added)
    session.flush()
    note(session, "assignment added", course_id=course_id, by_id=by_id, details=added.title)
    return added


def import_roster(session: Session, course_id: int, people: Sequence[Listed]) -> int:
    """Put the students of a roster into a course; return how many these are.

    Teachers and test students on it stay out: they get links.
    """
    find_course(session, course_id)
    members = enroll(session, course_id, (one.student for one in people if one.is_expected))
    note(
        session,
        "roster imported",
        course_id=course_id,
        by_id=None,
        details=f"{len(members)} students",
    )
    return len(members)


def find_member(session: Session, course_id: int, who: str) -> Member:
    """Return the member of a course with an id, an email or a name.

    Raises:
        UsageError: There is none, or more than one.
    """
    find_course(session, course_id)
    wanted = normalize(who)
    rows = session.execute(
        select(Member, Person)
        .join(Person, Person.id == Member.person_id)
        .where(Member.course_id == course_id)
    ).all()
    for keys in ("id and email", "name"):
        found = [
            member
            for member, person in rows
            if wanted
            and wanted
            in map(
                normalize,
                (person.name,) if keys == "name" else (member.student_id, person.email),
            )
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{len(found)} people of the course are called {who!a}; give an id")
    raise UsageError(f"nobody in course {course_id} has the id, email or name {who!a}")


def list_courses(session: Session) -> list[ListedCourse]:
    """List all courses with what is in them."""
    return [
        ListedCourse(
            course=course,
            students=session.scalar(
                select(func.count())
                .select_from(Member)
                .where(Member.course_id == course.id, Member.role == Role.STUDENT)
            )
            or 0,
            instructors=session.scalars(
                select(Person.name)
                .join(Member, Member.person_id == Person.id)
                .where(Member.course_id == course.id, Member.role == Role.INSTRUCTOR)
                .order_by(Person.name)
            ).all(),
            assignments=[
                (assignment, count)
                for assignment, count in session.execute(
                    select(CourseAssignment, func.count(HandIn.id))
                    .outerjoin(HandIn, HandIn.assignment_id == CourseAssignment.id)
                    .where(CourseAssignment.course_id == course.id)
                    .group_by(CourseAssignment.id)
                    .order_by(CourseAssignment.id)
                )
            ],
        )
        for course in session.scalars(select(Course).order_by(Course.id))
    ]


def assignment_folders(session: Session) -> list[str]:
    """Return the folders of all assignments, which are not a part of the data."""
    found = session.scalars(
        select(CourseAssignment.folder)
        .where(or_(CourseAssignment.folder.contains("/"), CourseAssignment.folder.contains("\\")))
        .distinct()
        .order_by(CourseAssignment.folder)
    )
    return list(found)


def _expect_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UsageError(f"a name has 1 to {_LONGEST_NAME} printable characters")
    return name
