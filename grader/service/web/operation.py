"""Routes for whoever runs the service: is it alive, does it take hand-ins, how is it doing?"""

import ipaddress
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.service.metrics_token import is_token
from grader.service.web.state import ServiceState, service_of

_OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


async def health(request: Request) -> Response:
    """Answer 200 if hand-ins are taken: the database can be written to."""
    service = service_of(request)
    problem = await run_in_threadpool(_find_problem, service)
    if problem:
        return JSONResponse({"status": "unavailable", "reason": problem}, status_code=503)
    return JSONResponse({"status": "ok"})


async def alive(_request: Request) -> Response:
    """Answer 200 as long as the process answers at all."""
    return JSONResponse({"status": "alive"})


async def metrics(request: Request) -> Response:
    """Answer with the metrics for Prometheus, to this machine and to whoever has the token."""
    service = service_of(request)
    if not (_is_from_this_machine(request) or await run_in_threadpool(_has_token, request)):
        raise HTTPException(404)
    shown = await run_in_threadpool(service.metrics.show, service.database)
    return Response(shown, media_type=CONTENT_TYPE_LATEST)


def _has_token(request: Request) -> bool:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and is_token(service_of(request).settings.data, token.strip())


def _is_from_this_machine(request: Request) -> bool:
    """Return whether somebody on this machine asks us directly.

    A proxy on this machine asks for others: it says so in a header, or asks by our public name.
    """
    if any(name in request.headers for name in _OF_PROXIES) or request.client is None:
        return False
    names = (request.client.host, urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
    return all(map(_is_loopback, names))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _find_problem(service: ServiceState) -> str:
    if not service.is_ready():
        return "the service is stopping"
    try:
        with service.database.write() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "the database doesn't answer"
    return ""


ROUTES = [Route("/health", health), Route("/alive", alive), Route("/metrics", metrics)]
