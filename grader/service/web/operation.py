"""Routes for whoever runs the service: is it alive, and does it take hand-ins?"""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.service.web.state import ServiceState, service_of


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


def _find_problem(service: ServiceState) -> str:
    if not service.is_ready():
        return "the service is stopping"
    try:
        with service.database.write() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "the database doesn't answer"
    return ""


ROUTES = [Route("/health", health), Route("/alive", alive)]
