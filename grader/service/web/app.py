"""Puts the routes together."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from grader.service.class_view import ClassViews
from grader.service.web import (
    class_page,
    class_students,
    course,
    course_student,
    hand_in,
    lti,
    marks,
    operation,
    platforms,
    regrading,
    settings_page,
    student,
    tokens_page,
    ways_in,
)
from grader.service.web.api import document as api_document
from grader.service.web.api import operations as api_operations
from grader.service.web.errors import on_crash, on_http_error
from grader.service.web.security import SecurityMiddleware
from grader.service.web.state import ServiceState


def make_app(service: ServiceState) -> Starlette:
    """Return the application of a service."""
    app = Starlette(
        routes=[
            *operation.ROUTES,
            *ways_in.ROUTES,
            *student.ROUTES,
            *hand_in.ROUTES,
            *lti.ROUTES,
            *platforms.ROUTES,
            *course.ROUTES,
            *course_student.ROUTES,
            *class_page.ROUTES,
            *class_students.ROUTES,
            *regrading.ROUTES,
            *marks.ROUTES,
            *settings_page.ROUTES,
            *tokens_page.ROUTES,
            *api_operations.ROUTES,
            *api_document.ROUTES,
        ],
        middleware=[Middleware(SecurityMiddleware, settings=service.settings)],
        exception_handlers={HTTPException: on_http_error, Exception: on_crash},
    )
    app.state.service = service
    app.state.class_views = ClassViews()
    return app
