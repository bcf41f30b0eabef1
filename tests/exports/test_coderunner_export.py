"""The output of a CodeRunner combinator grader: its rules, and the result for each outcome."""

import json
import math

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import points_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # has no type information
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
    class_work_of,
    graded_reports,
    run_export,
    work_of,
)

from grader.exports.coderunner import export
from grader.exports.student_view import student_view
from grader.report.model import Report, Status

EVERY = [name for name in SAMPLES if "huge" not in name]
# Any other field makes the whole result invalid.
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fraction", "prologuehtml", "epiloguehtml"],
    "properties": {
        "fraction": {"type": "number", "minimum": 0, "maximum": 1},
        "prologuehtml": {"type": "string"},
        "epiloguehtml": {"type": "string"},
        "instructorhtml": {"type": "string"},
        "testresults": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [{"type": "array", "items": {"type": "string"}, "uniqueItems": True}],
            "items": {"type": "array", "items": {"type": ["string", "number"]}},
        },
        "columnformats": {"type": "array", "items": {"enum": ["%s", "%h"]}},
    },
    "dependentRequired": {"testresults": ["columnformats"], "columnformats": ["testresults"]},
}
CONTROLS = {"iscorrect", "ishidden"}


def write(report: Report, *, is_after_due: bool = False) -> dict[str, object] | None:
    """Export a report, and return the result; None if the report was left out."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    if left_out:
        assert not files
        return None
    result = json.loads(files["coderunner.json"])
    jsonschema.validate(result, RESULT, cls=jsonschema.Draft202012Validator)
    if "testresults" in result:
        header, *rows = result["testresults"]
        assert set(header) >= CONTROLS
        assert len(result["columnformats"]) == len(set(header) - CONTROLS)
        assert all(len(row) == len(header) for row in rows)
        for name in CONTROLS:
            assert all(row[header.index(name)] in (0, 1) for row in rows)
    for name in ("prologuehtml", "epiloguehtml"):
        tree = etree.fromstring(f"<div>{result[name]}</div>")
        assert not {one.tag for one in tree.iter()} & {"script", "img", "a", "style", "svg"}
    assert isinstance(result, dict)
    return result


def rows_of(result: dict[str, object] | None) -> list[dict[str, object]]:
    """Return the rows of the table as dictionaries by the names of its columns."""
    assert result is not None
    table = result.get("testresults")
    assert isinstance(table, list)
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the result with it."""
    result = write(report, is_after_due=is_after_due)

    shown = student_view(report, is_after_due=is_after_due)
    expected = points_of(report, is_after_due=is_after_due)
    assert (result is not None) is (expected is not None and expected.has_score)
    if result is None or expected is None:
        return
    text = json.dumps(result)
    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    assert shown.pending in str(result["prologuehtml"])
    fraction = result["fraction"]
    assert isinstance(fraction, float)
    assert math.isclose(fraction, expected.share)
    assert (fraction == 1.0) is expected.are_all_earned
    if shown.report.functions:
        for row, function in zip(rows_of(result), shown.report.functions, strict=True):
            assert (row["iscorrect"] == 1) is (function.status is Status.PASSED)


@pytest.mark.parametrize("name", EVERY)
def test_result_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes a valid result, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_result_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes a valid result."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_row() -> None:
    """Each function is a row, which is correct only with all of its points."""
    result = write(PARTIAL)

    assert result is not None
    assert result["fraction"] == 0.8
    assert rows_of(result) == [
        {
            "iscorrect": 0,
            "Function": "update",
            "Points": "3 of 5",
            "Result": "partly right",
            "ishidden": 0,
        },
        {"iscorrect": 1, "Function": "mse", "Points": "5 of 5", "Result": "right", "ishidden": 0},
    ]
    assert "expected: w &lt;moved&gt; &amp; stayed" in str(result["epiloguehtml"])


def test_fault_of_the_grader_is_left_out() -> None:
    """A fault of the grader is left out: CodeRunner then shows an error and marks nothing."""
    files, left_out = run_export(export, work_of(GRADER_ERROR))

    assert not files
    assert "not a zero" in left_out[0].reason


def test_unreadable_submission_has_a_mark_of_zero_and_no_table() -> None:
    """An unreadable submission gets a mark of 0 without a table, and the feedback says why."""
    result = write(UNREADABLE)

    assert result is not None
    assert result["fraction"] == 0.0
    assert "testresults" not in result
    assert "line 12 is not valid Python" in str(result["epiloguehtml"])


def test_points_that_wait_are_announced_above_the_table() -> None:
    """Points that wait are mentioned above the table, and count as not earned yet."""
    result = write(RIGHT_SO_FAR)

    assert result is not None
    assert result["fraction"] == 0.6
    assert (
        result["prologuehtml"] == "<p>2 more points depend on checks shown after the due date.</p>"
    )
    assert "after the due date" not in str(result["epiloguehtml"])


def test_there_is_no_mark_while_all_points_wait() -> None:
    """If all points wait, the report is left out, as a mark of 0 would be wrong."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert not files
    assert "4 more points" in left_out[0].reason


def test_class_has_a_file_for_each_submission() -> None:
    """Each submission of a class has a file, unless the grader failed on it."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR, UNREADABLE))

    assert list(files) == ["s0/coderunner.json", "s2/coderunner.json"]
    assert [one.who for one in left_out] == ["s1"]
