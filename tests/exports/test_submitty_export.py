"""The result of a Submitty custom validator: its rules, and the result for each outcome."""

import json
import math

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import points_of
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
    STOPPED,
    UNREADABLE,
    WAITING,
    WITH_LATE,
    class_work_of,
    graded_reports,
    run_export,
    work_of,
)

from grader.exports.student_view import student_view
from grader.exports.submitty import export
from grader.report.model import Report

EVERY = [name for name in SAMPLES if "huge" not in name]
STATUS = {"enum": ["information", "failure", "warning", "success"]}
TEXT = {"type": "string", "minLength": 1}
RESULT = {
    "oneOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["status", "message"],
            "properties": {"status": {"const": "failure"}, "message": TEXT},
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["status", "data"],
            "properties": {
                "status": {"const": "success"},
                "data": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["score", "message", "status"],
                    "properties": {
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                        "message": {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "type": "object",
                                "additionalProperties": False,
                                "required": ["message", "status"],
                                "properties": {"message": TEXT, "status": STATUS},
                            },
                        },
                        "status": STATUS,
                    },
                },
            },
        },
    ]
}


def write(report: Report, *, is_after_due: bool = False) -> dict[str, object] | None:
    """Export a report, and return the result; None if the report was left out."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    if left_out:
        assert not files
        return None
    assert list(files) == ["validation_results.json"]
    result = json.loads(files["validation_results.json"])
    jsonschema.validate(result, RESULT)
    assert isinstance(result, dict)
    return result


def data_of(result: dict[str, object] | None) -> dict[str, object]:
    """Return the data of a submission that was graded."""
    assert result is not None
    data = result["data"]
    assert isinstance(data, dict)
    return data


def messages_of(result: dict[str, object] | None) -> list[tuple[str, str]]:
    """Return the status and the first line of each message."""
    messages = data_of(result)["message"]
    assert isinstance(messages, list)
    return [(one["status"], one["message"].partition("\n")[0]) for one in messages]


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the result with it."""
    result = write(report, is_after_due=is_after_due)

    shown = student_view(report, is_after_due=is_after_due)
    expected = points_of(report, is_after_due=is_after_due)
    assert (result is None) is (expected is None or not expected.has_score)
    if result is None:
        return
    text = json.dumps(result)
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    assert result["status"] == "success"
    assert expected is not None
    assert shown.pending in text
    data = data_of(result)
    score = data["score"]
    assert isinstance(score, float)
    assert math.isclose(score, expected.share)
    assert (score == 1.0) is expected.are_all_earned
    assert (data["status"] == "success") is expected.is_full


@pytest.mark.parametrize("name", EVERY)
def test_result_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes a valid result, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_result_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes a valid result."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_message_below_the_summary() -> None:
    """A summary comes first, then each function; a part of the points is only a warning."""
    result = write(PARTIAL)

    assert data_of(result)["score"] == 0.8
    assert data_of(result)["status"] == "warning"
    assert messages_of(result) == [
        ("information", "8 of 10 points."),
        ("warning", "update: 3 of 5 points, partly right"),
        ("success", "mse: 5 of 5 points, right"),
    ]


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (FULL, "success"),
        (STOPPED, "warning"),
        (RIGHT_SO_FAR, "warning"),
        (NOTHING_RIGHT, "failure"),
        (UNREADABLE, "failure"),
    ],
)
def test_status_is_that_of_the_whole_submission(report: Report, status: str) -> None:
    """The status of the data is Submitty's word for the result of the whole submission."""
    assert data_of(write(report))["status"] == status


def test_nothing_is_written_for_a_fault_of_the_grader() -> None:
    """Submitty makes a 0 of a validator that failed, so the reason is for the caller alone."""
    files, left_out = run_export(export, work_of(GRADER_ERROR))

    assert not files
    assert "the forkserver <is> gone" in left_out[0].reason


def test_points_that_wait_are_announced_and_not_earned_yet() -> None:
    """Waiting points are mentioned, and the score is of all points before and after."""
    assert data_of(write(WITH_LATE))["score"] == 0.4
    assert data_of(write(RIGHT_SO_FAR))["score"] == 0.6
    assert "5 more points depend on checks shown after the due date" in json.dumps(write(WITH_LATE))
    assert data_of(write(WITH_LATE, is_after_due=True))["score"] == 0.4


def test_there_is_no_score_while_all_points_wait() -> None:
    """If all points wait, the report is left out, as a score of 0 would be wrong."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert not files
    assert "4 more points" in left_out[0].reason


def test_class_has_a_file_for_each_submission() -> None:
    """The files of a class are in a folder for each row, named by its id."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR, UNREADABLE))

    assert list(files) == ["s0/validation_results.json", "s2/validation_results.json"]
    assert [one.who for one in left_out] == ["s1"]
