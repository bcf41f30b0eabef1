"""Makes pages from templates: everything in them is escaped, and nothing in them runs but ours."""

import base64
import functools
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from grader.outputs.pages.environment import read_style
from grader.service.sessions import Asker
from grader.service.web.moments import show_moment

_TEMPLATES = Path(__file__).with_name("templates")


def render(
    request: Request,
    template: str,
    *,
    asker: Asker | None = None,
    status_code: int = 200,
    **values: object,
) -> HTMLResponse:
    """Make a page.

    Args:
        request: What it answers.
        template: The name of its template, which extends ``base.html.j2``.
        asker: Who is logged in; ``csrf_token`` in a template is that of the session.
        status_code: The status.
        values: What the template shows.
    """
    html = (
        make_environment()
        .get_template(template)
        .render(
            asker=asker,
            csrf_token="" if asker is None else asker.csrf_token,
            path=request.url.path,
            **values,
        )
    )
    return HTMLResponse(html, status_code=status_code)


@functools.cache
def make_environment() -> jinja2.Environment:
    """Return the environment of the templates, in which everything is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = _style()
    environment.globals["scripts"] = _scripts()
    environment.filters["moment"] = show_moment
    return environment


@functools.cache
def page_policy() -> str:
    """Return the content security policy of all pages: our own style sheet and scripts by digest.

    Pages may ask the service itself, send forms to it, and show reports of it in a frame; nobody
    else may show them in one.
    """
    scripts = " ".join(map(_source, _scripts().values())) or "'none'"
    return (
        f"default-src 'none'; style-src {_source(_style())}; script-src {scripts}; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


@functools.cache
def _style() -> Markup:
    """Return the style sheet: that of the reports, what forms need, and what instructors see."""
    own = [
        (_TEMPLATES / name).read_text(encoding="utf-8")
        for name in ("service.css", "instructor.css")
    ]
    return read_style() + Markup("\n".join(own))  # noqa: S704 - our own


@functools.cache
def _scripts() -> dict[str, Markup]:
    """Return the scripts by their names, which only improve what works without them."""
    return {
        path.stem: Markup(path.read_text(encoding="utf-8"))  # noqa: S704 - our own
        for path in sorted(_TEMPLATES.glob("*.js"))
    }


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
