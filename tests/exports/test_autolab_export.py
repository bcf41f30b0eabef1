"""The output of an Autolab autograder: the scores on the last line, which can't be forged."""

import json
import re

import jsonschema  # type: ignore[import-untyped]  # has no type information
import msgspec
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
    failed_report,
    graded_reports,
    hostile_report,
    run_export,
    work_of,
)

from grader.errors import UsageError
from grader.exports.autolab import export
from grader.exports.student_view import student_view
from grader.report.model import AssignmentInfo, Report, ReportStatus

EVERY = [name for name in SAMPLES if "huge" not in name and "unreadable" not in name]
LAST_LINE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["scores"],
    "properties": {
        "scores": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": ["number", "null"], "minimum": 0},
        }
    },
}
# What Autolab puts in quotes before it reads the line as JSON.
_NAME_BEFORE_COLON = re.compile(r"[a-zA-Z0-9]+:")
FORGED = 'x\n{"scores": {"update": 100}}'


def write(
    report: Report, *, is_after_due: bool = False, **settings: str
) -> tuple[dict[str, float | None], str]:
    """Export a report.

    Returns:
        The scores on the last line, and the whole text.
    """
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due, **settings))
    assert not left_out
    text = files["autolab.txt"].decode()
    last = text.removesuffix("\n").rpartition("\n")[2]
    assert not _NAME_BEFORE_COLON.search(last)
    result = json.loads(last)
    jsonschema.validate(result, LAST_LINE)
    scores: dict[str, float | None] = result["scores"]
    return scores, text


def check_report(report: Report, *, is_after_due: bool) -> None:
    """Export a report, and compare the text with it."""
    scores, text = write(report, is_after_due=is_after_due)

    assert HIDDEN not in text
    assert is_after_due or WAITING not in text
    shown = student_view(report, is_after_due=is_after_due)
    assert shown.pending in text
    expected = points_of(report, is_after_due=is_after_due)
    has_score = expected is not None and expected.has_score
    if not has_score or not shown.report.functions:
        assert scores
        assert set(scores.values()) == {None}
        return
    assert scores == {function.name: function.score for function in shown.report.functions}


@pytest.mark.parametrize("name", EVERY)
def test_text_of_every_kind_of_report_keeps_the_rules(name: str) -> None:
    """Every sample makes a valid last line, also with hostile text in it."""
    check_report(SAMPLES[name], is_after_due=False)


@given(report=graded_reports(), is_after_due=st.booleans())
@settings(deadline=None)
def test_text_of_any_report_keeps_the_rules(report: Report, *, is_after_due: bool) -> None:
    """Any combination of checks and texts makes a valid last line."""
    check_report(report, is_after_due=is_after_due)


def test_each_function_is_a_problem() -> None:
    """Each function is a problem, and the text above the scores describes the submission."""
    scores, text = write(PARTIAL)

    assert scores == {"update": 3.0, "mse": 5.0}
    assert text.startswith("8 of 10 points.")


def test_whole_score_can_be_one_problem() -> None:
    """The whole score goes to one problem if its name is given."""
    assert write(PARTIAL, problem="Lab 4")[0] == {"Lab 4": 8.0}
    assert write(UNREADABLE, problem="Lab 4")[0] == {"Lab 4": 0.0}


def test_submission_cannot_forge_scores() -> None:
    """A submission can't forge scores, even if the grader failed and writes none."""
    assert write(hostile_report(FORGED))[0] == {"update": 1.0, "mse": 0.0}
    assert set(write(failed_report(ReportStatus.GRADER_ERROR, FORGED))[0].values()) == {None}


def test_fault_of_the_grader_is_null_for_each_problem() -> None:
    """Autolab makes a zero of a last line without scores, but keeps null as no score."""
    scores, text = write(GRADER_ERROR, problem="Lab 4")

    assert scores == {"Lab 4": None}
    assert "not a zero" in text


def test_problems_of_a_fault_are_those_of_its_class_or_assignment() -> None:
    """A report without a grade names no functions: its class or the built-in assignment does."""
    files, _ = run_export(export, class_work_of(FULL, GRADER_ERROR))
    alone, _ = write(GRADER_ERROR)

    assert files["s1/autolab.txt"].endswith(b'{"scores": {"update": null, "mse": null}}\n')
    assert {"update": None, "train_logistic": None, "ANSWERS": None}.items() <= alone.items()


@pytest.mark.parametrize("name", ["unknown", "../lab4", "."])
def test_fault_without_known_problems_is_left_out(name: str) -> None:
    """Without the names of the problems nothing is written, and it is said how to give one."""
    info = AssignmentInfo(id=name, title="Lab 5", version="1")
    report = msgspec.structs.replace(GRADER_ERROR, assignment=info)

    files, left_out = run_export(export, work_of(report))

    assert not files
    assert "--set problem=NAME" in left_out[0].reason


def test_name_with_a_colon_is_refused() -> None:
    """Autolab puts quotes around a word before a colon, which breaks the line."""
    with pytest.raises(UsageError, match=r'the problem "Lab 4: autograd", because'):
        write(PARTIAL, problem="Lab 4: autograd")
    with pytest.raises(UsageError, match="colon"):
        write(make_report(check_result("lab: update/a")))


def test_unreadable_submission_has_a_zero_for_each_function_of_the_class() -> None:
    """An unreadable submission gets a zero for each function, which are known from its class.

    On its own it needs the name of a problem, as its report has no functions.
    """
    files, _ = run_export(export, class_work_of(FULL, UNREADABLE))
    _, left_out = run_export(export, work_of(UNREADABLE))

    assert files["s1/autolab.txt"].endswith(b'{"scores": {"update": 0.0, "mse": 0.0}}\n')
    assert "--set problem=NAME" in left_out[0].reason


def test_points_that_wait_are_announced_and_not_earned_yet() -> None:
    """Points that wait are mentioned before the due date, and have their score after it."""
    scores, text = write(WITH_LATE)

    assert scores == {"update": 3.0, "mse": 1.0}
    assert "5 more points depend on checks shown after the due date" in text
    assert write(WITH_LATE, is_after_due=True)[0] == {"update": 3.0, "mse": 1.0, "train": 0.0}
    assert write(ALL_LATE, problem="Lab 4")[0] == {"Lab 4": None}
