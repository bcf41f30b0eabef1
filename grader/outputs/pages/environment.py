"""The templates and the style sheet of the student's page."""

import base64
import functools
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup

_TEMPLATES = Path(__file__).with_name("templates")


@functools.cache
def make_environment() -> jinja2.Environment:
    """Return the environment of the templates, in which everything is escaped by default.

    It is made once, because it caches the templates that it has read.
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def read_style() -> Markup:
    """Read the style sheet that every page contains. It is our own, so it is not escaped."""
    return Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704


def make_policy(*, has_images: bool) -> str:
    """Return the content security policy of a page: its own style sheet, and nothing else.

    Args:
        has_images: Whether to allow images as ``data:`` URLs too.
    """
    digest = base64.b64encode(hashlib.sha256(read_style().encode()).digest()).decode()
    images = "; img-src data:" if has_images else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'{images}; base-uri 'none'; "
        "form-action 'none'"
    )
