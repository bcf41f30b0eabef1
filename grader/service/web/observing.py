"""Notes each request: a line in the log, and its time in the metrics.

Addresses of pages hold secrets (codes, links, numbers of hand-ins), so only the pattern of a route
is noted, and nothing about the person.
"""

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.service.logs import request_id
from grader.service.metrics import Metrics

_log = logging.getLogger(__name__)
_ID_BYTES = 8
# Asked every few seconds by machines.
_NOT_LOGGED = ("/health", "/alive", "/metrics")
_NOWHERE = "(none)"
_FAILED = 500


class ObservingMiddleware:
    """Gives each request an id, and notes how it was answered and how long that took."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        own_id = secrets.token_hex(_ID_BYTES)
        token = request_id.set(own_id)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = own_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("a route failed")
            if not status:
                raise
        finally:
            took_s = time.perf_counter() - began
            route = pattern_of(scope)
            self._metrics.note_request(scope["method"], route, status or _FAILED, took_s)
            if route not in _NOT_LOGGED:
                _log.info(
                    "request",
                    extra={
                        "method": scope["method"],
                        "route": route,
                        "status": status or _FAILED,
                        "ms": round(took_s * 1000, 1),
                    },
                )
            request_id.reset(token)


def pattern_of(scope: Scope) -> str:
    """Return the pattern of the route that answers a request, such as ``/hand-ins/{number}``."""
    route = scope.get("route")
    return route.path if isinstance(route, Route) else _NOWHERE
