"""Ways in without an LMS: the code of a course, one-time links, personal links; and the way out.

A GET never logs anybody in, so whatever looks at links beforehand (mail filters, previews in chats)
uses none up. A page with a button does, by POST.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.service.audit import note
from grader.service.database.tables import Course, Member, Person, Role
from grader.service.one_time_links import Purpose, find_link, use_link
from grader.service.roster import (
    claim,
    enter_by_link,
    find_by_personal_link,
    find_course,
    new_personal_link,
)
from grader.service.sessions import Asker, end_session, start_session
from grader.service.web.auth import (
    CourseAccess,
    clear_cookie,
    cookie_name,
    current_person,
    logged_in,
    member_of_course,
    set_cookie,
)
from grader.service.web.forms import read_form
from grader.service.web.origin import origin_of
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.throttle import address_of

_NOT_FOUND = (
    "Nobody on the roster of this course has that id or email, or somebody has used it already. If"
    " it is yours, ask your instructor for a link of your own."
)
_USED_UP = (
    "This link can't be used: it has been used before, it is too old, or a part of it is missing."
    " Ask whoever gave it to you for a new one."
)
_Found = TypeVar("_Found")


async def show_join(request: Request) -> Response:
    """Ask who somebody is that has the code of a course."""
    course = await _find_by_secret(request, "code", find_course)
    asker = await current_person(request)
    return render(request, "join.html.j2", asker=asker, course=course, problem="", given="")


async def join(request: Request) -> Response:
    """Let in whoever has the code of a course, and is an entry of its roster nobody has taken."""
    service = service_of(request)
    address = address_of(request)
    service.throttle.expect_few_wrong_entries(address)
    course = await _find_by_secret(request, "code", find_course)
    given = str((await read_form(request)).get("who", ""))

    def take() -> tuple[str, str, str] | None:
        with service.database.write() as session:
            member = claim(session, course.id, given)
            if member is None:
                return None
            return _enter(request, session, member)

    entered = await run_in_threadpool(take)
    if entered is None:
        service.throttle.note_wrong_entry(address)
        return render(
            request, "join.html.j2", status_code=403, course=course, problem=_NOT_FOUND, given=given
        )
    return _welcome(request, *entered)


async def show_login(request: Request) -> Response:
    """Show what a one-time link is good for, with a button that uses it."""
    target = await _find_by_secret(
        request, "secret", lambda session, secret: find_link(session, Purpose.LOGIN, secret)
    )

    def name() -> str:
        with service_of(request).database.read() as session:
            person = session.get(Person, target.person_id)
            return "" if person is None else person.name

    return render(request, "log_in.html.j2", name=await run_in_threadpool(name), is_one_time=True)


async def log_in(request: Request) -> Response:
    """Use a one-time link: log its person in."""
    service = service_of(request)
    address = address_of(request)
    service.throttle.expect_few_wrong_secrets(address)
    secret = str(request.path_params["secret"])

    def enter() -> tuple[str, str, str] | None:
        with service.database.write() as session:
            target = use_link(session, Purpose.LOGIN, secret)
            if target is None or target.person_id is None:
                return None
            if target.course_id is None:
                _end_old(request, session)
                note(session, "entered with a link", course_id=None, by_id=target.person_id)
                return start_session(session, target.person_id, course_id=None), "", ""
            member = enter_by_link(session, target.course_id, target.person_id)
            return None if member is None else _enter(request, session, member)

    entered = await run_in_threadpool(enter)
    if entered is None:
        service.throttle.note_wrong_secret(address)
        raise HTTPException(404, _USED_UP)
    return _welcome(request, *entered)


async def show_personal_login(request: Request) -> Response:
    """Show whose a personal link is, with a button that logs in."""
    member = await _find_by_secret(request, "secret", find_by_personal_link)

    def name() -> str:
        with service_of(request).database.read() as session:
            return session.get_one(Person, member.person_id).name

    return render(request, "log_in.html.j2", name=await run_in_threadpool(name), is_one_time=False)


async def personal_login(request: Request) -> Response:
    """Log in with a personal link, which stays good."""
    service = service_of(request)
    member = await _find_by_secret(request, "secret", find_by_personal_link)

    def enter() -> str:
        with service.database.write() as session:
            _end_old(request, session)
            return start_session(session, member.person_id, course_id=member.course_id)

    response = RedirectResponse("/", status_code=303)
    set_cookie(response, await run_in_threadpool(enter), service.settings)
    return response


@member_of_course
async def renew_personal_link(request: Request, access: CourseAccess) -> Response:
    """Show a new personal link once; the one before is worth nothing any more."""

    def renew() -> str:
        with service_of(request).database.write() as session:
            member = session.get_one(Member, access.member.id)
            if member.claimed_at is None or member.role is not Role.STUDENT:
                raise HTTPException(404)  # who comes from a platform has no need of one
            note(
                session,
                "personal link renewed",
                course_id=member.course_id,
                by_id=access.asker.person_id,
            )
            return new_personal_link(member)

    secret = await run_in_threadpool(renew)
    return render(
        request,
        "welcome.html.j2",
        asker=access.asker,
        course_name=access.course.name,
        link=_personal_url(request, secret),
    )


@logged_in
async def log_out(request: Request, _asker: Asker) -> Response:
    """Log a browser out."""
    service = service_of(request)

    def leave() -> None:
        with service.database.write() as session:
            _end_old(request, session)

    await run_in_threadpool(leave)
    response = render(request, "logged_out.html.j2")
    clear_cookie(response, service.settings)
    return response


async def _find_by_secret(
    request: Request, parameter: str, find: Callable[[Session, str], _Found | None]
) -> _Found:
    """Find what a secret in the address stands for.

    Raises:
        HTTPException: Nothing, or this address has tried too many.
    """
    service = service_of(request)
    address = address_of(request)
    service.throttle.expect_few_wrong_secrets(address)
    secret = str(request.path_params[parameter])

    def look_up() -> _Found | None:
        with service.database.read() as session:
            return find(session, secret)

    found = await run_in_threadpool(look_up)
    if found is None:
        service.throttle.note_wrong_secret(address)
        raise HTTPException(404, _USED_UP)
    return found


def _enter(request: Request, session: Session, member: Member) -> tuple[str, str, str]:
    """Log a member in; return the secrets of session and personal link, and the course's name."""
    _end_old(request, session)
    secret = start_session(session, member.person_id, course_id=member.course_id)
    link = new_personal_link(member) if member.role is Role.STUDENT else ""
    return secret, link, session.get_one(Course, member.course_id).name


def _end_old(request: Request, session: Session) -> None:
    """End the session that the browser has had until now."""
    end_session(session, request.cookies.get(cookie_name(service_of(request).settings), ""))


def _welcome(request: Request, secret: str, link: str, course_name: str) -> Response:
    """Give a browser its session, and show the personal link, or go on without one."""
    response: Response = RedirectResponse("/", status_code=303)
    if link:
        response = render(
            request,
            "welcome.html.j2",
            course_name=course_name,
            link=_personal_url(request, link),
        )
    set_cookie(response, secret, service_of(request).settings)
    return response


def _personal_url(request: Request, secret: str) -> str:
    return f"{origin_of(request, service_of(request).settings)}/me/{secret}"


ROUTES = [
    Route("/join/{code}", show_join),
    Route("/join/{code}", join, methods=["POST"]),
    Route("/log-in/{secret}", show_login),
    Route("/log-in/{secret}", log_in, methods=["POST"]),
    Route("/me/{secret}", show_personal_login),
    Route("/me/{secret}", personal_login, methods=["POST"]),
    Route("/courses/{course_id:int}/personal-link", renew_personal_link, methods=["POST"]),
    Route("/log-out", log_out, methods=["POST"]),
]
