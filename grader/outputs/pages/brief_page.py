"""A page with nothing but the points, for when the page of a report can't be made.

It uses no templates, pictures or style sheet file, so that little is left that could fail.
"""

import base64
import hashlib
from collections.abc import Iterator

from markupsafe import Markup

from grader.outputs.escaping import escape_controls
from grader.outputs.manual_view import describe_item, describe_waiting
from grader.outputs.visibility import describe_shown_score, show_to_student
from grader.outputs.wording import MARKS, describe_failure, format_points
from grader.report.budget import cut_text
from grader.report.model import Report

_MAX_ROWS = 200
_MAX_CELL = 100

# Long words are broken, so that nothing is wider than a small screen.
_STYLE = Markup(
    "body{font-family:system-ui,sans-serif}h1,p,tbody th{overflow-wrap:anywhere}"
    "caption,th,td{text-align:left;padding:.2em .5em .2em 0}"
)
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = Markup(f"default-src 'none'; style-src 'sha256-{_DIGEST}'")  # noqa: S704 - a digest

_PAGE = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{headline}, {name}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{headline}</h1>
<p>{name}</p>
<p>This page could not be made in full ({reason}). That is a fault of the grader: it says nothing
about the submission, and the score does not change. The JSON report has the rest.</p>
{parts}
</main>
</body>
</html>
"""
)
_TABLE = Markup(
    '<table>\n<caption>Functions</caption>\n<thead><tr><th scope="col">Function</th>'
    '<th scope="col">Points</th><th scope="col">Status</th></tr></thead>\n<tbody>\n{}\n</tbody>'
    "\n</table>"
)
_ROW = Markup('<tr><th scope="row">{}</th><td>{} / {}</td><td>{}</td></tr>')


def render_brief_page(report: Report, reason: str) -> str:
    """Return the page of a report whose usual page can't be made.

    Args:
        report: The report; what its student may not see is removed.
        reason: What went wrong, in a few words.
    """
    try:
        parts = list(_parts(show_to_student(report)))
    except Exception:  # noqa: BLE001 - the last edge: not even the points can be shown
        parts = []
    return str(
        _PAGE.format(
            policy=_POLICY,
            style=_STYLE,
            headline=describe_shown_score(report),
            name=_line(report.submission.name),
            reason=_line(reason),
            parts=Markup("\n").join(parts),
        )
    )


def _parts(report: Report) -> Iterator[Markup]:
    if report.error:
        yield Markup("<p>{}</p>").format(_line(describe_failure(report), 10 * _MAX_CELL))
    rows = [
        _ROW.format(
            _line(one.name),
            format_points(one.score),
            format_points(one.max_score),
            MARKS[one.status].word,
        )
        for one in report.functions[:_MAX_ROWS]
    ]
    if rows:
        yield _TABLE.format(Markup("\n").join(rows))
    yield from (Markup("<p>{}</p>").format(_line(describe_item(one))) for one in report.manual)
    if waiting := describe_waiting(report):
        yield Markup("<p>{}</p>").format(_line(waiting, 10 * _MAX_CELL))
    if len(report.functions) > _MAX_ROWS:
        yield Markup("<p>and {} more functions</p>").format(len(report.functions) - _MAX_ROWS)


def _line(text: str, limit: int = _MAX_CELL) -> str:
    """Return a text as one short line."""
    return escape_controls(" ".join(cut_text(text, limit).split()))
