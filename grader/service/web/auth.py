"""Who asks, and what that person may see. Every route of a page is wrapped by one of these.

A handler gets the request and an `Asker`, a `CourseAccess` or an `AssignmentAccess`. Whoever isn't
logged in is asked to; what isn't theirs looks as if it didn't exist. Each POST must carry the
session's token in the field ``csrf_token``, or in the header ``X-CSRF-Token``. For the routes of
the API, a bearer token says who asks, and no cookie does; so they need nothing against forgery.
"""

import functools
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.service.database.tables import Course, CourseAssignment, Member, Role
from grader.service.due import assignment_for
from grader.service.sessions import Asker, find_asker, renew_session
from grader.service.settings import ServiceSettings
from grader.service.web.bearer import expect_bearer, is_for_api
from grader.service.web.forms import read_form
from grader.service.web.state import service_of

Endpoint = Callable[[Request], Awaitable[Response]]
# The longest that browsers keep a cookie; when a session ends, the database knows.
_LIFE_S = 400 * 24 * 60 * 60
_LARGEST_ID = 2**63 - 1
_Handler = TypeVar("_Handler", bound=Callable[..., object])
_Access = TypeVar("_Access")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseAccess:
    """A person who asks for something of a course that is theirs."""

    asker: Asker
    course: Course
    member: Member

    @property
    def is_instructor(self) -> bool:
        """Whether the person is an instructor of the course."""
        return self.member.role is Role.INSTRUCTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAccess(CourseAccess):
    """A person who asks for something of an assignment that is theirs."""

    assignment: CourseAssignment


def logged_in(handler: Callable[[Request, Asker], Awaitable[Response]]) -> Endpoint:
    """Let in whoever is logged in."""

    async def let_in(request: Request) -> Response:
        return await handler(request, await _expect_asker(request, handler))

    return functools.wraps(handler)(let_in)


def member_of_course(handler: Callable[[Request, CourseAccess], Awaitable[Response]]) -> Endpoint:
    """Let in the members of the course ``{course_id:int}``."""
    return _of_course(handler, (Role.STUDENT, Role.INSTRUCTOR))


def instructor_of_course(
    handler: Callable[[Request, CourseAccess], Awaitable[Response]],
) -> Endpoint:
    """Let in the instructors of the course ``{course_id:int}``."""
    return _of_course(handler, (Role.INSTRUCTOR,))


def member_of_assignment(
    handler: Callable[[Request, AssignmentAccess], Awaitable[Response]],
) -> Endpoint:
    """Let in the members of the course of the assignment ``{assignment_id:int}``."""
    return _of_assignment(handler, (Role.STUDENT, Role.INSTRUCTOR))


def instructor_of_assignment(
    handler: Callable[[Request, AssignmentAccess], Awaitable[Response]],
) -> Endpoint:
    """Let in the instructors of the course of the assignment ``{assignment_id:int}``."""
    return _of_assignment(handler, (Role.INSTRUCTOR,))


def reads_its_body(handler: _Handler) -> _Handler:
    """Mark a handler that reads the body itself, and calls `expect_token` before it acts."""
    handler.reads_its_body = True  # type: ignore[attr-defined]
    return handler


async def current_person(request: Request) -> Asker | None:
    """Return who is logged in, if anybody is."""
    service = service_of(request)
    secret = request.cookies.get(cookie_name(service.settings), "")
    if not secret:
        return None

    def find() -> Asker | None:
        with service.database.read() as session:
            asker = find_asker(session, secret)
        if asker is not None and asker.is_due:
            with service.database.write() as session:
                renew_session(session, asker.digest)
        return asker

    return await run_in_threadpool(find)


def expect_token(asker: Asker, token: object) -> None:
    """Refuse a form without the token of its session.

    Raises:
        HTTPException: It isn't the one.
    """
    given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
    if not hmac.compare_digest(given, asker.csrf_token.encode()):
        raise HTTPException(403, "This form is too old. Open its page again, and send it again.")


def cookie_name(settings: ServiceSettings) -> str:
    """Return the name of the cookie; browsers let nobody but this host set one of ``__Host-``."""
    return "__Host-zerograd" if settings.is_secure else "zerograd"


def set_cookie(response: Response, secret: str, settings: ServiceSettings) -> None:
    """Hand a session's secret to the browser, hidden from scripts and from other sites' forms."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=_LIFE_S,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, settings: ServiceSettings) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.is_secure, httponly=True, samesite="lax"
    )


def guarded(
    handler: Callable[[Request, _Access], Awaitable[Response]],
    find: Callable[[Session, Asker, Request], _Access | None],
) -> Endpoint:
    """Let in who is found to have access to what the path names; for all others, it isn't there.

    Args:
        handler: Answers.
        find: Looks, in a transaction that reads, what whoever asks may have.
    """

    async def let_in(request: Request) -> Response:
        asker = await _expect_asker(request, handler)

        def look() -> _Access | None:
            with service_of(request).database.read() as session:
                return find(session, asker, request)

        access = await run_in_threadpool(look)
        if access is None:
            raise HTTPException(404)
        return await handler(request, access)

    return functools.wraps(handler)(let_in)


def find_membership(
    session: Session, asker: Asker, course_id: int, roles: tuple[Role, ...]
) -> tuple[Course, Member] | None:
    """Return a course and who asks as its member; None if not with one of these roles."""
    if asker.course_id not in (None, course_id):
        return None
    row = session.execute(
        select(Course, Member)
        .join(Member, Member.course_id == Course.id)
        .where(Course.id == course_id, Member.person_id == asker.person_id, Member.role.in_(roles))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def list_memberships(session: Session, asker: Asker) -> list[tuple[Course, Member]]:
    """Return the courses that a session is good for, the newest first, and who asks as a member."""
    wanted = (
        select(Course, Member)
        .join(Member, Member.course_id == Course.id)
        .where(Member.person_id == asker.person_id)
        .order_by(Course.id.desc())
    )
    if asker.course_id is not None:
        wanted = wanted.where(Course.id == asker.course_id)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def _of_course(
    handler: Callable[[Request, CourseAccess], Awaitable[Response]], roles: tuple[Role, ...]
) -> Endpoint:
    def find(session: Session, asker: Asker, request: Request) -> CourseAccess | None:
        found = find_membership(session, asker, _id_in_path(request, "course_id"), roles)
        return found and CourseAccess(asker=asker, course=found[0], member=found[1])

    return guarded(handler, find)


def _of_assignment(
    handler: Callable[[Request, AssignmentAccess], Awaitable[Response]], roles: tuple[Role, ...]
) -> Endpoint:
    def find(session: Session, asker: Asker, request: Request) -> AssignmentAccess | None:
        assignment = session.get(CourseAssignment, _id_in_path(request, "assignment_id"))
        if assignment is None:
            return None
        found = find_membership(session, asker, assignment.course_id, roles)
        return found and AssignmentAccess(
            asker=asker,
            course=found[0],
            member=found[1],
            assignment=assignment_for(session, assignment, asker.person_id),
        )

    return guarded(handler, find)


async def _expect_asker(request: Request, handler: object) -> Asker:
    if is_for_api(request):
        return await expect_bearer(request)
    asker = await current_person(request)
    if asker is None:
        raise HTTPException(401)
    if request.method == "POST" and not getattr(handler, "reads_its_body", False):
        token = request.headers.get("x-csrf-token")
        expect_token(asker, token or (await read_form(request)).get("csrf_token"))
    return asker


def _id_in_path(request: Request, name: str) -> int:
    number = int(request.path_params[name])
    if number > _LARGEST_ID:
        raise HTTPException(404)
    return number
