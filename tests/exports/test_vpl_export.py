"""The output of a VPL evaluation script, read as VPL reads it: a grade can't be forged."""

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


def write(report: Report, *, is_after_due: bool = False, **settings: str) -> str:
    """Export a report, and return the output."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **settings))
    assert list(files) == ["vpl.txt"]
    assert not left_out
    return files["vpl.txt"].decode()


def proposed_grade(text: str) -> str:
    """Read the grade as VPL does, from the last line that begins with its mark."""
    lines = [line for line in text.split("\n") if line.startswith("Grade :=>>")]
    return lines[-1].removeprefix("Grade :=>>").strip() if lines else ""


def proposed_comment(text: str) -> list[str]:
    """Read the comments as VPL does, between a pair of marks or after a mark."""
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
    """Export a report, and compare the output with it."""
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
    if expected is None or not expected.has_score:
        assert not grades
        return
    assert len(grades) == 1
    assert lines[-2:] == [grades[0], ""]
    assert re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", proposed_grade(text))
    # In points of the assignment, with at most two decimals.
    grade = float(proposed_grade(text))
    assert math.isclose(grade, expected.seen, abs_tol=0.01)
    assert grade < expected.total or not expected.waiting


@pytest.mark.parametrize("name", EVERY)
def test_text_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes valid output, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_text_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes valid output."""
    check_report(report, is_after_due=is_after_due)


def test_functions_are_titles_and_the_rest_is_preformatted() -> None:
    """Functions are titles, other texts are preformatted, and the grade comes last."""
    text = write(PARTIAL)

    titles = [line for line in proposed_comment(text) if line.startswith("-")]
    assert titles == [
        "-Result",
        "-update: 3 of 5 points, partly right",
        "-mse: 5 of 5 points, right",
        "-The submission printed 2 lines",
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
    """A submission can't forge a grade at the start of a line, in it, or by ending the comment."""
    check_report(report, is_after_due=False)

    assert proposed_grade(write(report)) != "100"
    assert "Grade : =>> 100" in write(report)


def test_grade_is_scaled_to_the_maximum_of_the_activity() -> None:
    """The grade is scaled to the maximum that the setting gives."""
    assert proposed_grade(write(PARTIAL, maximum="100")) == "80"
    assert proposed_grade(write(FULL, maximum="7,5")) == "7.5"


@pytest.mark.parametrize("maximum", ["much", "-1"])
def test_maximum_that_is_not_a_number_of_points_is_refused(maximum: str) -> None:
    """A maximum that is not a number of points is refused, and the message quotes it."""
    with pytest.raises(UsageError, match=maximum):
        write(PARTIAL, maximum=maximum)


def test_fault_of_the_grader_has_no_grade() -> None:
    """A fault of the grader has no line with a grade, and VPL then leaves the grade open."""
    text = write(GRADER_ERROR)

    assert proposed_grade(text) == ""
    assert "not a zero" in text


def test_unreadable_submission_has_a_grade_of_zero() -> None:
    """An unreadable submission has a grade of 0, and the comment says why."""
    assert proposed_grade(write(UNREADABLE)) == "0"
    assert "line 12 is not valid Python" in write(UNREADABLE)


def test_points_that_wait_are_announced_and_not_earned_yet() -> None:
    """Waiting points are mentioned, and the grade is of all points before and after."""
    assert proposed_grade(write(WITH_LATE, maximum="100")) == "40"
    assert proposed_grade(write(RIGHT_SO_FAR, maximum="100")) == "60"
    assert "> 5 more points depend on checks shown after the due date." in write(WITH_LATE)
    assert proposed_grade(write(WITH_LATE, is_after_due=True, maximum="100")) == "40"
    assert proposed_grade(write(ALL_LATE)) == ""


def test_class_has_a_file_for_each_submission() -> None:
    """The files of a class are in a folder for each row, named by its id."""
    files, _ = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/vpl.txt", "s1/vpl.txt"]
