"""What holds for every request: for whom it is, where it came from, and how its answer is read."""

import logging

from sqlalchemy.exc import OperationalError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.service.settings import ServiceSettings
from grader.service.web.errors import error_response
from grader.service.web.origin import is_from_here, is_own_host
from grader.service.web.pages import page_policy

_log = logging.getLogger(__name__)

# Asked by machines that know the service by any name.
_FOR_MACHINES = ("/health", "/alive", "/metrics")
# Platforms send forms from their own sites, and scripts have tokens instead of cookies; both kinds
# of routes must not trust a cookie for anything that they change.
_FROM_ELSEWHERE = ("/lti/", "/api/")
# No address of ours is as long, and Python refuses to read numbers of thousands of digits.
_LONGEST_PATH = 2000
_SAFE = ("GET", "HEAD", "OPTIONS")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would hide from us too where a form came from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Nothing that is somebody's stays in a cache between us and the browser, or in the browser.
    "Cache-Control": "no-store",
}
_TRANSPORT = "max-age=31536000"


class SecurityMiddleware:
    """Refuses requests that no page of the service sent, and adds headers to each answer.

    Headers that a route has set itself stay.
    """

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", page_policy())
                if self._settings.is_secure:
                    headers.setdefault("Strict-Transport-Security", _TRANSPORT)
            await send(message)

        request = Request(scope)
        problem = self._find_problem(request)
        if problem is not None:
            await error_response(request, problem)(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # An edge: whatever a route did wrong, the answer says nothing of it, and has headers.
            _log.exception("a request failed: %s", type(error).__name__)
            if has_begun:
                raise
            status = 503 if isinstance(error, OperationalError) else 500
            answer = error_response(request, HTTPException(status))
            await answer(scope, receive, send_with_headers)

    def _find_problem(self, request: Request) -> HTTPException | None:
        path = request.url.path
        if path in _FOR_MACHINES:
            return None
        if len(path) > _LONGEST_PATH:
            return HTTPException(404)
        if not is_own_host(request.headers.get("host", ""), self._settings):
            return HTTPException(421, "This service has another address.")
        if request.method in _SAFE or path.startswith(_FROM_ELSEWHERE):
            return None
        if not is_from_here(request, self._settings):
            return HTTPException(403, "This form was not sent from a page of this service.")
        return None
