"""Registers platforms, connects their courses, and binds their links to assignments."""

import functools
from dataclasses import dataclass
from urllib.parse import urlsplit

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.service.database.tables import Course, CourseAssignment, Platform, Role
from grader.service.lti.links import bind
from grader.service.lti.network import expect_platform_url
from grader.service.lti.platforms import connect_context
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.registration import register_dynamically
from grader.service.lti.tickets import ConnectTicket, LinkTicket, find_ticket, take_ticket
from grader.service.one_time_links import Purpose, find_link
from grader.service.sessions import Asker
from grader.service.web.auth import current_person, find_membership, logged_in
from grader.service.web.forms import read_form
from grader.service.web.framed import allow_frame, lti_of, refuse, urls_of
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.throttle import address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connection:
    """A course of a platform, and the course here that it may be connected to."""

    ticket: ConnectTicket
    issuer: str
    course: str
    is_instructor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A link of a platform, and the assignments that it may stand for."""

    ticket: LinkTicket
    assignments: list[CourseAssignment]


async def ask_to_register(request: Request) -> Response:
    """Show which platform wants to be registered; without one, how that is done."""
    course = await _expect_link(request)
    configuration = request.query_params.get("openid_configuration", "")
    tool, host = lti_of(request), ""
    if configuration:
        try:
            expect_platform_url(configuration, allows_loopback=tool.allows_loopback)
        except LtiRefusedError as error:
            return refuse(request, error)
        host = urlsplit(configuration).netloc
    return allow_frame(
        render(
            request,
            "lti_register.html.j2",
            host=host,
            course=course,
            configuration=configuration,
            token=request.query_params.get("registration_token", ""),
            urls=urls_of(request),
        )
    )


async def register(request: Request) -> Response:
    """Register a platform; whoever has the secret of the link may."""
    await _expect_link(request)
    form = await read_form(request)
    try:
        issuer = await to_thread.run_sync(
            functools.partial(
                register_dynamically,
                service_of(request).database,
                lti_of(request),
                urls_of(request),
                secret=request.path_params["secret"],
                configuration_url=str(form.get("openid_configuration", "")),
                token=str(form.get("registration_token", "")),
            ),
            limiter=lti_of(request).fetching,
        )
    except LtiRefusedError as error:
        return refuse(request, error)
    return allow_frame(render(request, "lti_registered.html.j2", issuer=issuer))


async def ask_to_connect(request: Request) -> Response:
    """Ask an instructor whether a course of a platform is one of ours; show others how to."""
    asker = await current_person(request)
    found = await run_in_threadpool(_find_connection, request, asker)
    return render(
        request,
        "lti_connect.html.j2",
        asker=asker,
        is_framed=False,
        title=found.ticket.title or "the course",
        issuer=found.issuer,
        course=found.course if found.is_instructor else "",
    )


async def _connect(request: Request, asker: Asker) -> Response:
    """Connect the courses."""

    def act() -> None:
        if not _find_connection(request, asker).is_instructor:
            raise HTTPException(404)
        with service_of(request).database.write() as session:
            ticket = take_ticket(session, ConnectTicket, request.path_params["secret"])
            if ticket is None:
                raise HTTPException(404)
            connect_context(
                session,
                platform_id=ticket.platform_id,
                context=ticket.context,
                course_id=ticket.course_id,
                by_id=asker.person_id,
            )

    await run_in_threadpool(act)
    return render(request, "lti_connected.html.j2", asker=asker)


async def _ask_which(request: Request, asker: Asker) -> Response:
    """Ask an instructor which assignment a link of a platform stands for."""
    found = await run_in_threadpool(_find_choice, request, asker)
    text = "Which assignment does this link of the platform stand for? Its scores go there."
    if found.ticket.suggested_id:
        text = (
            "The scores of this assignment go to another link of the platform so far. If you choose"
            " it, they go to this link from now on, together with those that count already."
        )
    return render(
        request,
        "lti_choose.html.j2",
        asker=asker,
        assignments=found.assignments,
        text=text,
        button="Use this link",
        url=request.url.path,
        suggested_id=found.ticket.suggested_id,
    )


async def _bind_link(request: Request, asker: Asker) -> Response:
    """Make a link of a platform that of an assignment."""
    chosen = str((await read_form(request)).get("assignment", ""))

    def act() -> int:
        found = _find_choice(request, asker)
        if chosen not in {str(one.id) for one in found.assignments}:
            raise HTTPException(400)
        with service_of(request).database.write() as session:
            ticket = take_ticket(session, LinkTicket, request.path_params["secret"])
            if ticket is None:
                raise HTTPException(404)
            bind(
                session,
                session.get_one(CourseAssignment, int(chosen)),
                platform_id=ticket.platform_id,
                resource_link=ticket.resource_link,
                line_item=ticket.line_item,
                by_id=asker.person_id,
            )
        return int(chosen)

    return RedirectResponse(f"/assignments/{await run_in_threadpool(act)}", status_code=303)


async def _expect_link(request: Request) -> str:
    """Return the course that a link to register is for; refuse a link that isn't good."""
    service, address = service_of(request), address_of(request)
    service.throttle.expect_few_wrong_secrets(address)

    def find() -> str | None:
        with service.database.read() as session:
            target = find_link(session, Purpose.REGISTRATION, request.path_params["secret"])
            if target is None:
                return None
            return "" if target.course_id is None else _course_name(session, target.course_id)

    course = await run_in_threadpool(find)
    if course is None:
        service.throttle.note_wrong_secret(address)
        raise HTTPException(404, "This link was used before, is too old, or is not one.")
    return course


def _find_connection(request: Request, asker: Asker | None) -> _Connection:
    with service_of(request).database.read() as session:
        ticket = find_ticket(session, ConnectTicket, request.path_params["secret"])
        if ticket is None:
            raise HTTPException(404)
        membership = (
            None
            if asker is None
            else find_membership(session, asker, ticket.course_id, (Role.INSTRUCTOR,))
        )
        return _Connection(
            ticket=ticket,
            issuer=session.get_one(Platform, ticket.platform_id).issuer,
            course=_course_name(session, ticket.course_id),
            is_instructor=membership is not None,
        )


def _find_choice(request: Request, asker: Asker) -> _Choice:
    with service_of(request).database.read() as session:
        ticket = find_ticket(session, LinkTicket, request.path_params["secret"])
        if (
            ticket is None
            or ticket.person_id != asker.person_id
            or find_membership(session, asker, ticket.course_id, (Role.INSTRUCTOR,)) is None
        ):
            raise HTTPException(404)
        assignments = session.scalars(
            select(CourseAssignment)
            .where(CourseAssignment.course_id == ticket.course_id)
            .order_by(CourseAssignment.id)
        ).all()
        return _Choice(ticket=ticket, assignments=list(assignments))


def _course_name(session: Session, course_id: int) -> str:
    return session.get_one(Course, course_id).name


ROUTES = [
    Route("/lti/register/{secret}", ask_to_register, methods=["GET"]),
    Route("/lti/register/{secret}", register, methods=["POST"]),
    Route("/platforms/connect/{secret}", ask_to_connect, methods=["GET"]),
    Route("/platforms/connect/{secret}", logged_in(_connect), methods=["POST"]),
    Route("/platforms/link/{secret}", logged_in(_ask_which), methods=["GET"]),
    Route("/platforms/link/{secret}", logged_in(_bind_link), methods=["POST"]),
]
