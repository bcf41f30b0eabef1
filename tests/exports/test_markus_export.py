"""The output of a MarkUs custom tester: its rules, and the lines for each outcome."""

import json

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import AFTER_DUE, points_of
from fakes import check_result, make_report
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    ALL_LATE,
    FULL,
    GRADER_ERROR,
    HIDDEN,
    NOTHING_RIGHT,
    PARTIAL,
    RIGHT_SO_FAR,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_LATE,
    class_work_of,
    graded_reports,
    run_export,
    work_of,
)

from grader.exports.markus import export
from grader.exports.student_view import student_view
from grader.report.model import Report, ReportStatus, Status, Visibility

EVERY = [name for name in SAMPLES if "huge" not in name]
POINTS = {"type": "number", "minimum": 0}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "output", "marks_earned", "marks_total", "status", "time"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "output": {"type": "string"},
        "marks_earned": POINTS,
        "marks_total": POINTS,
        "status": {"enum": ["pass", "partial", "fail", "error"]},
        "time": {"type": ["integer", "null"], "minimum": 0},
    },
}
COMMENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["overall_comment"],
    "properties": {"overall_comment": {"type": "string", "minLength": 1}},
}


def write(report: Report, *, is_after_due: bool = False) -> tuple[list[dict[str, object]], str]:
    """Export a report, check the rules, and return its tests and the comment."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert list(files) == ["markus.jsonl"]
    assert not left_out
    content = files["markus.jsonl"].decode("ascii")
    assert content.endswith("\n")
    *tests, comment = [json.loads(line) for line in content.splitlines()]
    jsonschema.validate(tests, {"type": "array", "items": TEST})
    jsonschema.validate(comment, COMMENT)
    names = [one["name"] for one in tests]
    assert len(set(names)) == len(names)
    return tests, comment["overall_comment"]


def add(tests: list[dict[str, object]], name: str) -> float:
    """Add up one field of all tests."""
    return sum(float(str(one[name])) for one in tests)


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the lines with it."""
    tests, comment = write(report, is_after_due=is_after_due)

    text = json.dumps([tests, comment])
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in comment
    expected = points_of(report, is_after_due=is_after_due)
    if expected is None or not expected.has_score:
        assert not tests
        return
    assert add(tests, "marks_earned") == pytest.approx(expected.seen)
    assert add(tests, "marks_total") == pytest.approx(expected.total)
    if report.status is ReportStatus.UNREADABLE:
        return
    if expected.waiting:
        waiting = tests.pop()
        assert (waiting["name"], waiting["status"]) == (AFTER_DUE, "partial")
        assert (waiting["marks_earned"], waiting["marks_total"]) == (0, expected.waiting)
    for one, function in zip(tests, shown.report.functions, strict=True):
        assert (one["status"] == "pass") is (function.status is Status.PASSED)
        assert (one["status"] == "partial") is (function.status is Status.PARTIAL)


@pytest.mark.parametrize("name", EVERY)
def test_lines_of_every_kind_of_report_keep_the_rules(name: str) -> None:
    """Every sample makes valid lines, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_lines_of_any_report_keep_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes valid lines."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_test_with_its_points() -> None:
    """Each function is a test; a part of the points is partial and never a pass."""
    tests, comment = write(PARTIAL)

    assert [
        (one["name"], one["status"], one["marks_earned"], one["marks_total"]) for one in tests
    ] == [("update", "partial", 3.0, 5.0), ("mse", "pass", 5.0, 5.0)]
    assert "expected: w <moved> & stayed" in str(tests[0]["output"])
    assert comment.startswith("8 of 10 points.")


def test_exceptions_and_limits_are_errors_and_missing_functions_fail() -> None:
    """A function that raised or hit a limit is an error; one that isn't written fails."""
    tests, _ = write(NOTHING_RIGHT)

    assert [one["status"] for one in tests] == ["error", "error", "fail"]


def test_fault_of_the_grader_has_no_points() -> None:
    """If the grader failed, there is no test: MarkUs makes a mark of 0 of tests of 0 points."""
    tests, comment = write(GRADER_ERROR)

    assert not tests
    assert "not a zero" in comment


def test_unreadable_submission_is_a_zero() -> None:
    """An unreadable submission has 0 of all points, and its test says why."""
    (test,), _ = write(UNREADABLE)

    assert (test["marks_earned"], test["marks_total"], test["status"]) == (0, 100.0, "error")
    assert "line 12 is not valid Python" in str(test["output"])


def test_points_that_wait_are_a_test_of_their_own() -> None:
    """Waiting points are a test without earned points, and move to their functions later."""
    early, comment = write(WITH_LATE)
    late, _ = write(WITH_LATE, is_after_due=True)

    assert [
        (one["name"], one["status"], one["marks_earned"], one["marks_total"]) for one in early
    ] == [
        ("update", "pass", 3.0, 3.0),
        ("mse", "partial", 1.0, 2.0),
        (AFTER_DUE, "partial", 0, 5.0),
    ]
    assert early[-1]["output"] == "5 more points depend on checks shown after the due date."
    assert "5 more points depend on checks shown after the due date" in comment
    assert [(one["name"], one["marks_total"]) for one in late] == [
        ("update", 5.0),
        ("mse", 2.0),
        ("train", 3.0),
    ]


def test_right_so_far_is_not_a_full_score() -> None:
    """A submission that is right so far has a part of the points, and not every test passes."""
    tests, _ = write(RIGHT_SO_FAR)

    assert [one["status"] for one in tests] == ["pass", "partial"]
    assert (add(tests, "marks_earned"), add(tests, "marks_total")) == (3.0, 5.0)


def test_no_test_is_written_while_all_points_wait() -> None:
    """If all points wait, only the comment says so: MarkUs would make a mark of 0 of a test."""
    tests, comment = write(ALL_LATE)

    assert not tests
    assert "4 more points" in comment


def test_function_may_have_the_name_of_the_test_for_waiting_points() -> None:
    """Names stay unique even if a function is named like the test for waiting points."""
    late = check_result("update/late", max_points=2.0, visibility=Visibility.AFTER_DUE_DATE)

    tests, _ = write(make_report(check_result(f"{AFTER_DUE}/a"), late))

    assert [(one["status"], one["marks_total"]) for one in tests] == [("pass", 1.0), ("partial", 2)]
    assert tests[0]["name"] == AFTER_DUE


def test_time_is_in_whole_milliseconds_of_what_ran() -> None:
    """The time is that of the checks in whole milliseconds; None if no check has one."""
    report = make_report(
        check_result("update/a"),
        check_result("update/b"),
        check_result("mse/a"),
        timing={"total_s": 9.0, "update/a": 0.1004, "update/b": 0.2},
    )

    tests, _ = write(report)

    assert [one["time"] for one in tests] == [300, None]


def test_class_has_a_file_for_each_submission() -> None:
    """The files of a class are in a folder for each row, named by its id."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/markus.jsonl", "s1/markus.jsonl"]
    assert not left_out
