"""What launches show: pages of which some may stand in a frame of a platform."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tool import LtiTool, ToolUrls
from grader.service.web.errors import error_response
from grader.service.web.origin import origin_of
from grader.service.web.pages import page_policy
from grader.service.web.state import service_of

_FRAMES = ("iframe", "frame", "embed", "object", "fencedframe")


def lti_of(request: Request) -> LtiTool:
    """Return what the service is to platforms.

    Raises:
        HTTPException: It isn't anything.
    """
    tool = service_of(request).lti
    if tool is None:
        raise HTTPException(404)
    return tool


def urls_of(request: Request) -> ToolUrls:
    """Return the addresses that platforms are given."""
    return ToolUrls(origin_of(request, service_of(request).settings))


def is_framed(request: Request) -> bool:
    """Return whether the browser says that the answer will stand in a frame."""
    return request.headers.get("sec-fetch-dest", "") in _FRAMES


def allow_frame(response: Response, *, form_goes_to: str = "") -> Response:
    """Let any site show a page in a frame.

    Only for pages on which a click that was tricked out of somebody does no harm: they hold nothing
    that is somebody's, and what they can do, whoever made the launch could do anyway.

    Args:
        response: The page.
        form_goes_to: Where its form goes besides the service itself, as a source of the policy.
    """
    policy = page_policy().replace("frame-ancestors 'none'", "frame-ancestors *")
    if form_goes_to:
        policy = policy.replace("form-action 'self'", f"form-action 'self' {form_goes_to}")
    response.headers["Content-Security-Policy"] = policy
    # Old browsers that read this one too would refuse any frame; no value of it allows all.
    response.headers["X-Frame-Options"] = "ALLOWALL"
    # A page may close the window that the platform has opened for it.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def refuse(request: Request, error: LtiRefusedError) -> Response:
    """Say why something was refused, also in a frame."""
    text = str(error)
    page = error_response(request, HTTPException(400, f"{text[:1].upper()}{text[1:]}."))
    return allow_frame(page)
