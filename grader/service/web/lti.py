"""Launches from platforms, and the choice of an assignment that a platform asks for.

No cookie is trusted here: requests come from other sites. What a launch needs is in its token and
in a ticket.
"""

import functools
import logging
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from anyio import to_thread
from sqlalchemy import select
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.service.database.engine import Database
from grader.service.database.tables import CourseAssignment
from grader.service.lti import deep_linking
from grader.service.lti.launches import Arrival, Next, launch
from grader.service.lti.login import PARAMETERS, begin
from grader.service.lti.members import fill_courses
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tickets import DeepLinkTicket, find_ticket, take_ticket
from grader.service.lti.tool import LtiTool, ToolUrls, public_keys
from grader.service.settings import ServiceSettings
from grader.service.web.auth import set_cookie
from grader.service.web.forms import read_form
from grader.service.web.framed import allow_frame, is_framed, lti_of, refuse, urls_of
from grader.service.web.pages import render
from grader.service.web.state import service_of

_log = logging.getLogger(__name__)

_COOKIE_LIFE_S = 600
_NOT_WAITING = LtiRefusedError(
    "the platform doesn't wait for a choice any more; begin it there again"
)


async def log_in(request: Request) -> Response:
    """Begin a launch: send the browser back to the platform, or first to a tab of its own."""
    service, urls = service_of(request), urls_of(request)
    lti_of(request)
    given = request.query_params if request.method == "GET" else await read_form(request)
    parameters = {name: str(given[name]) for name in PARAMETERS if given.get(name)}
    target = parameters.get("target_link_uri", "")
    if is_framed(request) and target != urls.deep_link:
        url = f"{urls.login}?{urlencode(parameters)}"
        return allow_frame(render(request, "lti_tab.html.j2", url=url))
    cookie = _cookie_name(service.settings)
    try:
        begun = await run_in_threadpool(
            begin,
            service.database,
            parameters,
            launch_url=urls.launch,
            browser=request.cookies.get(cookie, ""),
            is_framed=is_framed(request),
        )
    except LtiRefusedError as error:
        return refuse(request, error)
    response = RedirectResponse(begun.url, status_code=303)
    # The platform's form comes from another site, so this cookie has to come along with it.
    response.set_cookie(
        cookie,
        begun.browser,
        max_age=_COOKIE_LIFE_S,
        path="/",
        secure=service.settings.is_secure,
        httponly=True,
        samesite="none" if service.settings.is_secure else "lax",
    )
    return response


async def arrive(request: Request) -> Response:
    """End a launch: log in whoever comes, and go to the assignment."""
    service, tool = service_of(request), lti_of(request)
    form = await read_form(request)
    try:
        if form.get("error"):
            raise LtiRefusedError("the platform has not logged you in; open the launch again")
        arrival = await to_thread.run_sync(
            functools.partial(
                launch,
                service.database,
                tool,
                state=str(form.get("state", "")),
                id_token=str(form.get("id_token", "")),
                browser=request.cookies.get(_cookie_name(service.settings), ""),
            ),
            limiter=tool.launching,
        )
    except LtiRefusedError as error:
        _log.info("a launch is refused: %s", error)
        return refuse(request, error)
    response = await _answer(request, arrival)
    if arrival.session:
        set_cookie(response, arrival.session, service.settings)
    entered = arrival.entered
    if entered is not None and entered.is_instructor:
        fill = functools.partial(
            fill_courses,
            service.database,
            service.settings,
            tool,
            course_id=entered.course_id,
            asked_by=entered.person_id,
        )
        response.background = BackgroundTask(to_thread.run_sync, fill, limiter=tool.fetching)
    return response


async def choose(request: Request) -> Response:
    """Answer a platform with the assignment that was chosen."""
    service, tool, urls = service_of(request), lti_of(request), urls_of(request)
    form = await read_form(request)
    try:
        url, token = await run_in_threadpool(
            _answer_platform,
            service.database,
            tool,
            urls,
            request.path_params["secret"],
            str(form.get("assignment", "")),
        )
    except LtiRefusedError as error:
        return refuse(request, error)
    parts = urlsplit(url)
    return allow_frame(
        render(request, "lti_send.html.j2", url=url, token=token),
        form_goes_to=f"{parts.scheme}://{parts.netloc}",
    )


async def keys(request: Request) -> Response:
    """Publish our keys."""
    lti_of(request)

    def find() -> Mapping[str, object]:
        with service_of(request).database.read() as session:
            return public_keys(session)

    return JSONResponse(
        await run_in_threadpool(find), headers={"Cache-Control": "public, max-age=300"}
    )


async def _answer(request: Request, arrival: Arrival) -> Response:
    match arrival.next:
        case Next.ASSIGNMENT:
            return RedirectResponse(f"/assignments/{arrival.assignment_id}", status_code=303)
        case Next.LINK:
            return RedirectResponse(f"/platforms/link/{arrival.ticket}", status_code=303)
        case Next.CONNECT:
            url = f"/platforms/connect/{arrival.ticket}"
            if not arrival.is_framed:
                return RedirectResponse(url, status_code=303)
            return allow_frame(
                render(request, "lti_connect.html.j2", is_framed=True, course="", url=url)
            )
    found = await run_in_threadpool(_assignments, service_of(request).database, arrival)
    return allow_frame(
        render(
            request,
            "lti_choose.html.j2",
            assignments=found,
            text="Students will hand it in over a link in the platform's course.",
            button="Place it in the course",
            url=f"/lti/deep-link/{arrival.ticket}",
            suggested_id=0,
        )
    )


def _assignments(database: Database, arrival: Arrival) -> list[CourseAssignment]:
    assert arrival.entered is not None  # noqa: S101 - the course is connected
    with database.read() as session:
        return list(
            session.scalars(
                select(CourseAssignment)
                .where(CourseAssignment.course_id == arrival.entered.course_id)
                .order_by(CourseAssignment.id)
            )
        )


def _answer_platform(
    database: Database, tool: LtiTool, urls: ToolUrls, secret: str, chosen: str
) -> tuple[str, str]:
    """Return where the answer goes, and the answer."""
    with database.write() as session:
        ticket = find_ticket(session, DeepLinkTicket, secret)
        if ticket is None:
            raise _NOT_WAITING
        assignment = session.scalar(
            select(CourseAssignment).where(
                CourseAssignment.course_id == ticket.course_id,
                CourseAssignment.id == (int(chosen) if _is_number(chosen) else 0),
            )
        )
        if assignment is None:
            raise LtiRefusedError("no assignment of the course was chosen")
        if take_ticket(session, DeepLinkTicket, secret) is None:
            raise _NOT_WAITING
        return ticket.return_url, deep_linking.answer(session, tool, urls, ticket, assignment)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(2**63))


def _cookie_name(settings: ServiceSettings) -> str:
    return "__Host-zerograd-launch" if settings.is_secure else "zerograd-launch"


ROUTES = [
    Route("/lti/login", log_in, methods=["GET", "POST"]),
    Route("/lti/launch", arrive, methods=["POST"]),
    # Some platforms send the browser to the target of a message with the token, too.
    Route("/lti/deep-link", arrive, methods=["POST"]),
    Route("/lti/deep-link/{secret}", choose, methods=["POST"]),
    Route("/lti/keys", keys),
]
