"""Pages for what can't be answered. What isn't there and what isn't yours look the same."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.service.web.pages import render
from grader.service.web.problems import Problem, problem_response

NOT_LOGGED_IN = (
    "You are not logged in. Open the assignment from your learning platform, or use your personal"
    " link or the link of your course."
)
_WORDS = {
    400: ("This can't be understood", "Something in the request is missing or wrong."),
    401: ("Please log in", NOT_LOGGED_IN),
    403: ("This was not done", "The request was refused, and nothing was changed."),
    404: ("There is nothing here", "The address is wrong, or what it names isn't yours to see."),
    405: ("This can't be done here", "The address is for something else."),
    413: ("This is too large", "Nothing was kept."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    500: (
        "Something went wrong here",
        "This is a fault of the service, not yours. What has a receipt is kept.",
    ),
    503: (
        "The service can't answer at the moment",
        "Try again in a minute. What has a receipt is kept.",
    ),
}


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an error that a route has raised."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    return error_response(request, error)


async def on_crash(request: Request, _error: Exception) -> Response:
    """Answer if a route failed; the log has the reason, and the page doesn't."""
    return error_response(request, HTTPException(500))


def error_response(request: Request, error: HTTPException) -> Response:
    """Make the page of an error; a problem (RFC 9457) for who asks a route of the API."""
    status = error.status_code
    title, text = _WORDS.get(status, (_phrase(status), ""))
    if error.detail and error.detail != _phrase(status):
        text = error.detail
    if request.url.path.startswith("/api/"):
        problem = Problem(title=_phrase(status) or title, status=status, detail=text)
        return problem_response(problem, dict(error.headers or {}))
    page = render(
        request,
        "error.html.j2",
        status_code=status,
        title=title,
        text=text,
        has_way_on=status != HTTPStatus.UNAUTHORIZED,
    )
    page.headers.update(error.headers or {})
    return page


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
