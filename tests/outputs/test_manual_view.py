"""Answers that a person marks: all that shows a report or a class says that they wait."""

import io

import msgspec
import pytest
from class_fakes import ASSIGNMENT
from fakes import check_result, make_report
from manual_samples import marked_item, waiting_item
from rich.cells import cell_len
from rich.console import Console

from grader.outputs.class_page import write_class_page
from grader.outputs.class_terminal import show_class
from grader.outputs.manual_view import describe_waiting, view_manual
from grader.outputs.notebook_html import report_to_html
from grader.outputs.pages.brief_page import render_brief_page
from grader.outputs.pages.student_page import (
    MAX_PAGE_BYTES,
    render_student_page,
    update_student_page,
)
from grader.outputs.terminal import show_report
from grader.outputs.visibility import show_to_student
from grader.report.budget import MAX_ANSWER, MAX_REPORT_BYTES, fit_report
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.compare_classes import compare_classes
from grader.report.manual import is_judged_in_full, with_items
from grader.report.model import (
    ManualItem,
    ManualMark,
    Report,
    ReportStatus,
    RubricLevel,
    Visibility,
)
from grader.report.outline import read_outline
from grader.report.schema import report_to_json

AUTOMATIC = make_report(check_result("double/a", max_points=3.0))
OPEN = with_items(AUTOMATIC, (waiting_item(), marked_item(1.5, "plot", 2.0)))
DONE = with_items(AUTOMATIC, (marked_item(5.0), marked_item(2.0, "plot", 2.0)))
WORD = "supercalifragilistic" * 20
HOSTILE = "<script>pwned()</script><!-- /marks --><!-- /head --></header>\x1b[31m\u202e"
LONG = with_items(
    AUTOMATIC,
    (
        waiting_item(
            WORD[:64],
            title=WORD,
            answer=WORD * 100,
            problem=WORD,
            outdated=ManualMark(points=1.0, comment=WORD),
        ),
        marked_item(2.5, comment=f"{WORD}\n\n    indented {WORD}"),
    ),
)


def in_terminal(report: Report, width: int = 80, *, encoding: str = "utf-8") -> str:
    """Return what a terminal shows."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show_report(report, Console(file=file, width=width, color_system=None))
    file.flush()
    return file.buffer.getvalue().decode(encoding)


def summary_of(*reports: Report) -> ClassSummary:
    """Return a class with these reports."""
    figures = ClassFigures()
    for place, report in enumerate(reports):
        outline = read_outline(report_to_json(report).encode())
        figures.add(outline, id=f"s{place}", student=Student(name=f"S{place}"), file="a.py")
    names = tuple(one.name for one in reports[0].functions)
    return figures.finish(assignment=ASSIGNMENT, max_score=10.0, function_names=names)


def page_of(summary: ClassSummary) -> str:
    """Return the page of a class."""
    file = io.StringIO(newline="")
    write_class_page(summary, file)
    return file.getvalue()


# --- one submission -----------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
def test_terminal_says_what_waits_and_what_was_given(width: int) -> None:
    """The total is one so far, and the last line says why."""
    shown = in_terminal(OPEN, width)

    assert "… why                 - / 5   waits for a person\n    Explain why" in shown
    assert "◐ plot              1.5 / 2   marked" in shown
    assert "        Well said.\n        Marked by Ada on 2026-11-30\n" in shown
    assert shown.rstrip().endswith(
        "4.5 of 10 points so far\n5 points of the maximum wait for a person to mark: why"
    )


def test_terminal_of_a_marked_report_says_nothing_of_waiting() -> None:
    """The total is the whole."""
    shown = in_terminal(DONE)

    assert shown.rstrip().endswith("\n10 of 10 points")
    assert "wait" not in shown


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, encoding: str) -> None:
    """Whatever an author, a student or a marker writes."""
    shown = in_terminal(LONG, width, encoding=encoding)
    table_rows = (line for line in shown.splitlines() if WORD[:64] not in line)

    assert all(cell_len(line) <= width for line in table_rows)


def test_one_point_waits() -> None:
    """The verb agrees with it."""
    report = with_items(AUTOMATIC, (waiting_item(max_points=1.0),))

    assert describe_waiting(report) == "1 point of the maximum waits for a person to mark: why"


def test_page_shows_the_answer_the_rubric_and_the_mark() -> None:
    """With the score so far at the top."""
    page = render_student_page(OPEN)

    assert "<h1>4.5 of 10 points so far</h1>" in page
    assert "<title>4.5 of 10 points so far," in page
    assert "waits for a person</span>" in page
    assert "<pre>Because of the chain rule.</pre>" in page
    assert "5 points, complete" in page
    assert "Well said." in page


def test_nothing_on_a_page_is_markup_of_a_student_or_marker() -> None:
    """Nor can it end a part of the page that marks change."""
    item = waiting_item(answer=HOSTILE, title=HOSTILE, problem=HOSTILE)
    mark = ManualMark(points=1.0, comment=HOSTILE, level=HOSTILE, by=HOSTILE)
    marked = msgspec.structs.replace(item, points=1.0, mark=mark)

    page = render_student_page(with_items(AUTOMATIC, (item,)))
    updated = update_student_page(page, with_items(AUTOMATIC, (marked,)))

    for one in (page, updated):
        assert "<script>" not in one
        assert "\x1b" not in one
        assert one.count("<!-- /marks -->") == one.count("<!-- /head -->") == 1
        assert one.count("</header>") == 1
    assert updated == render_student_page(with_items(AUTOMATIC, (marked,)))


@pytest.mark.parametrize("page", ["", "<title>x</title>", render_brief_page(OPEN, "x")])
def test_a_page_that_has_no_such_parts_is_written_anew(page: str) -> None:
    """A brief one, or that of an older version."""
    assert update_student_page(page, DONE) == render_student_page(DONE)


def test_brief_page_and_notebook_say_it_too() -> None:
    """Nobody reads a part of the points as all of them."""
    for html in (render_brief_page(OPEN, "x"), report_to_html(OPEN)):
        assert "4.5 of 10 points so far" in html
        assert "why: waits for a person, worth up to 5 points" in html
        assert "5 points of the maximum wait for a person to mark: why" in html


def test_a_notebook_says_nothing_of_text_that_the_kernel_has_not_seen() -> None:
    """`%grade` gets the cells that were run, among which there are no headings."""
    report = with_items(AUTOMATIC, (waiting_item(problem="there is no such heading"),))

    assert "heading" not in report_to_html(report)


def test_report_and_page_stay_short() -> None:
    """Whatever is in the answers, of however many units."""
    items = tuple(
        waiting_item(
            f"unit{place}",
            answer="\x01&" * MAX_ANSWER,
            title=WORD,
            rubric=tuple(
                RubricLevel(points=1.0, title=f"{level}{WORD}", description=WORD * 9)
                for level in range(20)
            ),
            outdated=ManualMark(points=1.0, comment=WORD * 100),
        )
        for place in range(60)
    )
    report = with_items(AUTOMATIC, items)

    fitted = fit_report(report)

    assert len(report_to_json(fitted).encode()) <= MAX_REPORT_BYTES
    assert [one.digest for one in fitted.manual] == [one.digest for one in items]
    assert all(one.is_cut for one in fitted.manual)
    page = render_student_page(fitted)
    assert len(page.encode()) <= MAX_PAGE_BYTES
    assert "unit59" in page
    assert "too long" not in page


def test_hidden_checks_leave_the_marks_alone() -> None:
    """A student sees them, and they are in both sums."""
    hidden = with_items(
        make_report(
            check_result("double/a", max_points=3.0),
            check_result("double/b", max_points=2.0, visibility=Visibility.AFTER_DUE_DATE),
        ),
        OPEN.manual,
    )

    shown = show_to_student(hidden)

    assert (shown.score, shown.max_score) == (4.5, 10.0)
    assert (hidden.score, hidden.max_score) == (6.5, 12.0)


def test_all_points_that_were_judged_are_enough_for_now() -> None:
    """`grade` exits with 0 if nothing but a person's points is missing."""
    waiting = with_items(AUTOMATIC, (waiting_item(),))

    assert [is_judged_in_full(one) for one in (waiting, DONE, OPEN)] == [True, True, False]


@pytest.mark.parametrize("status", [ReportStatus.UNREADABLE, ReportStatus.GRADER_ERROR])
def test_a_file_that_was_not_graded_has_nothing_to_mark(status: ReportStatus) -> None:
    """Its student has to hand in another one, or it is graded again."""
    report = msgspec.structs.replace(AUTOMATIC, status=status)

    assert with_items(report, (waiting_item(),)) == report


def test_a_view_has_what_is_odd_about_an_answer() -> None:
    """That an earlier one was marked is a part of it."""
    item: ManualItem = waiting_item(
        problem="there is no such heading", outdated=ManualMark(points=3.0)
    )

    (view,) = view_manual([item])

    assert view.remark == (
        "There is no such heading. An earlier answer was given 3 of 5 points; this one is marked "
        "anew"
    )


# --- a class ------------------------------------------------------------------------------


def test_stats_say_how_many_answers_wait() -> None:
    """Above the figures that are without their points."""
    file = io.StringIO()
    show_class(summary_of(OPEN, DONE, OPEN), Console(file=file, width=80, color_system=None))
    shown = file.getvalue()

    assert "2 answers wait for a person, so 2 scores are not final" in shown
    assert "why: 1 marked, mean 5 of 5 points; 2 answers wait for a person" in shown
    assert "plot: 3 marked, mean 1.7 of 2 points\n" in shown


def test_class_page_has_a_column_for_each_answer() -> None:
    """With a sign for those that wait, in the legend too."""
    page = page_of(summary_of(OPEN, DONE, make_report(status=ReportStatus.UNREADABLE, score=0.0)))

    assert "<td class=s>4.5 …<td class=p>✓<td class=h>…<td class=h>◐ 1.5" in page
    assert "<td class=s>10<td class=p>✓<td class=p>✓ 5<td class=p>✓ 2" in page
    assert "<td class=m colspan=3>can&#39;t be graded" in page
    assert "answers that wait for a person" in page
    assert "why / 5" in page


def test_class_page_without_such_answers_says_nothing_of_them() -> None:
    """Most assignments have none."""
    page = page_of(summary_of(AUTOMATIC))

    assert "for a person" not in page
    assert "Marked by a person" not in page


def test_a_new_mark_is_a_difference_between_two_gradings() -> None:
    """Also one of 0 points, which changes no score."""

    def grading(report: Report) -> object:
        from grader.report.compare_classes import Grading

        outline = read_outline(report_to_json(report).encode())
        return Grading(summary=summary_of(report), read_report=lambda _: outline, is_single=False)

    zero = with_items(AUTOMATIC, (marked_item(0.0), marked_item(1.5, "plot", 2.0)))
    found = compare_classes(grading(OPEN), grading(zero))  # type: ignore[arg-type]

    ((change,),) = [one.points for one in found.changes]
    assert (change.id, change.old_points, change.new_points) == ("why", None, 0.0)
