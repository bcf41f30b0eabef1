"""Puts the routes together."""

from starlette.applications import Starlette

from grader.service.web import operation
from grader.service.web.state import ServiceState


def make_app(service: ServiceState) -> Starlette:
    """Return the application of a service."""
    app = Starlette(routes=[*operation.ROUTES])
    app.state.service = service
    return app
