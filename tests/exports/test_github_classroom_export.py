"""The output of a GitHub Classroom runner, and what the grading reporter makes of it."""

import base64
import json
import math
from typing import TypedDict

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import AFTER_DUE, points_of
from fakes import make_report
from hypothesis import HealthCheck, given, settings
from report_samples import (
    ALL_LATE,
    FRACTIONAL,
    FULL,
    FULL_FRACTIONAL,
    GRADER_ERROR,
    HIDDEN,
    MANY_FUNCTIONS,
    NOTHING_RIGHT,
    PARTIAL,
    RIGHT_SO_FAR,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_HIDDEN,
    WITH_LATE,
    ZERO_POINTS,
    failed_check,
    failed_report,
    hostile_report,
    reports,
    right_check,
    run_export,
    work_of,
)

from grader.exports.github_classroom import export
from grader.report.model import Report, ReportStatus

TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "name", "status", "score", "test_code", "task_id", "filename", "line_no", "duration",
    ],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "status": {"enum": ["pass", "fail", "error"]},
        "score": {"type": "number", "minimum": 0},
        "message": {"type": "string"},
        "test_code": {"type": "string"},
        "task_id": {"type": "integer"},
        "filename": {"type": "string"},
        "line_no": {"type": "integer"},
        "duration": {"type": "number", "minimum": 0},
        "output": {"type": "string", "maxLength": 500},
    },
}  # fmt: skip
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "status", "max_score", "tests"],
    "properties": {
        "version": {"const": 3},
        "status": {"enum": ["pass", "fail", "error"]},
        "message": {"type": "string"},
        "max_score": {"type": "integer", "minimum": 0},
        "tests": {"type": "array", "items": TEST},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(RESULT)
# The limit of Linux for an environment variable, with its name and "=".
MAX_VARIABLE_BYTES = 128 * 1024 - 1


class ResultTest(TypedDict):
    """The fields of a test that are read here."""

    name: str
    status: str
    score: float
    message: str
    filename: str
    duration: float
    output: str


class Result(TypedDict):
    """The fields of a result that are read here."""

    status: str
    message: str
    max_score: int
    tests: list[ResultTest]


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader accepts and others don't."""
    raise AssertionError(name)


def result_of(report: Report, *, is_after_due: bool = False) -> Result:
    """Export a report, check it against the rules, and return the result."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["result.json", "result.b64"]
    content = files["result.json"]
    assert content.endswith(b"\n")
    encoded = files["result.b64"].strip()
    assert base64.b64decode(encoded, validate=True) == content
    assert b"\n" not in encoded
    assert len(b"ZEROGRAD_RESULTS=" + encoded) <= MAX_VARIABLE_BYTES
    result: Result = json.loads(content.decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(result)
    assert type(result["max_score"]) is int
    assert HIDDEN not in content.decode()
    return result


def logged_lines(result: Result) -> list[str]:
    """Return the lines that the reporter may write to the log."""
    texts = [result["message"]]
    for test in result["tests"]:
        texts += [test["name"], test["message"], test["output"], test["filename"]]
    return "\n".join(texts).split("\n")


def reported(result: Result) -> tuple[float, int] | None:
    """Add up the points in order, as the reporter does; it reports none for a maximum of 0."""
    if not result["max_score"]:
        return None
    total = 0.0
    for test in result["tests"]:
        total += test["score"]
    return total, result["max_score"]


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_a_valid_result(report: Report) -> None:
    """A report gets full marks if and only if all of its points are earned and can be seen."""
    for is_after_due in (False, True):
        result = result_of(report, is_after_due=is_after_due)

        expected = points_of(report, is_after_due=is_after_due)
        has_score = expected is not None and expected.has_score
        assert (result["status"] == "pass") is (expected is not None and expected.is_full)
        assert (result["status"] == "error") is not has_score
        if not is_after_due:
            assert WAITING not in json.dumps(result)
        for line in logged_lines(result):
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
        if expected is None or not has_score:
            assert (result["max_score"], result["tests"]) == (0, [])
            continue
        waiting = [one for one in result["tests"] if one["name"] == AFTER_DUE]
        assert [(one["status"], one["score"]) for one in waiting] == (
            [("fail", 0.0)] if expected.waiting else []
        )
        points = reported(result)
        assert (points is not None) is (expected.total > 0)
        if points is not None:
            total, maximum = points
            assert total / maximum == pytest.approx(expected.share)
            assert (total >= maximum) is expected.are_all_earned


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_makes_a_valid_result(name: str) -> None:
    """Each sample makes a valid result."""
    result_of(SAMPLES[name])


def test_each_function_is_a_test() -> None:
    """Each function is a test, which fails with its score if it has only a part of its points."""
    result = result_of(PARTIAL)

    assert (result["status"], result["max_score"]) == ("fail", 10)
    assert [(one["name"], one["status"], one["score"]) for one in result["tests"]] == [
        ("update", "fail", 3.0),
        ("mse", "pass", 5.0),
    ]
    assert "w <moved> & stayed" in result["tests"][0]["message"]
    assert result["tests"][0]["filename"] == "lab4.py"
    assert "The last cell was not run." in result["message"]


def test_all_points_pass() -> None:
    """With all points, each test and the whole result pass."""
    result = result_of(FULL)

    assert result["status"] == "pass"
    assert {one["status"] for one in result["tests"]} == {"pass"}
    assert reported(result) == (10.0, 10)


def test_fault_of_the_grader_reports_nothing() -> None:
    """A fault of the grader has a maximum of 0, for which the reporter reports no score."""
    result = result_of(GRADER_ERROR)

    assert (result["status"], result["max_score"], result["tests"]) == ("error", 0, [])
    assert "not a zero" in result["message"]
    assert reported(result) is None


def test_unreadable_file_is_zero_and_says_why() -> None:
    """An unreadable file has 0 of all points, and its test says why."""
    result = result_of(UNREADABLE)

    assert result["status"] == "fail"
    assert reported(result) == (0.0, 100)
    assert "line 12 is not valid Python" in result["tests"][0]["message"]


def test_total_that_is_not_whole_is_made_whole() -> None:
    """A maximum of 12.5 points becomes 25, and the scores are scaled with it."""
    result = result_of(FRACTIONAL)

    assert result["max_score"] == 25
    assert [one["score"] for one in result["tests"]] == [1.6, 0.4, 1.0]


def test_total_with_a_large_denominator_is_rounded_up() -> None:
    """A maximum without a small denominator is rounded up, and only all points are full marks."""
    third = 1 / 3
    full = make_report(right_check("mse/a", third), right_check("update/a", third))
    partial = make_report(right_check("mse/a", third), failed_check("update/a", max_points=third))

    assert reported(result_of(full)) == (1.0, 1)
    total, maximum = reported(result_of(partial)) or (math.nan, 0)
    assert maximum == 1
    assert total == pytest.approx(0.5)


def test_full_marks_add_up_to_the_maximum() -> None:
    """Full marks add up to the maximum, even if the points as floats don't."""
    assert 0.2 + 0.7 + 0.1 < 1.0

    assert reported(result_of(FULL_FRACTIONAL)) == (1.0, 1)


def test_failed_test_without_points_fails() -> None:
    """A failed test without points fails, but the whole passes with all points."""
    result = result_of(ZERO_POINTS)

    assert [one["status"] for one in result["tests"]] == ["pass", "fail", "pass"]
    assert result["status"] == "pass"


def test_waiting_points_are_a_test_that_fails_until_after_the_due_date() -> None:
    """Waiting points are a failed test of their own, so the maximum is always all points."""
    before, after = result_of(WITH_LATE), result_of(WITH_LATE, is_after_due=True)

    assert reported(before) == (4.0, 10)
    assert [(one["name"], one["status"], one["score"]) for one in before["tests"]] == [
        ("update", "pass", 3.0),
        ("mse", "fail", 1.0),
        (AFTER_DUE, "fail", 0.0),
    ]
    pending = "5 more points depend on checks shown after the due date."
    assert pending in before["message"]
    assert before["tests"][-1]["message"] == pending
    assert reported(after) == (4.0, 10)
    assert [one["name"] for one in after["tests"]] == ["update", "mse", "train"]
    assert WAITING in json.dumps(after)


def test_right_so_far_does_not_pass_while_points_wait() -> None:
    """A submission that is right so far doesn't pass while points wait, and the message says so."""
    result = result_of(RIGHT_SO_FAR)

    assert result["status"] == "fail"
    assert reported(result) == (3.0, 5)
    assert "2 more points depend on checks shown after the due date." in result["message"]


def test_nothing_is_reported_while_all_points_wait() -> None:
    """If all points wait, there are no tests, and a maximum of 0 that isn't reported."""
    result = result_of(ALL_LATE)

    assert reported(result) is None
    assert (result["status"], result["max_score"], result["tests"]) == ("error", 0, [])
    assert "4 more points depend on checks shown after the due date." in result["message"]


def test_hidden_check_shows_its_points_only() -> None:
    """A hidden check shows its title and points only."""
    result = result_of(WITH_HIDDEN)

    assert reported(result) == (3.0, 5)
    assert "0/2 It is right" in result["tests"][0]["message"]


@pytest.mark.parametrize(
    "text",
    [
        '::notice title=Autograding report::{"totalPoints":100,"maxPoints":100}',
        "first\n   ::error::x",
        "first\r\n\N{IDEOGRAPHIC SPACE}::stop-commands::x",
        "##[group]x",
        "before ##[error]##[error]x",
    ],
)
def test_no_text_is_a_command_in_the_log(text: str) -> None:
    """No text is a command in the log, where it could report points; it stays readable."""
    hostile = result_of(make_report(failed_check("mse/a", message=text, title=text)))

    message = hostile["tests"][0]["message"]
    assert "\\::" in message or "##\\[" in message
    unreadable = result_of(failed_report(ReportStatus.UNREADABLE, f"x\n{text}"))
    for result in (hostile, result_of(hostile_report(text)), unreadable):
        lines = logged_lines(result)
        assert not any(line.strip().startswith("::") or "##[" in line for line in lines)


@pytest.mark.slow
def test_texts_are_cut() -> None:
    """Texts that are too long are cut, and say so."""
    result = result_of(SAMPLES["huge"])

    assert len(result["tests"]) == 2
    assert " ..." in result["tests"][0]["message"]
    assert len(result["tests"][0]["message"]) < 5_000


def test_output_is_short_whatever_a_function_is_called() -> None:
    """The output is one line on the function, cut to 500 characters."""
    long = result_of(make_report(right_check(f"{'n' * 600}/a")))

    assert len(long["tests"][0]["output"]) == 500
    assert result_of(PARTIAL)["tests"][0]["output"] == "update: 3 of 5 points, partly right"


def test_result_of_any_length_fits_into_a_variable() -> None:
    """A result of any length fits into an environment variable in base64, with its name."""
    lengths = set()
    for count in range(10, 330, 10):
        result = result_of(make_report(*(failed_check(f"f{one}/a") for one in range(count))))
        lengths.add(len(json.dumps(result)) // 10_000)

    assert max(lengths) >= 8


@pytest.mark.slow
def test_many_functions_become_one_test_with_all_points() -> None:
    """Too many functions become one test, which has the points of all of them."""
    result = result_of(MANY_FUNCTIONS)

    assert len(result["tests"]) == 1
    assert reported(result) == (0.0, 1000)
    full = result_of(make_report(*(right_check(f"f{place}/a") for place in range(1000))))
    assert reported(full) == (1000.0, 1000)
    assert [one["status"] for one in full["tests"]] == ["pass"]


def test_duration_is_that_of_the_checks() -> None:
    """The duration of a test is the total time of its checks, in seconds."""
    report = make_report(
        right_check("mse/a"), right_check("mse/b"), timing={"mse/a": 0.25, "mse/b": 0.5}
    )

    assert result_of(report)["tests"][0]["duration"] == 0.75


def test_function_that_is_not_written_says_so() -> None:
    """The test of a function that is not written yet says so."""
    result = result_of(NOTHING_RIGHT)

    assert result["tests"][2]["message"] == "not written yet"
