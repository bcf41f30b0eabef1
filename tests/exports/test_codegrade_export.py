"""The lines for AutoTest v2 of CodeGrade: their rules, and the lines for each outcome."""

import json
from fractions import Fraction

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import points_of
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    ALL_LATE,
    FRACTIONAL,
    FULL,
    FULL_FRACTIONAL,
    GRADER_ERROR,
    HIDDEN,
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

from grader.exports.codegrade import export
from grader.exports.student_view import student_view
from grader.report.model import Report, Status

EVERY = [name for name in SAMPLES if "huge" not in name]
TEXT = {"type": "string", "minLength": 1}
WEIGHT = {"type": "string", "pattern": r"^[0-9]+(/[1-9][0-9]*)?$"}
CASE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "status"],
    "properties": {
        "name": TEXT,
        "status": {"enum": ["success", "failure", "skipped"]},
        "description": TEXT,
        "weight": WEIGHT,
        "reason": TEXT,
        "stdout": TEXT,
        "stderr": TEXT,
    },
    "if": {"properties": {"status": {"const": "success"}}},
    "else": {"required": ["reason"]},
}
UNIT_TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tag", "results"],
    "properties": {
        "tag": {"const": "unit-test"},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "name", "testCases"],
                "properties": {
                    "id": TEXT,
                    "name": TEXT,
                    "weight": WEIGHT,
                    "testCases": {"type": "array", "minItems": 1, "items": CASE},
                },
            },
        },
    },
}
POINTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tag", "points"],
    "properties": {
        "tag": {"const": "points"},
        "points": {"type": "string", "pattern": r"^[0-9]+/[1-9][0-9]*$"},
    },
}
Suites = list[dict[str, object]]


def write(report: Report, *, is_after_due: bool = False) -> tuple[Suites, Fraction | None]:
    """Export a report, check the rules, and return its suites and its points."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert list(files) == ["codegrade.jsonl"]
    assert not left_out
    unit_test, *rest = [
        json.loads(line) for line in files["codegrade.jsonl"].decode("ascii").splitlines()
    ]
    jsonschema.validate(unit_test, UNIT_TEST)
    jsonschema.validate(rest, {"type": "array", "maxItems": 1, "items": POINTS})
    suites: Suites = unit_test["results"]
    for key in ("id", "name"):
        assert len({one[key] for one in suites}) == len(suites)
    for suite in suites:
        names = [case["name"] for case in cases_of([suite])]
        assert len(set(names)) == len(names)
    points = Fraction(rest[0]["points"]) if rest else None
    assert points is None or 0 <= points <= 1
    return suites, points


def cases_of(suites: Suites) -> list[dict[str, str]]:
    """Return the cases of all suites."""
    cases: list[dict[str, str]] = []
    for suite in suites:
        own = suite["testCases"]
        assert isinstance(own, list)
        cases += own
    return cases


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the lines with it."""
    suites, points = write(report, is_after_due=is_after_due)

    text = json.dumps(suites)
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in text
    expected = points_of(report, is_after_due=is_after_due)
    skipped = [case for case in cases_of(suites) if case["status"] == "skipped"]
    if expected is None:
        assert points is None
        assert skipped == cases_of(suites)
        return
    unjudged = [
        Fraction(str(check.max_points))
        for function in shown.report.functions
        for check in function.checks
        if check.status is Status.NOT_JUDGED
    ]
    assert [Fraction(case["weight"]) for case in skipped] == [
        *unjudged,
        *([Fraction(str(expected.waiting))] if expected.waiting else []),
    ]
    assert points == (expected.exact_share if expected.has_score else None)
    if expected.total:
        is_all_right = all(case["status"] == "success" for case in cases_of(suites))
        assert not is_all_right or points == 1
        assert (points == 1) is expected.are_all_earned


@pytest.mark.parametrize("name", EVERY)
def test_lines_of_every_kind_of_report_keep_the_rules(name: str) -> None:
    """Every sample makes valid lines in ASCII, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_lines_of_any_report_keep_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes valid lines."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_suite_and_each_check_a_case() -> None:
    """Each function is a suite, and each check a case with its maximum points as weight."""
    suites, points = write(PARTIAL)

    assert [one["name"] for one in suites] == ["update", "mse"]
    assert [(case["name"], case["status"], case["weight"]) for case in cases_of(suites)] == [
        ("update/a", "success", "3"),
        ("update/b", "failure", "2"),
        ("It is right", "success", "5"),
    ]
    assert "expected: w <moved> & stayed" in cases_of(suites)[1]["reason"]
    assert points == Fraction(4, 5)


def test_points_are_an_exact_fraction() -> None:
    """The points are an exact fraction: 0.2, 0.7 and 0.1 add up to 1, and 0.1 is a tenth."""
    assert write(FULL_FRACTIONAL)[1] == 1
    assert write(FRACTIONAL)[1] == Fraction("1.5") / Fraction("12.5")
    assert [case["weight"] for case in cases_of(write(FRACTIONAL)[0])][1:3] == ["1/10", "1/5"]


def test_whole_score_is_written_as_a_fraction_too() -> None:
    """A full score is written as 1/1, since the format knows only fractions."""
    files, _ = run_export(export, work_of(FULL))

    assert files["codegrade.jsonl"].endswith(b'{"tag":"points","points":"1/1"}\n')


def test_fault_of_the_grader_has_no_points_and_is_skipped() -> None:
    """A fault of the grader is a skipped case without weight that says it is not a zero."""
    suites, points = write(GRADER_ERROR)

    assert points is None
    (case,) = cases_of(suites)
    assert case["status"] == "skipped"
    assert case["weight"] == "0"
    assert "not a zero" in case["reason"]
    assert "forkserver" not in case["reason"]


def test_unreadable_submission_is_a_zero() -> None:
    """An unreadable submission has 0 points, and a failed case says why."""
    suites, points = write(UNREADABLE)

    assert points == 0
    (case,) = cases_of(suites)
    assert case["status"] == "failure"
    assert "line 12 is not valid Python" in case["reason"]


def test_points_that_wait_are_skipped_and_not_earned_yet() -> None:
    """Waiting points are a skipped case of the same weight, and count as not earned yet."""
    suites, points = write(WITH_LATE)

    last = cases_of(suites)[-1]
    assert (last["status"], last["weight"]) == ("skipped", "5")
    assert last["reason"] == "5 more points depend on checks shown after the due date."
    assert points == Fraction(2, 5)
    late, points = write(WITH_LATE, is_after_due=True)
    assert "skipped" not in {case["status"] for case in cases_of(late)}
    assert points == Fraction(2, 5)


def test_right_so_far_is_not_a_full_score() -> None:
    """A submission that is right so far has a part of the points until the rest is shown."""
    suites, points = write(RIGHT_SO_FAR)

    assert [case["status"] for case in cases_of(suites)] == ["success", "skipped"]
    assert points == Fraction(3, 5)


def test_no_points_are_written_while_all_of_them_wait() -> None:
    """If all points wait, no points are written, as a 0 would be wrong."""
    suites, points = write(ALL_LATE)

    assert points is None
    (case,) = cases_of(suites)
    assert (case["status"], case["weight"]) == ("skipped", "4")


def test_class_has_a_file_for_each_submission() -> None:
    """The files of a class are in a folder for each row, named by its id."""
    files, _ = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/codegrade.jsonl", "s1/codegrade.jsonl"]
