"""The summaries of classes that this process has made, shared by all routes."""

from starlette.requests import Request

from grader.service.class_view import ClassViews


def class_views_of(request: Request) -> ClassViews:
    """Return the summaries of classes."""
    views = request.app.state.class_views
    assert isinstance(views, ClassViews)  # noqa: S101 - put there by `make_app`
    return views
