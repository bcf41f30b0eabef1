"""results.json for Gradescope: its rules, right scores, and nothing that is shown too early."""

import json
from typing import NotRequired, TypedDict

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from fakes import check_result, make_report
from hypothesis import HealthCheck, given, settings
from report_samples import (
    ALL_LATE,
    FULL,
    FULL_FRACTIONAL,
    GRADER_ERROR,
    HIDDEN,
    PARTIAL,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_HIDDEN,
    WITH_LATE,
    ZERO_POINTS,
    class_work_of,
    failed_check,
    reports,
    right_check,
    run_export,
    work_of,
)

from grader.exports.gradescope import export
from grader.report.model import Report, Visibility

FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
# Not "hidden": no test of ours may be hidden.
VISIBILITY = {"enum": ["after_due_date", "visible"]}
NUMBER = {"type": "number", "minimum": 0}
TEXT = {"type": "string", "pattern": r"\A[^\r\u0000\u001b]*\Z"}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status", "name", "output"],
    "dependentRequired": {"score": ["max_score"], "max_score": ["score"]},
    "properties": {
        "score": NUMBER,
        "max_score": NUMBER,
        "status": {"enum": ["passed", "failed"]},
        "name": {**TEXT, "minLength": 1},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": TEXT,
        "output_format": {"const": "text"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests", "output", "output_format"],
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": TEXT,
        # This field has another default, so it must be set.
        "output_format": {"const": "text"},
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": {"const": "visible"},
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(RESULTS)


class ResultTest(TypedDict):
    """The fields of a test that are read here."""

    name: str
    number: str
    status: str
    score: NotRequired[float]
    max_score: NotRequired[float]
    output: str
    visibility: str
    tags: list[str]
    extra_data: dict[str, object]


class Results(TypedDict):
    """The fields of the results that are read here."""

    score: NotRequired[float]
    execution_time: float
    output: str
    tests: list[ResultTest]
    extra_data: dict[str, object]


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader accepts and others don't."""
    raise AssertionError(name)


def check(content: bytes) -> Results:
    """Check results against all the rules, and return them."""
    assert content.endswith(b"\n")
    results: Results = json.loads(content.decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(results)
    numbers = [test["number"] for test in results["tests"]]
    assert len(set(numbers)) == len(numbers)
    for test in results["tests"]:
        if test["status"] == "passed":
            assert test["score"] >= test["max_score"]
    return results


def results_of(report: Report, *, is_after_due: bool = False) -> Results:
    """Export a report, check the results, and return them."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["results.json"]
    return check(files["results.json"])


def shown_early(results: Results) -> str:
    """Return everything that a student can see before the due date."""
    visible = [test for test in results["tests"] if test["visibility"] == "visible"]
    return json.dumps({**results, "tests": visible})


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_valid_results(report: Report) -> None:
    """Any report makes valid results, which never show a student too much."""
    for is_after_due in (False, True):
        results = results_of(report, is_after_due=is_after_due)

        assert HIDDEN not in json.dumps(results)
        if not is_after_due:
            assert WAITING not in shown_early(results)
        if report.score is None:
            assert "score" not in results
            assert not any("score" in test for test in results["tests"])
            assert [test["status"] for test in results["tests"]] == ["failed"]
        elif "score" in results:
            assert results["score"] == report.score
        else:
            total = sum(test["score"] for test in results["tests"])
            assert total == pytest.approx(report.score)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_makes_valid_results(name: str) -> None:
    """Each sample makes valid results."""
    results_of(SAMPLES[name])


def test_each_function_is_a_test_with_exact_scores() -> None:
    """Each function is a test with its exact score, and a part of the points is not a pass."""
    tests = results_of(PARTIAL)["tests"]

    assert [(one["number"], one["name"], one["status"]) for one in tests] == [
        ("1", "update", "failed"),
        ("2", "mse", "passed"),
    ]
    assert [(one["score"], one["max_score"]) for one in tests] == [(3.0, 5.0), (5.0, 5.0)]
    assert "w <moved> & stayed" in tests[0]["output"]
    assert tests[0]["tags"] == ["partial"]


def test_output_describes_the_whole_submission() -> None:
    """The output has the score, the notes, and what the submission printed."""
    output = results_of(PARTIAL)["output"]

    assert "8 of 10 points." in output
    assert "The last cell was not run." in output
    assert "epoch 2" in output


def test_failed_test_without_points_is_failed() -> None:
    """A failed test without points has a status; without one Gradescope would show a pass."""
    tests = results_of(ZERO_POINTS)["tests"]

    assert [(one["score"], one["max_score"], one["status"]) for one in tests] == [
        (0.0, 0.0, "passed"),
        (0.0, 0.0, "failed"),
        (4.0, 4.0, "passed"),
    ]


def test_function_that_fails_only_a_check_without_points_is_failed() -> None:
    """A function with all its points is failed if it fails a check without points."""
    report = make_report(right_check("mse/a", 2.0), failed_check("mse/b", max_points=0.0))

    assert results_of(report)["tests"][0]["status"] == "failed"


def test_total_is_exact_where_a_sum_of_floats_is_not() -> None:
    """The total is the exact score, where a sum of floats would miss full marks."""
    results = results_of(FULL_FRACTIONAL)

    first, second, third = (one["score"] for one in results["tests"])
    assert first + second + third < 1.0
    assert results["score"] == 1.0


def test_waiting_checks_are_a_test_that_gradescope_shows_later() -> None:
    """Waiting checks are a separate test, and nothing else, not even a total, reveals them."""
    results = results_of(WITH_LATE)

    late = [one for one in results["tests"] if one["visibility"] == "after_due_date"]
    assert [(one["number"], one["name"].partition(",")[0]) for one in late] == [
        ("1.1", "update"),
        ("3", "train"),
    ]
    assert all(WAITING in one["output"] for one in late)
    assert [(one["score"], one["max_score"]) for one in late] == [(0.0, 2.0), (0.0, 3.0)]
    assert "score" not in results
    assert "5 more points depend on checks shown after the due date." in results["output"]
    assert "4 of 5 points." in results["output"]
    assert WAITING not in shown_early(results)


def test_after_the_due_date_everything_is_visible() -> None:
    """After the due date each function is a single visible test, and there is a total."""
    results = results_of(WITH_LATE, is_after_due=True)

    assert [one["name"] for one in results["tests"]] == ["update", "mse", "train"]
    assert {one["visibility"] for one in results["tests"]} == {"visible"}
    assert results["score"] == 4.0
    assert WAITING in results["tests"][0]["output"]
    assert "more points" not in results["output"]


def test_no_test_is_visible_while_all_points_wait() -> None:
    """If all points wait, no test is visible, and nothing reveals the result."""
    results = results_of(ALL_LATE)

    assert {one["visibility"] for one in results["tests"]} == {"after_due_date"}
    assert "score" not in results
    assert WAITING not in shown_early(results)


def test_hidden_check_shows_its_points_only() -> None:
    """A hidden check shows its title and points only, in a test that is visible."""
    results = results_of(WITH_HIDDEN)
    (test,) = results["tests"]

    assert (test["visibility"], test["score"], test["max_score"]) == ("visible", 3.0, 5.0)
    assert "0/2 It is right" in test["output"]
    assert HIDDEN not in json.dumps(results)


def test_unreadable_file_is_zero_and_says_why() -> None:
    """An unreadable file has a score of 0 without tests, and the output says why."""
    results = results_of(UNREADABLE)

    assert results["score"] == 0.0
    assert results["tests"] == []
    assert "line 12 is not valid Python" in results["output"]


def test_fault_of_the_grader_has_no_score_anywhere() -> None:
    """A fault of the grader is a failed test without a score; only staff see the details."""
    results = results_of(GRADER_ERROR)
    (test,) = results["tests"]

    assert "score" not in results
    assert "score" not in test
    assert test["status"] == "failed"
    assert "not a zero" in test["output"]
    assert results["extra_data"]["error"] == "the forkserver <is> gone"
    assert "forkserver" not in test["output"] + results["output"]
    assert results["output"] == "There is no score yet. The test below says why."


def test_staff_find_the_seed_and_the_misconceptions() -> None:
    """The extra data, which students don't see, has the seed, the checks and misconceptions."""
    results = results_of(PARTIAL)

    assert results["extra_data"]["seed"] == 7
    assert results["extra_data"]["versions"] == {"python": "3.11.0"}
    assert results["tests"][0]["extra_data"] == {
        "checks": {"update/a": "passed", "update/b": "failed"},
        "misconceptions": ["update/w <moved> & stayed"],
    }


def test_standard_output_is_visible_to_staff_only() -> None:
    """Standard output keeps its default visibility, staff only, and there is no leaderboard."""
    results = results_of(FULL)

    assert "stdout_visibility" not in results
    assert "leaderboard" not in results
    assert results["execution_time"] == 0.5


def test_function_not_written_says_so() -> None:
    """The test of a function that is not written yet says only that."""
    report = make_report(check_result("mse/a", SAMPLES["nothing right"].functions[2].status))

    assert results_of(report)["tests"][0]["output"] == "Not written yet."


def test_class_has_a_folder_for_each_row() -> None:
    """A class has a folder for each row, except for students who did not hand in."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/results.json", "s1/results.json"]
    assert left_out == []


def test_visible_test_does_not_reveal_a_waiting_check() -> None:
    """Status and tags of a visible test are the same whether a waiting check passes or fails."""
    late = Visibility.AFTER_DUE_DATE
    wrong = make_report(right_check("mse/a"), failed_check("mse/b", visibility=late))
    right = make_report(right_check("mse/a"), right_check("mse/b", visibility=late))

    assert results_of(wrong)["tests"][0] == results_of(right)["tests"][0]
    early = [shown_early(results_of(one)) for one in (wrong, right)]
    assert early[0] == early[1]
