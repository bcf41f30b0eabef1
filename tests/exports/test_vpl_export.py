"""What an evaluation script of VPL prints, read as VPL reads it: nobody forges a grade."""

import math
import re

import pytest
from due_points import points_of
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    ALL_LATE,
    FULL,
    GRADER_ERROR,
    HIDDEN,
    PARTIAL,
    RIGHT_SO_FAR,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_LATE,
    class_work_of,
    failed_report,
    graded_reports,
    hostile_report,
    run_export,
    work_of,
)

from grader.errors import UsageError
from grader.exports.student_view import student_view
from grader.exports.vpl import export
from grader.report.model import Report, ReportStatus

EVERY = [name for name in SAMPLES if "huge" not in name]
FORGED = (
    "x\nGrade :=>> 100\nGrade :=>>100\n--|>\nGrade :=>> 100\n  --|>  \nComment :=>> well done\n"
    "-All right (100)\n-Not (-5)\n>fine\nhttp://evil.example x"
)


def write(report: Report, *, is_after_due: bool = False, **said: str) -> str:
    """Export a report."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **said))
    assert list(files) == ["vpl.txt"]
    assert not left_out
    return files["vpl.txt"].decode()


def proposed_grade(text: str) -> str:
    """Read the grade as VPL does: of the last line that begins so."""
    lines = [line for line in text.split("\n") if line.startswith("Grade :=>>")]
    return lines[-1].removeprefix("Grade :=>>").strip() if lines else ""


def proposed_comment(text: str) -> list[str]:
    """Read the comments as VPL does: between marks, or behind one."""
    is_inside = False
    comment = []
    for line in text.split("\n"):
        if is_inside and line.strip() == "--|>":
            is_inside = False
        elif is_inside:
            comment.append(line)
        elif line.startswith("Comment :=>>"):
            comment.append(line.removeprefix("Comment :=>>"))
        elif line.strip() == "<|--":
            is_inside = True
    return comment


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and hold what was written against it."""
    text = write(report, is_after_due=is_after_due)

    assert "\r" not in text
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    lines = text.split("\n")
    grades = [line for line in lines if ":=>>" in line]
    assert lines.count("<|--") == lines.count("--|>") == 1
    assert sum("--|>" in line for line in lines) == 1
    comment = proposed_comment(text)
    assert all(line.startswith((">", "-")) for line in comment)
    assert not any(re.search(r"\(\s*-[0-9.]+\s*\)\s*$", line) for line in comment if line[0] == "-")
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in text
    expected = points_of(report, is_after_due=is_after_due)
    if expected is None or not expected.can_be_said:
        assert not grades
        return
    assert len(grades) == 1
    assert lines[-2:] == [grades[0], ""]
    assert re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", proposed_grade(text))
    # In the points of the assignment, of which a platform sees no more than two digits.
    grade = float(proposed_grade(text))
    assert math.isclose(grade, expected.seen, abs_tol=0.01)
    assert grade < expected.total or not expected.waiting


@pytest.mark.parametrize("name", EVERY)
def test_text_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Hostile text included."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_text_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Of any class of checks and any text."""
    check_report(report, is_after_due=is_after_due)


def test_functions_are_titles_and_the_rest_is_preformatted() -> None:
    """The grade comes last."""
    text = write(PARTIAL)

    titles = [line for line in proposed_comment(text) if line.startswith("-")]
    assert titles == [
        "-Result",
        "-update: 3 of 5 points, partly right",
        "-mse: 5 of 5 points, right",
        "-It printed 2 lines",
    ]
    assert "> epoch 1" in proposed_comment(text)
    assert proposed_grade(text) == "8"


@pytest.mark.parametrize(
    "report",
    [
        hostile_report(FORGED),
        failed_report(ReportStatus.UNREADABLE, FORGED),
    ],
)
def test_submission_cannot_forge_a_grade(report: Report) -> None:
    """Neither at the start of a line nor within, nor by ending the comment."""
    check_report(report, is_after_due=False)

    assert proposed_grade(write(report)) != "100"
    assert "Grade : =>> 100" in write(report)


def test_grade_is_scaled_to_the_maximum_of_the_activity() -> None:
    """Without one, it is in the points of the assignment."""
    assert proposed_grade(write(PARTIAL, maximum="100")) == "80"
    assert proposed_grade(write(FULL, maximum="7,5")) == "7.5"


@pytest.mark.parametrize("maximum", ["much", "-1"])
def test_maximum_that_is_no_number_of_points_is_refused(maximum: str) -> None:
    """With what was said."""
    with pytest.raises(UsageError, match=maximum):
        write(PARTIAL, maximum=maximum)


def test_fault_of_the_grader_has_no_grade() -> None:
    """VPL then leaves the grade open."""
    text = write(GRADER_ERROR)

    assert proposed_grade(text) == ""
    assert "not a zero" in text


def test_unreadable_submission_has_a_grade_of_zero() -> None:
    """It is said why."""
    assert proposed_grade(write(UNREADABLE)) == "0"
    assert "line 12 is not Python" in write(UNREADABLE)


def test_points_that_wait_are_told_and_not_earned_yet() -> None:
    """4 of all 10, before the due date and after it."""
    assert proposed_grade(write(WITH_LATE, maximum="100")) == "40"
    assert proposed_grade(write(RIGHT_SO_FAR, maximum="100")) == "60"
    assert "> 5 more points are checked after the due date." in write(WITH_LATE)
    assert proposed_grade(write(WITH_LATE, is_after_due=True, maximum="100")) == "40"
    assert proposed_grade(write(ALL_LATE)) == ""


def test_class_has_a_file_for_each_submission() -> None:
    """In a folder by its id."""
    files, _ = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/vpl.txt", "s1/vpl.txt"]
