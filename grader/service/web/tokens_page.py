"""The page of a person's tokens for the API: make one, which is shown once, and revoke one."""

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.api_tokens import LONGEST_NAME, list_tokens, make_token, revoke_token
from grader.service.sessions import Asker
from grader.service.web.auth import list_memberships, logged_in
from grader.service.web.bearer import API
from grader.service.web.fields import id_in, text_in
from grader.service.web.forms import read_form
from grader.service.web.origin import origin_of
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading, writing


@logged_in
async def show_tokens(request: Request, asker: Asker) -> Response:
    """List the tokens that work, and offer to make one."""
    return await _page(request, asker)


async def _page(
    request: Request,
    asker: Asker,
    *,
    token: str = "",
    done: str = "",
    problem: str = "",
    status_code: int = 200,
) -> Response:
    def look(session: Session) -> dict[str, object]:
        return {
            "tokens": list_tokens(session, asker.person_id, course_id=asker.course_id),
            "courses": [course for course, _ in list_memberships(session, asker)],
        }

    return render(
        request,
        "tokens.html.j2",
        asker=asker,
        status_code=status_code,
        token=token,
        done=done,
        problem=problem,
        longest_name=LONGEST_NAME,
        api=f"{origin_of(request, service_of(request).settings)}{API}",
        **await reading(request, look),
    )


@logged_in
async def make(request: Request, asker: Asker) -> Response:
    """Make a token, and show it once."""
    form = await read_form(request)
    course_id, name = id_in(form, "course_id"), text_in(form, "name")

    def act(session: Session) -> str:
        if course_id not in [course.id for course, _ in list_memberships(session, asker)]:
            raise HTTPException(404)
        return make_token(session, asker.person_id, course_id, name=name, by_id=asker.person_id)

    try:
        token = await writing(request, act)
    except UsageError as error:
        return await _page(request, asker, problem=str(error), status_code=422)
    return await _page(request, asker, token=token)


@logged_in
async def revoke(request: Request, asker: Asker) -> Response:
    """Revoke a token."""
    digest = text_in(await read_form(request), "token")
    was_there = await writing(
        request,
        lambda session: revoke_token(session, asker.person_id, digest, course_id=asker.course_id),
    )
    if not was_there:
        raise HTTPException(404)
    return await _page(request, asker, done="The token is revoked.")


ROUTES = [
    Route("/tokens", show_tokens),
    Route("/tokens", make, methods=["POST"]),
    Route("/tokens/revoke", revoke, methods=["POST"]),
]
