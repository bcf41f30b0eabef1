"""Reports as JSON: strict, and valid by the shipped schema."""

import json
import math
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # has no type information
import msgspec
import pytest
from fakes import check_result, make_report
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.model import (
    Diagnosis,
    Example,
    IsolationInfo,
    Report,
    ReportStatus,
    Status,
    SubmissionInfo,
)
from grader.report.outline import read_outline
from grader.report.schema import SCHEMA_FILE, make_schema, read_report, report_to_json

EXAMPLE = Example(code="print(f(1))", got="2.", expected="3.")
DIAGNOSIS = Diagnosis(misconception="update/ascent", title="It climbs.", hint="Subtract.")
FULL = make_report(
    *(
        check_result(f"{status.value}/a", status)
        for status in Status
        if status is not Status.PARTIAL
    ),
    check_result("update/b", Status.FAILED, message="w", hint="h", example=EXAMPLE),
    check_result(
        "update/c",
        Status.FAILED,
        misconception="update/ascent",
        hint="It climbs. Subtract.",
        diagnosis=DIAGNOSIS,
    ),
    notes=("cell 2 raised",),
    output="printed\n",
    is_output_cut=True,
    isolation=IsolationInfo(mode="auto", locks=("files",), missing={"syscalls": "no libseccomp"}),
)
FAILED = make_report(
    status=ReportStatus.GRADER_ERROR, score=None, max_score=None, error="the forkserver is gone"
)
UNREADABLE = make_report(
    status=ReportStatus.UNREADABLE, error="line 3 is not valid Python", max_score=100
)
STOPPED = make_report(check_result("f/a", Status.LIMIT), status=ReportStatus.STOPPED)


def parse(text: str) -> Any:  # noqa: ANN401 - JSON
    """Read strict JSON: constants that only Python knows are refused."""

    def refuse(constant: str) -> object:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """A validator for the shipped schema."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_shipped_schema_is_the_one_of_the_model() -> None:
    """The shipped schema is the one that the model gives."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == make_schema()


@pytest.mark.parametrize(
    "report",
    [FULL, FAILED, UNREADABLE, STOPPED, make_report()],
    ids=["full", "failed", "unreadable", "stopped", "empty"],
)
def test_report_is_valid(report: Report, validator: jsonschema.Draft202012Validator) -> None:
    """A report of any status is valid by the schema."""
    content = parse(report_to_json(report))

    problems = [error.message for error in validator.iter_errors(content)]

    assert problems == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("score",), "12"),
        (("status",), "passed"),
        (("functions", 0, "status"), "graded"),
        (("functions", 0, "checks", 0, "points"), None),
        (("submission",), None),
        (("isolation", "locks"), "files"),
        (("seed",), 0.5),
        (("timing", "total_s"), "fast"),
    ],
    ids=lambda one: "/".join(map(str, one)) if isinstance(one, tuple) else None,
)
def test_report_of_another_form_is_invalid(
    place: tuple[Any, ...], value: object, validator: jsonschema.Draft202012Validator
) -> None:
    """The schema refuses a value of the wrong type."""
    content = parse(report_to_json(FULL))
    *path, last = place
    holder = content
    for key in path:
        holder = holder[key]
    holder[last] = value

    assert not validator.is_valid(content)


@pytest.mark.parametrize("left_out", ["score", "status", "submission", "seed", "timing"])
def test_report_that_lacks_something_is_invalid(
    left_out: str, validator: jsonschema.Draft202012Validator
) -> None:
    """The schema requires the fields that have no default."""
    content = parse(report_to_json(FULL))
    del content[left_out]

    assert not validator.is_valid(content)


@pytest.mark.parametrize("report", [FULL, FAILED], ids=["full", "failed"])
def test_report_can_be_read_back(report: Report) -> None:
    """A report is read back equal."""
    text = report_to_json(report)

    assert msgspec.json.decode(text, type=Report) == report


def test_report_of_schema_1_2_can_still_be_read(tmp_path: Path) -> None:
    """A report of schema 1.2, which has no diagnoses, is read with none."""
    content = parse(report_to_json(FULL))
    content["schema_version"] = "1.2"
    for function in content["functions"]:
        for check in function["checks"]:
            del check["diagnosis"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(content), encoding="utf-8")

    checks = read_report(path).functions[-1].checks
    outlines = read_outline(path.read_bytes()).functions[-1].checks

    assert (checks[-1].diagnosis, checks[-1].misconception) == (None, "update/ascent")
    assert checks[-1].hint == "It climbs. Subtract."
    assert outlines[-1].misconception_title == "It climbs."


def test_failure_of_the_grader_has_no_score() -> None:
    """A failure of the grader has null as its score, not zero."""
    content = parse(report_to_json(FAILED))

    assert (content["score"], content["max_score"]) == (None, None)


def test_json_ends_in_a_newline_and_reads_as_text() -> None:
    """The JSON ends in a newline, and characters outside ASCII are not escaped."""
    text = report_to_json(make_report(notes=("größer → 1",)))

    assert text.endswith("}\n")
    assert "größer → 1" in text


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_number_that_json_does_not_have_is_refused(number: float) -> None:
    """Writing a score that is nan or infinite raises ValueError."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        report_to_json(make_report(score=number))


def test_lone_surrogates_become_escapes() -> None:
    """Lone surrogates in names, messages, keys and output are written as visible escapes."""
    info = SubmissionInfo(name="l\udcf6.py", sha256="", format="python")
    report = make_report(
        check_result("f/a", Status.FAILED, message="got '\ud800'"),
        submission=info,
        output="\udcff",
        environment={"\ud800": "\udfff"},
    )

    data = report_to_json(report).encode("utf-8")

    content = parse(data.decode("utf-8"))
    assert content["submission"]["name"] == "l\\udcf6.py"
    assert content["functions"][0]["checks"][0]["message"] == "got '\\ud800'"
    assert content["output"] == "\\udcff"
    assert content["environment"] == {"\\ud800": "\\udfff"}


@given(text=st.text(st.characters(), max_size=30))
@settings(deadline=None)
def test_any_text_of_a_student_makes_valid_json(text: str) -> None:
    """Any text gives valid JSON, and valid Unicode is kept as it is."""
    data = report_to_json(make_report(output=text, notes=(text,))).encode("utf-8")

    content = parse(data.decode("utf-8"))

    assert content["notes"] == [content["output"]]
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert content["output"] == text
