"""The two files for Vocareum: criteria as in the rubric, and the files for each outcome."""

import re

import pytest
from due_points import points_of
from fakes import check_result, make_report
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    ALL_LATE,
    FULL,
    GRADER_ERROR,
    HIDDEN,
    PARTIAL,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_LATE,
    class_work_of,
    graded_reports,
    run_export,
    work_of,
)

from grader.errors import UsageError
from grader.exports.student_view import student_view
from grader.exports.vocareum import export
from grader.report.model import Report

EVERY = [name for name in SAMPLES if "huge" not in name and "unreadable" not in name]
LINE = re.compile(r"([^,\n]+),([0-9]+(?:\.[0-9]+)?)\n")


def write(
    report: Report, *, is_after_due: bool = False, **settings: str
) -> tuple[dict[str, float] | None, str]:
    """Export a report, and return its grades (None if there are none) and the text."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **settings))
    assert not left_out
    text = files["report.txt"].decode()
    if "grades.csv" not in files:
        return None, text
    grades = files["grades.csv"].decode()
    found = LINE.findall(grades)
    assert "".join(f"{name},{points}\n" for name, points in found) == grades
    assert len(dict(found)) == len(found)
    return {name: float(points) for name, points in found}, text


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the files with it."""
    grades, text = write(report, is_after_due=is_after_due)

    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in text
    expected = points_of(report, is_after_due=is_after_due)
    has_score = expected is not None and expected.has_score
    if not has_score or not shown.report.functions:
        assert grades is None
        return
    assert grades is not None
    assert sum(grades.values()) == pytest.approx(shown.report.score)
    assert list(grades) == [function.name for function in shown.report.functions]


@pytest.mark.parametrize("name", EVERY)
def test_files_of_every_kind_of_report_keep_the_rules(name: str) -> None:
    """Every sample makes valid files, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_files_of_any_report_keep_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes valid files."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_criterion() -> None:
    """Each function is a criterion with its points, and the text describes it."""
    grades, text = write(PARTIAL)

    assert grades == {"update": 3.0, "mse": 5.0}
    assert "update: 3 of 5 points, partly right" in text


def test_whole_score_can_be_one_criterion() -> None:
    """The whole score goes to one criterion if its name is given."""
    assert write(PARTIAL, criterion="Lab 4")[0] == {"Lab 4": 8.0}
    assert write(UNREADABLE, criterion="Lab 4")[0] == {"Lab 4": 0.0}


def test_fault_of_the_grader_has_no_grades() -> None:
    """A fault of the grader has no grades, even if the criterion is given."""
    grades, text = write(GRADER_ERROR, criterion="Lab 4")

    assert grades is None
    assert "not a zero" in text


def test_unreadable_submission_has_a_zero_for_each_function_of_the_class() -> None:
    """An unreadable submission gets a zero for each function, which are known from its class."""
    files, left_out = run_export(export, class_work_of(FULL, UNREADABLE))

    assert not left_out
    assert files["s1/grades.csv"] == b"update,0.0\nmse,0.0\n"


def test_unreadable_submission_alone_needs_the_name_of_the_criterion() -> None:
    """A single unreadable submission has no functions, so it needs the name of a criterion."""
    files, left_out = run_export(export, work_of(UNREADABLE))

    assert not files
    assert "--set criterion=NAME" in left_out[0].reason


def test_name_that_would_break_the_line_is_refused() -> None:
    """A criterion with a comma is refused, as the file has no way to quote it."""
    with pytest.raises(UsageError, match="comma"):
        run_export(export, work_of(FULL, criterion="Lab, 4"))


def test_function_whose_name_would_break_the_line_is_left_out() -> None:
    """A report with a function whose name has a comma is left out, with the reason."""
    report = make_report(check_result("a,b/c"))

    files, left_out = run_export(export, work_of(report))

    assert not files
    assert "comma" in left_out[0].reason


def test_points_that_wait_are_announced_and_not_earned_yet() -> None:
    """Points that wait are mentioned before the due date, and have their grade after it."""
    grades, text = write(WITH_LATE)

    assert grades == {"update": 3.0, "mse": 1.0}
    assert "5 more points depend on checks shown after the due date" in text
    assert write(WITH_LATE, is_after_due=True)[0] == {"update": 3.0, "mse": 1.0, "train": 0.0}
    assert write(ALL_LATE, criterion="Lab 4")[0] is None
