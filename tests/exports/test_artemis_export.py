"""Custom feedback for Artemis: the rules of its format, and the feedback for each outcome."""

import json
import re

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
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

from grader.exports.artemis import export
from grader.exports.student_view import student_view
from grader.report.model import Report, ReportStatus, Status, Visibility

EVERY = [name for name in SAMPLES if "huge" not in name]
FEEDBACK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "successful": {"type": "boolean"},
        "message": {"type": "string", "minLength": 1},
    },
    "if": {"required": ["successful"], "properties": {"successful": {"const": True}}},
    "else": {"required": ["message"]},
}


def write(report: Report, *, is_after_due: bool = False) -> list[dict[str, object]] | None:
    """Export a report, and return its feedback; None if the report was left out."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    if left_out:
        assert not files
        return None
    assert all(re.fullmatch(r"customFeedbacks/[\w-]+\.json", name, re.ASCII) for name in files)
    feedbacks = [json.loads(content) for content in files.values()]
    jsonschema.validate(feedbacks, {"type": "array", "items": FEEDBACK})
    names = [one["name"] for one in feedbacks]
    assert len(set(names)) == len(names)
    return feedbacks


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the files with it."""
    feedbacks = write(report, is_after_due=is_after_due)

    assert (feedbacks is None) is (report.status is ReportStatus.GRADER_ERROR)
    if feedbacks is None:
        return
    text = json.dumps(feedbacks)
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    if report.status is ReportStatus.UNREADABLE:
        assert not any(one["successful"] for one in feedbacks)
        return
    shown = student_view(report, is_after_due=is_after_due)
    assert all(shown.pending in str(one["message"]) for one in feedbacks)
    waiting = {
        check.id.partition("/")[0]
        for function in report.functions
        for check in function.checks
        if check.visibility is Visibility.AFTER_DUE_DATE and not is_after_due
    }
    for one, function in zip(feedbacks, shown.report.functions, strict=True):
        is_right = function.status is Status.PASSED and function.name not in waiting
        assert one["successful"] is is_right


@pytest.mark.parametrize("name", EVERY)
def test_feedback_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes valid feedback, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_feedback_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes valid feedback."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_has_a_file() -> None:
    """Each function has a file, which is successful only with all of its points."""
    feedbacks = write(PARTIAL)

    assert feedbacks is not None
    assert [(one["name"], one["successful"]) for one in feedbacks] == [
        ("update", False),
        ("mse", True),
    ]
    assert "expected: w <moved> & stayed" in str(feedbacks[0]["message"])


def test_fault_of_the_grader_is_left_out() -> None:
    """A fault of the grader is left out, since unsuccessful feedback would count as a zero."""
    files, left_out = run_export(export, work_of(GRADER_ERROR))

    assert not files
    assert "not a zero" in left_out[0].reason


def test_unreadable_submission_fails_each_function_of_the_class() -> None:
    """An unreadable submission fails each function, so that all weights are as for others."""
    files, _ = run_export(export, class_work_of(FULL, UNREADABLE))

    feedbacks = [json.loads(files[name]) for name in files if name.startswith("s1/")]
    assert [(one["name"], one["successful"]) for one in feedbacks] == [
        ("update", False),
        ("mse", False),
    ]
    assert "line 12 is not valid Python" in feedbacks[0]["message"]


def test_function_with_waiting_points_is_not_successful_yet() -> None:
    """A function is not successful while some of its points wait, as it would earn them all."""
    checks = [
        check_result("update/a"),
        check_result("update/b", visibility=Visibility.AFTER_DUE_DATE),
        check_result("mse/a"),
    ]

    early = write(make_report(*checks))
    late = write(make_report(*checks), is_after_due=True)

    assert early is not None
    assert late is not None
    assert [one["successful"] for one in early] == [False, True]
    assert [one["successful"] for one in late] == [True, True]


def test_points_that_wait_are_announced_and_have_no_file() -> None:
    """Points that wait are only mentioned before the due date; later their function has a file."""
    early, late = write(WITH_LATE), write(WITH_LATE, is_after_due=True)

    assert early is not None
    assert late is not None
    assert [one["name"] for one in early] == ["update", "mse"]
    assert "5 more points depend on checks shown after the due date" in str(early[0]["message"])
    assert [one["name"] for one in late] == ["update", "mse", "train"]
    assert write(ALL_LATE) == []
