"""How templates become pages: escaped by default, and nothing undefined passed over."""

import base64
import functools
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup

_TEMPLATES = Path(__file__).with_name("templates")


@functools.cache
def make_environment() -> jinja2.Environment:
    """Make the environment of all templates; once, since it keeps those that it has read."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def read_style() -> Markup:
    """Read the sheet that stands in every page. It is ours, and so not escaped."""
    return Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704


def make_policy(*, has_images: bool) -> str:
    """Say what a page may do: nothing but look as its own sheet says.

    Args:
        has_images: Whether it holds images, as ``data:`` addresses.
    """
    digest = base64.b64encode(hashlib.sha256(read_style().encode()).digest()).decode()
    images = "; img-src data:" if has_images else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'{images}; base-uri 'none'; "
        "form-action 'none'"
    )
