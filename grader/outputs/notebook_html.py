"""A report inside a notebook, as an HTML fragment.

It must look right in the light and dark themes of every front end, so text and borders inherit
their colour. Styles are inline, because a style sheet would affect the rest of the page, and some
front ends remove it. There are no scripts, and nothing is loaded from elsewhere.
"""

from collections.abc import Iterable

from markupsafe import Markup

from grader.outputs.escaping import escape_report
from grader.outputs.function_view import FailureView, FunctionView
from grader.outputs.manual_view import describe_item, describe_waiting
from grader.outputs.report_view import ReportView, view_report
from grader.outputs.self_check import describe_self_check
from grader.outputs.visibility import describe_pending, describe_shown_score, show_to_student
from grader.outputs.wording import (
    ENDED_EARLY,
    describe_failure,
    describe_missing_locks,
    describe_output,
    describe_score,
    symbol_in_browser,
)
from grader.report.budget import cut_text
from grader.report.model import ManualItem, Report, ReportStatus, Status

_SHOWN_OUTPUT_CHARACTERS = 10_000
_MAX_BYTES = 250 * 1024

# For the symbols only, each of which has a word beside it: a contrast of at least 3:1 on white and
# on black.
_COLORS = {"green": "#2a9d4a", "yellow": "#b7791f", "red": "#d64541", "dim": "inherit"}

_FRAME = Markup(
    '<div style="max-width: 50rem; line-height: 1.45; color: inherit; text-align: left">{}</div>'
)
_LINE = Markup('<p style="margin: 0.3em 0; white-space: pre-wrap; overflow-wrap: anywhere">{}</p>')
_HEADLINE = Markup(
    '<p style="margin: 0.3em 0 0.6em; overflow-wrap: anywhere">'
    '<strong style="font-size: 1.25em">{}</strong> <span style="opacity: 0.8">&nbsp;{}</span></p>'
)

# Fixed widths, so that the columns of all rows line up; on a narrow screen the words wrap. What can
# be clicked is at least 24 px high, whatever the size of a notebook's text.
_ROW = Markup(
    '<span style="display: inline-flex; flex-wrap: wrap; gap: 0 0.42em; vertical-align: top;'
    ' align-items: baseline; min-height: 24px; width: calc(100% - 1.3em)">'
    '<span aria-hidden="true" style="width: 1em; text-align: center; font-weight: bold;'
    ' color: {color}">{symbol}</span>'
    '<code style="width: 15.6ch; {plain}; {weight}">{name}</code>'
    '<span style="width: 3.4em; white-space: nowrap; font-variant-numeric: tabular-nums">'
    "{points} / {max_points}</span>"
    "<span>{word}</span></span>"
)
_PLAIN_CODE = (
    "background: none; color: inherit; padding: 0; font-size: 1em; overflow-wrap: anywhere"
)
# Indented by the width of the triangle of a row that can be opened.
_CLOSED_ROW = Markup('<div style="margin: 0.15em 0; padding-left: 1.05em">{}</div>')
_OPEN_ROW = Markup(
    '<details{state} style="margin: 0.15em 0"><summary style="cursor: pointer">{row}</summary>'
    '<div style="margin: 0.2em 0 0.9em 1.3em; padding-left: 1em; border-left: 3px solid;'
    ' border-color: color-mix(in srgb, currentColor 30%, transparent)">{failures}</div></details>'
)
_FOLDED = Markup(
    '<details style="margin: 0.6em 0"><summary style="cursor: pointer; padding: 3px 0">{}</summary>'
    "{}</details>"
)
_TITLE = Markup(
    '<p style="margin: 0.6em 0 0.2em; overflow-wrap: anywhere"><strong>{title}</strong> ({points})'
    "{more}</p>"
)
_CODE = Markup(
    '<div style="flex: 1 1 15em; min-width: 0"><div style="margin: 0.5em 0 0; font-size: 0.9em;'
    ' opacity: 0.8">{label}</div>'
    '<pre style="margin: 0.1em 0; padding: 0.4em 0.7em; border: 1px solid;'
    " border-color: color-mix(in srgb, currentColor 30%, transparent); border-radius: 4px;"
    " background: none; color: inherit; font-family: var(--jp-code-font-family, monospace);"
    ' white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4">{text}</pre></div>'
)
_BESIDE = Markup('<div style="display: flex; flex-wrap: wrap; gap: 0 0.8em">{}</div>')
_HINT = Markup('<p style="margin: 0.5em 0; overflow-wrap: anywhere"><strong>Hint:</strong> {}</p>')


def report_to_html(report: Report) -> str:
    """Return a report as HTML: a row for each function, and the reason for each failure.

    The first function with a failure is unfolded, and those of which there is only a line to say.
    """
    try:
        visible = escape_report(show_to_student(report), encoding="utf-8")
        if visible.error:
            return line_to_html(describe_failure(visible))
        parts = _within_limit(_parts(visible))
        sentences = (
            describe_waiting(visible),
            describe_pending(report),
            *describe_self_check(visible),
        )
        parts += map(_LINE.format, filter(None, sentences))
        return str(_FRAME.format(Markup("\n").join(parts)))
    except Exception as error:  # noqa: BLE001 - an edge: the score is shown, whatever fails
        return line_to_html(
            f"{describe_shown_score(report)}. The report can't be shown in full: the grader failed "
            f"({type(error).__name__})."
        )


def _within_limit(parts: Iterable[Markup]) -> list[Markup]:
    """Leave out the parts that are too long together, and say so."""
    kept: list[Markup] = []
    room, is_cut = _MAX_BYTES, False
    for part in parts:
        size = len(part.encode())
        if size <= room:
            kept.append(part)
            room -= size
        else:
            is_cut = True
    if is_cut:
        kept.append(_LINE.format("Some of the report is left out, because it is too long."))
    return kept


def line_to_html(text: str) -> str:
    """Return one line of text as HTML, such as the progress or why there is no report."""
    return str(_FRAME.format(_LINE.format(text)))


def _parts(report: Report) -> Iterable[Markup]:
    view = view_report(report)
    yield _HEADLINE.format(describe_score(report), report.assignment.title)
    yield from map(_LINE.format, view.causes)
    is_first = True
    for function in view.functions:
        if not function.failures and not function.remark:
            yield _CLOSED_ROW.format(_row(function))
            continue
        state = Markup(" open") if is_first or function.remark else ""
        remark = _LINE.format(function.remark) if function.remark else Markup("")
        shown = remark + Markup("").join(map(_failure, function.failures))
        yield _OPEN_ROW.format(state=state, row=_row(function), failures=shown)
        is_first = is_first and not function.failures
    yield from map(_manual, report.manual)
    yield from _rest(report, view)


def _row(function: FunctionView) -> Markup:
    return _ROW.format(
        color=_COLORS[function.mark.color],
        symbol=symbol_in_browser(function.status),
        plain=_PLAIN_CODE,
        weight="font-weight: normal" if function.status is Status.MISSING else "font-weight: 600",
        name=function.name,
        points=function.score,
        max_points=function.max_score,
        word=function.mark.word,
    )


def _manual(item: ManualItem) -> Markup:
    """Name an answer that a person marks; the cells that were run say nothing about its text."""
    return _LINE.format(f"{describe_item(item)}: {item.title}")


def _failure(failure: FailureView) -> Markup:
    more = f" {failure.remark}" if failure.remark else ""
    parts = [_TITLE.format(title=failure.title, points=failure.points, more=more)]
    if failure.message:
        parts.append(_LINE.format(failure.message))
    if failure.example is not None:
        parts.append(_CODE.format(label="Try it in a new cell", text=failure.example.code))
        if failure.example.expected:
            values = _CODE.format(label="Got", text=failure.example.got)
            values += _CODE.format(label="Should be", text=failure.example.expected)
            parts.append(_BESIDE.format(values))
    if failure.hint:
        parts.append(_HINT.format(failure.hint))
    if failure.read_on:
        parts.append(_LINE.format(failure.read_on))
    return Markup("").join(parts)


def _rest(report: Report, view: ReportView) -> Iterable[Markup]:
    if report.status is ReportStatus.STOPPED:
        yield _LINE.format(f"Grading {ENDED_EARLY}.")
    if view.notes:
        notes = Markup("").join(map(_LINE.format, view.notes))
        plural = "s" if len(view.notes) != 1 else ""
        yield _FOLDED.format(f"{len(view.notes)} note{plural}", notes)
    if report.output.strip():
        text = report.output.rstrip("\n")
        cut = cut_text(text, _SHOWN_OUTPUT_CHARACTERS, ellipsis="\n...")
        shown = _CODE.format(label="", text=cut)
        yield _FOLDED.format(describe_output(report), shown)
    if report.isolation.missing:
        yield _LINE.format(describe_missing_locks(report.isolation.missing))
