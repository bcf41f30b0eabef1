"""The page of a class: one file, readable without its script, that links to all reports.

It is written in pieces, so that ten thousand rows are never held in one string.
"""

import base64
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import jinja2
from markupsafe import Markup

from grader.outputs import class_view
from grader.outputs.class_wording import (
    ADVICE_FOR_FAULTS,
    ADVICE_FOR_UNREADABLE,
    HOW_TO_LEARN,
    ROW_MARKS,
    count_of,
    describe_problems,
    describe_waiting_answers,
    format_figure,
    format_seconds,
    show_line,
)
from grader.outputs.escaping import escape_controls
from grader.outputs.wording import format_points
from grader.report.class_model import (
    ClassSummary,
    FunctionScore,
    ManualScore,
    Row,
    RowStatus,
)
from grader.report.model import Status

_TEMPLATES = Path(__file__).with_name("class_templates")
_MISCONCEPTIONS_OPEN = 15
_CLUSTERS_OPEN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage:
    """What the page of a class has besides if a service shows it while the class hands in.

    Attributes:
        links: Where it leads, as pairs of text and address.
        remark: What else is to be said at its top, as a sentence.
        advice_for_faults: What to do about submissions that the grader failed on.
        state_url: Where the page asks whether anything has changed.
        version: What that answers as long as nothing has.
        pause_s: After how many seconds it asks; without scripts, it is loaded anew.
    """

    links: Sequence[tuple[str, str]]
    remark: str
    advice_for_faults: str
    state_url: str
    version: str
    pause_s: int


def write_class_page(summary: ClassSummary, file: TextIO, *, live: LivePage | None = None) -> None:
    """Write the page of a class.

    Args:
        summary: The class.
        file: A text file in UTF-8. The reports that the page links to are in ``reports`` beside it.
        live: What the page of a service has besides.
    """
    misconceptions = class_view.view_misconceptions(summary)
    clusters = class_view.view_clusters(summary)
    absent = class_view.rows_with(summary, RowStatus.NOT_HANDED_IN)
    page = _make_environment().get_template("class.html.j2")
    parts = page.generate(
        summary=summary,
        policy=class_page_policy(is_live=live is not None),
        live=live,
        live_script=_read("class_live.js"),
        style=_read("class.css"),
        script=_read("class.js"),
        headline=class_view.view_headline(summary),
        faults=class_view.rows_with(summary, RowStatus.GRADER_ERROR),
        unreadable=class_view.rows_with(summary, RowStatus.UNREADABLE),
        advice_for_faults=ADVICE_FOR_FAULTS if live is None else live.advice_for_faults,
        advice_for_unreadable=ADVICE_FOR_UNREADABLE,
        histogram=class_view.view_histogram(summary),
        graded=class_view.count_graded(summary),
        looks=class_view.LOOKS,
        waiting_look=class_view.WAITING_LOOK,
        waiting=describe_waiting_answers(summary),
        chunks=class_view.chunk_rows(summary),
        cells_of=_cells_writer(summary),
        loading=class_view.view_loading(summary),
        misconceptions=misconceptions[:_MISCONCEPTIONS_OPEN],
        rarer=misconceptions[_MISCONCEPTIONS_OPEN:],
        clusters=clusters[:_CLUSTERS_OPEN],
        rarer_clusters=clusters[_CLUSTERS_OPEN:],
        how_to_learn=HOW_TO_LEARN,
        failed_by_all=[one for one in summary.checks if one.graded and not one.passed],
        passed_by_all=[one for one in summary.checks if one.graded and one.passed == one.graded],
        slowest=class_view.view_slowest(summary),
        total_s=summary.timing.get("total_s"),
        absent=class_view.view_people(absent),
        RowStatus=RowStatus,
    )
    file.writelines(parts)


@functools.cache
def _make_environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every text on the page becomes one line, with invisible characters made visible.
        finalize=lambda value: show_line(value) if type(value) is str else value,
    )
    environment.filters.update(
        points=format_points,
        figure=format_figure,
        seconds=format_seconds,
        lines=lambda text: Markup.escape(escape_controls(text)),
    )
    environment.globals.update(
        person=class_view.view_person,
        bar=class_view.view_bar,
        share=class_view.share_of,
        count_of=count_of,
        describe_problems=describe_problems,
        row_marks=ROW_MARKS,
    )
    return environment


@functools.cache
def _read(name: str) -> Markup:
    """Read a file that every page contains. It is our own, so it is not escaped."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def class_page_policy(*, is_live: bool) -> str:
    """Return the content security policy: the page's own style sheet and scripts, nothing else.

    Args:
        is_live: Whether it is the page of a service, which the page may ask for news.
    """
    scripts = ("class.js", "class_live.js") if is_live else ("class.js",)
    policy = (
        f"default-src 'none'; style-src {_source('class.css')}; "
        f"script-src {' '.join(map(_source, scripts))}; base-uri 'none'; form-action 'none'"
    )
    return f"{policy}; connect-src 'self'" if is_live else policy


def _source(name: str) -> str:
    digest = hashlib.sha256(_read(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _cells_writer(summary: ClassSummary) -> "functools._lru_cache_wrapper[Markup]":
    """Return a function that writes the cells of a row.

    It is cached, because there are many rows but few different cells. It leaves out the closing
    tags that are optional in HTML, to keep the page small.
    """
    columns = len(summary.functions) + len(summary.manual)
    manual = [one.id for one in summary.manual]

    @functools.cache
    def write_cell(cell: FunctionScore) -> str:
        look = class_view.LOOKS[cell.status]
        is_clear = cell.status in (Status.PASSED, Status.MISSING)
        text = look.sign if is_clear else f"{look.sign} {format_points(cell.score)}"
        return f"<td class={look.style}>{text}"

    @functools.cache
    def write_manual(scores: tuple[ManualScore, ...]) -> str:
        known = {one.id: one for one in scores}
        return "".join(map(_write_manual, (known.get(id_) for id_ in manual)))

    @functools.lru_cache(maxsize=1)
    def write_cells(row: Row) -> Markup:
        if not row.cells:
            word = ROW_MARKS[row.status].word
            return Markup("<td class=m colspan={}>{}").format(columns or 1, word)
        cells = "".join(map(write_cell, row.cells)) + write_manual(row.manual)
        return Markup(cells)  # noqa: S704 - signs and numbers

    return write_cells


def _write_manual(one: ManualScore | None) -> str:
    """Write the cell of an answer that a person marks."""
    if one is None:
        return "<td class=m>"
    look = class_view.look_at(one)
    points = "" if one.points is None else f" {format_points(one.points)}"
    return f"<td class={look.style}>{look.sign}{points}"
