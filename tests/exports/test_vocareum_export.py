"""The two files of Vocareum: criteria as in the rubric, and what each outcome becomes."""

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
    report: Report, *, is_after_due: bool = False, **said: str
) -> tuple[dict[str, float] | None, str]:
    """Export a report: its grades, None where there are none, and what is said."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **said))
    assert not left_out
    told = files["report.txt"].decode()
    if "grades.csv" not in files:
        return None, told
    grades = files["grades.csv"].decode()
    found = LINE.findall(grades)
    assert "".join(f"{name},{points}\n" for name, points in found) == grades
    assert len(dict(found)) == len(found)
    return {name: float(points) for name, points in found}, told


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and hold what was written against it."""
    grades, told = write(report, is_after_due=is_after_due)

    assert HIDDEN not in told
    assert is_after_due or WAITING not in told
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in told
    expected = points_of(report, is_after_due=is_after_due)
    can_be_said = expected is not None and expected.can_be_said
    if not can_be_said or not shown.report.functions:
        assert grades is None
        return
    assert grades is not None
    assert sum(grades.values()) == pytest.approx(shown.report.score)
    assert list(grades) == [function.name for function in shown.report.functions]


@pytest.mark.parametrize("name", EVERY)
def test_files_of_every_kind_of_report_keep_the_rules(name: str) -> None:
    """Hostile text included."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_files_of_any_report_keep_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Of any class of checks and any text."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_criterion() -> None:
    """With its points; the report says the rest."""
    grades, told = write(PARTIAL)

    assert grades == {"update": 3.0, "mse": 5.0}
    assert "update: 3 of 5 points, partly right" in told


def test_whole_score_can_be_one_criterion() -> None:
    """By its name in the rubric."""
    assert write(PARTIAL, criterion="Lab 4")[0] == {"Lab 4": 8.0}
    assert write(UNREADABLE, criterion="Lab 4")[0] == {"Lab 4": 0.0}


def test_fault_of_the_grader_has_no_grades() -> None:
    """Also not where the criterion is known."""
    grades, told = write(GRADER_ERROR, criterion="Lab 4")

    assert grades is None
    assert "not a zero" in told


def test_unreadable_submission_has_a_zero_for_each_function_of_the_class() -> None:
    """Of the class they are known."""
    files, left_out = run_export(export, class_work_of(FULL, UNREADABLE))

    assert not left_out
    assert files["s1/grades.csv"] == b"update,0.0\nmse,0.0\n"


def test_unreadable_submission_alone_needs_the_name_of_the_criterion() -> None:
    """Its report has no functions to name."""
    files, left_out = run_export(export, work_of(UNREADABLE))

    assert not files
    assert "--set criterion=NAME" in left_out[0].reason


def test_name_that_would_break_the_line_is_refused() -> None:
    """There is no way to quote it."""
    with pytest.raises(UsageError, match="comma"):
        run_export(export, work_of(FULL, criterion="Lab, 4"))


def test_function_whose_name_would_break_the_line_is_left_out() -> None:
    """One criterion for the whole is a way out."""
    report = make_report(check_result("a,b/c"))

    files, left_out = run_export(export, work_of(report))

    assert not files
    assert "comma" in left_out[0].reason


def test_points_that_wait_are_told_and_not_earned_yet() -> None:
    """After the due date they are there."""
    grades, told = write(WITH_LATE)

    assert grades == {"update": 3.0, "mse": 1.0}
    assert "5 more points are checked after the due date" in told
    assert write(WITH_LATE, is_after_due=True)[0] == {"update": 3.0, "mse": 1.0, "train": 0.0}
    assert write(ALL_LATE, criterion="Lab 4")[0] is None
