"""Who comes from a platform, and into which course: persons, their identities and roles."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.service.clock import now
from grader.service.database.engine import add_unless_there
from grader.service.database.tables import (
    Course,
    Identity,
    LtiContext,
    Member,
    Person,
    Platform,
    Role,
)
from grader.service.lti.messages import Context, Message
from grader.service.lti.network import expect_platform_url
from grader.service.lti.platforms import connect_context
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.roles import role_of

_MAX_CONTEXT_CHARACTERS = 255
_MAX_NAME_CHARACTERS = 200
_MAX_EMAIL_CHARACTERS = 320


class NotConnectedError(LtiRefusedError):
    """An instructor comes from a course of the platform that no course here is connected to.

    Attributes:
        course_id: The course that the platform was registered for.
        context: The course of the platform.
    """

    def __init__(self, course_id: int, context: Context) -> None:
        super().__init__("this course of the platform is not connected yet")
        self.course_id = course_id
        self.context = context


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody who has come in.

    Attributes:
        person_id: Who it is.
        course_id: Into which course.
        role: As what.
        only_course_id: The only course that a session may be good for; None for all of the
            person's.
    """

    person_id: int
    course_id: int
    role: Role
    only_course_id: int | None

    @property
    def is_instructor(self) -> bool:
        """Whether the person is an instructor of the course."""
        return self.role is Role.INSTRUCTOR


def enter(
    session: Session, platform_id: int, message: Message, *, allows_loopback: bool
) -> Entered:
    """Make whoever comes a member of the course, in a transaction of the caller.

    The platform's word on the role holds from then on, also if it was another one before.

    Raises:
        NotConnectedError: An instructor has to connect the course first, and has come.
        LtiRefusedError: The message names no course, or nobody has connected it.
    """
    role = role_of(message.roles)
    if role is None or message.context is None:
        raise LtiRefusedError("the launch has to come from a course of the platform")
    platform = session.get_one(Platform, platform_id)
    context = _context(session, platform, message.context, role)
    service = message.member_service
    if service is not None and service.context_memberships_url:
        context.members_url = expect_platform_url(
            service.context_memberships_url, allows_loopback=allows_loopback
        )
    person_id = know(
        session, platform_id, message.subject, name=message.full_name, email=message.email
    )
    make_member(session, context.course_id, person_id, role)
    return Entered(
        person_id=person_id,
        course_id=context.course_id,
        role=role,
        only_course_id=platform.course_id,
    )


def know(session: Session, platform_id: int, subject: str, *, name: str, email: str) -> int:
    """Return the person behind a subject of a platform, who is new or gets this name and address.

    Nobody is found by name or email: whoever runs a platform can give anybody any of both.
    """
    known = (Identity.platform_id == platform_id, Identity.subject == subject)
    person_id = session.scalar(select(Identity.person_id).where(*known))
    if person_id is None:
        person = Person(name="", email="", created_at=now())
        session.add(person)
        session.flush()
        if not add_unless_there(
            session, Identity, person_id=person.id, platform_id=platform_id, subject=subject
        ):
            session.delete(person)  # another server was quicker
        person_id = session.scalars(select(Identity.person_id).where(*known)).one()
    person = session.get_one(Person, person_id)
    name = " ".join(name.split())[:_MAX_NAME_CHARACTERS]
    email = email.strip()[:_MAX_EMAIL_CHARACTERS]
    person.name = name or person.name
    person.email = email or person.email
    return person_id


def make_member(session: Session, course_id: int, person_id: int, role: Role) -> None:
    """Make a person a member of a course, with the role that the platform says."""
    add_unless_there(
        session, Member, course_id=course_id, person_id=person_id, role=role, student_id=""
    )
    member = session.scalars(
        select(Member).where(Member.course_id == course_id, Member.person_id == person_id)
    ).one()
    member.role = role


def _context(session: Session, platform: Platform, context: Context, role: Role) -> LtiContext:
    if not context.id or len(context.id) > _MAX_CONTEXT_CHARACTERS:
        raise LtiRefusedError("the course of the platform has no usable id")
    wanted = select(LtiContext).where(
        LtiContext.platform_id == platform.id, LtiContext.context == context.id
    )
    found = session.scalar(wanted)
    if found is not None:
        return found
    if role is not Role.INSTRUCTOR:
        raise LtiRefusedError(
            "this course is not connected yet; an instructor has to open it from the platform first"
        )
    if platform.course_id is not None:
        raise NotConnectedError(platform.course_id, context)
    # Two instructors may come at once, and make one course.
    session.refresh(platform, with_for_update=True)
    if session.scalar(wanted) is None:
        title = " ".join((context.title or context.label).split())[:_MAX_NAME_CHARACTERS]
        course = Course(name=title or "Course", created_at=now())
        session.add(course)
        session.flush()
        connect_context(session, platform_id=platform.id, context=context.id, course_id=course.id)
        session.flush()
    return session.scalars(wanted).one()
