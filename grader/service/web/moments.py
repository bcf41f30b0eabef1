"""Moments as people read them, in UTC; a script shows them in the reader's own time."""

from markupsafe import Markup

from grader.service.clock import as_datetime


def show_moment(moment: int) -> Markup:
    """Return a moment as an element: to the second, in UTC."""
    when = as_datetime(moment)
    return Markup('<time datetime="{}">{}</time>').format(
        when.isoformat(timespec="seconds"), when.strftime("%Y-%m-%d %H:%M:%S UTC")
    )
