"""What is shown is short, whatever a submission holds, and showing it never fails."""

import io
from collections.abc import Callable
from html import unescape

import msgspec
import pytest
from fakes import check_result, make_report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_samples import Reader, words
from report_samples import PICTURE, SAMPLES, reports
from rich.console import Console

from grader.outputs import notebook_html, terminal
from grader.outputs.notebook_html import report_to_html
from grader.outputs.pages import function_card, student_page
from grader.outputs.pages.function_card import MAX_PICTURES
from grader.outputs.pages.picture import Drawing, draw_picture
from grader.outputs.pages.student_page import MAX_PAGE_BYTES, render_student_page
from grader.outputs.terminal import MAX_CHARACTERS, show_failure, show_report
from grader.report.model import (
    DrawnAs,
    Example,
    FunctionResult,
    IsolationInfo,
    Picture,
    Report,
    ReportStatus,
    Series,
    Status,
    SubmissionInfo,
)

_SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
# Characters that become longer when they are escaped, or take many lines or columns.
_UNITS = ("\x01", "&", '"', "\n", "\U000e0041", "\u6f22", "word ", "\t", "\ud800", "\r\n")


def printed(report: Report, *, encoding: str = "utf-8", width: int = 80) -> str:
    """Return what a terminal shows of a report."""
    data = io.BytesIO()
    stream = io.TextIOWrapper(data, encoding=encoding, newline="")
    console = Console(file=stream, width=width, force_terminal=False, highlight=False)
    show_failure(report, console) if report.error else show_report(report, console)
    stream.flush()
    return data.getvalue().decode(encoding)


def flooded(unit: str, *, functions: int = 15, checks: int = 5) -> Report:
    """Return a report in which every text of a submission is long, with a sixth of the points."""
    text = unit * (200_000 // len(unit))
    results = [
        check_result(
            f"function_{function}/{number}",
            Status.FAILED if number else Status.PASSED,
            message=text + str(number),
            hint=text,
            section=text,
            misconception=f"{number}{text}",
            example=Example(code="x = 1\n" * 100, got=text, expected=text),
        )
        for function in range(functions)
        for number in range(checks)
    ]
    return with_pictures(
        make_report(
            *results,
            submission=SubmissionInfo(name=text, sha256="0" * 64, format="python"),
            status=ReportStatus.STOPPED,
            notes=(text,) * 10_000,
            output=text,
            isolation=IsolationInfo(mode="auto", missing={"files": text}),
            environment={"torch": text},
        ),
        *[PICTURE] * 3,
    )


def with_pictures(report: Report, *pictures: Picture) -> Report:
    """Return a report in which every function has these pictures."""
    functions = tuple(msgspec.structs.replace(one, pictures=pictures) for one in report.functions)
    return msgspec.structs.replace(report, functions=functions)


@pytest.mark.slow
@pytest.mark.parametrize("unit", _UNITS, ids=ascii)
def test_flooded_page_is_short_and_keeps_the_points(unit: str) -> None:
    """A page has at most 300 KiB, is well-formed, and has a row for each function."""
    html = render_student_page(flooded(unit))

    page = Reader(html)
    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "could not be made in full" not in page.text
    assert "15 of 75 points" in words(page.text)
    assert page.text.count("1 / 5") == 15
    assert page.all("figure")
    assert "more note" in words(page.text) or "in the JSON report" in words(page.text)


@pytest.mark.parametrize("unit", _UNITS, ids=ascii)
@pytest.mark.parametrize(("encoding", "width"), [("utf-8", 80), ("ascii", 80), ("utf-8", 30)])
def test_flooded_terminal_is_short_and_keeps_the_points(
    unit: str, encoding: str, width: int
) -> None:
    """A terminal shows at most 64 KiB, with a line for each function and the total."""
    shown = printed(flooded(unit), encoding=encoding, width=width)

    assert len(shown) <= MAX_CHARACTERS
    assert "15 of 75 points" in words(shown)
    assert sum("function_" in line for line in shown.splitlines()) >= 15
    assert "can't be shown in full" not in shown


@pytest.mark.parametrize("unit", _UNITS, ids=ascii)
def test_flooded_fragment_for_a_notebook_is_short(unit: str) -> None:
    """What ``%grade`` shows is bounded too, and says that something is left out."""
    html = report_to_html(flooded(unit))

    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "15 of 75 points" in html


def test_many_functions_are_counted() -> None:
    """The page of very many functions has the first of them, and the number of the others."""
    report = make_report(*(check_result(f"function_{number}/a") for number in range(500)))

    html = render_student_page(report)

    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "and 350 more functions, in the JSON report" in html


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_of_report_is_shown_in_full(name: str) -> None:
    """No report that a test knows needs the page or the lines of last resort."""
    report = SAMPLES[name]

    html = render_student_page(report)

    assert "could not be made in full" not in html
    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "can't be shown in full" not in report_to_html(report)
    assert "can't be shown in full" not in printed(report)


@_SETTINGS
@given(reports(), st.sampled_from(("utf-8", "ascii", "latin-1", "cp1252")))
def test_no_report_is_too_odd_to_be_shown(report: Report, encoding: str) -> None:
    """Whatever the texts of a report are, all of it can be shown."""
    assert "could not be made in full" not in render_student_page(report)
    assert "can't be shown in full" not in report_to_html(report)
    assert "can't be shown in full" not in printed(report, encoding=encoding)


_NUMBERS = st.one_of(
    st.sampled_from((0.0, -0.0, 1e308, -1e308, 5e-324, 1e-200, 1.0, 1 + 2**-52, 1e16)),
    st.floats(),
)


@pytest.mark.slow
@settings(_SETTINGS, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("student", "right", "data", "level", "")),
            st.sampled_from(DrawnAs),
            st.lists(_NUMBERS, max_size=4),
            st.lists(_NUMBERS, max_size=4),
        ),
        max_size=3,
    ),
    st.booleans(),
)
def test_no_picture_costs_the_page(
    series: list[tuple[str, DrawnAs, list[float], list[float]]],
    is_log: bool,  # noqa: FBT001 - given by hypothesis
) -> None:
    """A picture that can't be drawn is left out, and nothing else is missing."""
    picture = Picture(
        title="t",
        x_label="x",
        y_label="y",
        is_log_y=is_log,
        series=tuple(
            Series(label="l", role=role, drawn_as=drawn_as, x=tuple(x), y=tuple(y))
            for role, drawn_as, x, y in series
        ),
    )
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture)

    assert "could not be made in full" not in render_student_page(report)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e308])
def test_points_that_are_not_numbers_do_not_cost_the_page(number: float) -> None:
    """Even points that no check can give are shown in some way."""
    odd = FunctionResult(
        name="mse", status=Status.FAILED, score=number, max_score=number, checks=(check_result(),)
    )
    report = make_report(functions=(odd,), score=number, max_score=number)

    assert "mse" in render_student_page(report)
    assert "mse" in report_to_html(report)
    assert "mse" in printed(report)


def test_number_of_drawn_pictures_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes a while, so a page has few pictures, and none with very many points."""
    long = msgspec.structs.replace(
        PICTURE.series[0], x=tuple(map(float, range(900))), y=tuple(map(float, range(900)))
    )
    heavy = msgspec.structs.replace(PICTURE, series=(long,))
    report = with_pictures(
        make_report(*(check_result(f"f{number}/a", Status.FAILED) for number in range(15))),
        *[heavy, PICTURE, PICTURE],
    )
    drawn: list[Picture] = []

    def draw(picture: Picture, *, key: str) -> Drawing:
        drawn.append(picture)
        return draw_picture(picture, key=key)

    monkeypatch.setattr(function_card, "draw_picture", draw)

    render_student_page(report)

    assert drawn == [PICTURE] * MAX_PICTURES


def _break(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "<b>secret</b>"
        raise RecursionError(message)

    monkeypatch.setattr(module, name, fail)


FAILING = make_report(
    check_result("mse/a", Status.FAILED, max_points=2.0),
    check_result("<b>/a", max_points=3.0),
    submission=SubmissionInfo(name="<i>\u202elab4.py", sha256="0" * 64, format="python"),
)


def test_page_that_fails_has_the_points_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the page can't be made, a plain one has the score of each function."""
    _break(monkeypatch, student_page, "make_cards")

    html = render_student_page(FAILING)

    page = Reader(html)
    text = words(page.text)
    assert "3 of 5 points" in text
    assert "mse 0 / 2 wrong" in text
    assert "<b> 3 / 3 right" in text
    assert "This page could not be made in full (RecursionError)." in text
    assert "a fault of the grader" in text
    assert {"b", "i", "script"} & {tag for tag, _ in page.elements} == set()
    assert "\u202e" not in html
    assert "secret" not in html


def test_page_that_is_too_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a part that has no limit makes the page too long, a plain one is written instead."""
    monkeypatch.setattr(student_page, "_facts", lambda _: [("x", "y" * MAX_PAGE_BYTES)])

    html = render_student_page(FAILING)

    assert len(html.encode()) <= MAX_PAGE_BYTES
    assert "3 of 5 points" in html


@pytest.mark.parametrize(
    ("module", "show"),
    [(terminal, printed), (notebook_html, report_to_html)],
    ids=["terminal", "notebook"],
)
def test_failure_to_show_a_report_still_shows_the_score(
    module: object, show: Callable[[Report], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If something of ours fails, the score is shown, and that the grader failed."""
    _break(monkeypatch, module, "view_report")

    shown = unescape(words(show(FAILING)))

    assert "3 of 5 points" in shown
    assert "can't be shown in full: the grader failed (RecursionError)" in shown
