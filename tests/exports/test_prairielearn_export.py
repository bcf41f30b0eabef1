"""results.json for PrairieLearn: its rules, its limit of 1 MB, and what is not gradable."""

import base64
import json
from typing import NotRequired, TypedDict

import jsonschema  # type: ignore[import-untyped]  # has no type information
import msgspec
import pytest
from due_points import AFTER_DUE, points_of
from fakes import make_report
from hypothesis import HealthCheck, given, settings
from lxml import etree  # type: ignore[import-untyped]  # has no type information
from report_samples import (
    ALL_LATE,
    FULL,
    GRADER_ERROR,
    HIDDEN,
    HUGE,
    MANY_FUNCTIONS,
    MEGABYTE_TEXT,
    PARTIAL,
    PICTURE,
    RIGHT_SO_FAR,
    SAMPLES,
    UNREADABLE,
    WAITING,
    WITH_HIDDEN,
    WITH_LATE,
    WITH_PICTURE,
    failed_check,
    reports,
    run_export,
    work_of,
)

from grader.exports import prairielearn
from grader.exports.images import describe_image
from grader.exports.prairielearn import export
from grader.report.model import DrawnAs, Report, ReportStatus

IMAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url", "label"],
    "properties": {
        "url": {"type": "string", "pattern": "^data:image/svg\\+xml;base64,[A-Za-z0-9+/]+=*$"},
        "label": {"type": "string"},
    },
}
NUMBER = {"type": "number", "minimum": 0}
TEST = {
    "type": "object",
    "additionalProperties": False,
    # Unless all tests have points, PrairieLearn shows none.
    "required": ["name", "points", "max_points"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "points": NUMBER,
        "max_points": NUMBER,
        "message": {"type": "string"},
        "output": {"type": "string"},
        "images": {"type": "array", "items": IMAGE},
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["gradable"],
    "properties": {
        "gradable": {"type": "boolean"},
        # A field of ours, which PrairieLearn keeps and doesn't show.
        "grader_error": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "format_errors": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "images": {"type": "array", "items": IMAGE},
        "tests": {"type": "array", "items": TEST},
    },
    "if": {"properties": {"gradable": {"const": True}}},
    "then": {"required": ["score"], "not": {"required": ["format_errors"]}},
    "else": {"not": {"required": ["score"]}, "properties": {"tests": {"maxItems": 0}}},
}
VALIDATOR = jsonschema.Draft202012Validator(RESULTS)


class Image(TypedDict):
    """An image of a test."""

    url: str
    label: str


class ResultTest(TypedDict):
    """The fields of a test that are read here."""

    name: str
    points: float
    max_points: float
    message: str
    output: str
    images: list[Image]


class Results(TypedDict):
    """The fields of the results that are read here."""

    gradable: bool
    grader_error: NotRequired[str]
    score: NotRequired[float]
    format_errors: NotRequired[list[str]]
    message: str
    output: str
    tests: list[ResultTest]


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader accepts and others don't."""
    raise AssertionError(name)


def results_of(report: Report, *, is_after_due: bool = False) -> Results:
    """Export a report, check it against the rules, and return the results."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["results.json"]
    content = files["results.json"]
    assert len(content) <= 1_000_000
    assert content.endswith(b"\n")
    results: Results = json.loads(content.decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(results)
    assert HIDDEN not in json.dumps(results)
    return results


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_valid_results(report: Report) -> None:
    """The score is the visible part of all points; a report without a score isn't gradable."""
    for is_after_due in (False, True):
        results = results_of(report, is_after_due=is_after_due)

        if not is_after_due:
            assert WAITING not in json.dumps(results)
        expected = points_of(report, is_after_due=is_after_due)
        is_readable = report.status is not ReportStatus.UNREADABLE
        has_score = is_readable and expected is not None and expected.has_score
        assert results["gradable"] is has_score
        if expected is None or not has_score:
            continue
        assert results["score"] == pytest.approx(expected.share)
        assert (results["score"] == 1.0) is expected.are_all_earned
        tests = results["tests"]
        assert sum(one["points"] for one in tests) == pytest.approx(expected.seen)
        assert sum(one["max_points"] for one in tests) == pytest.approx(expected.total)
        waiting = [one for one in tests if one["name"] == AFTER_DUE]
        assert [(one["points"], one["max_points"]) for one in waiting] == (
            [(0.0, expected.waiting)] if expected.waiting else []
        )


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_makes_valid_results(name: str) -> None:
    """Each sample makes valid results."""
    results_of(SAMPLES[name])


def test_each_function_is_a_test_with_points() -> None:
    """Each function is a test with its points, and the score is the fraction of all points."""
    results = results_of(PARTIAL)

    assert results["score"] == 0.8
    assert [(one["name"], one["points"], one["max_points"]) for one in results["tests"]] == [
        ("update", 3.0, 5.0),
        ("mse", 5.0, 5.0),
    ]
    assert "w <moved> & stayed" in results["tests"][0]["output"]
    assert results["tests"][0]["message"] == "partly right"
    assert "The last cell was not run." in results["message"]
    assert "epoch 2" in results["output"]


def test_full_marks_are_one() -> None:
    """Full marks are a score of exactly 1."""
    assert results_of(FULL)["score"] == 1.0


def test_unreadable_file_takes_no_attempt_and_says_why() -> None:
    """An unreadable file is a format error, which uses up no attempt and says why."""
    results = results_of(msgspec.structs.replace(UNREADABLE, notes=("a note",)))

    assert "line 12 is not valid Python" in results["format_errors"][0]
    assert results["message"] == "a note"  # the error is not said again


def test_fault_of_the_grader_takes_no_attempt() -> None:
    """A fault of the grader is not gradable, and the message says that it is not a zero."""
    results = results_of(GRADER_ERROR)

    assert results["gradable"] is False
    assert "not a zero" in results["message"]
    assert "forkserver" not in results["message"]
    assert "forkserver" in results["grader_error"]


def test_waiting_points_are_a_test_without_earned_points() -> None:
    """Waiting points are a test with 0 points, so the score is of all points."""
    results = results_of(WITH_LATE)

    assert results["score"] == 0.4
    assert [(one["name"], one["points"], one["max_points"]) for one in results["tests"]] == [
        ("update", 3.0, 3.0),
        ("mse", 1.0, 2.0),
        (AFTER_DUE, 0.0, 5.0),
    ]
    pending = "5 more points depend on checks shown after the due date."
    assert pending in results["message"]
    assert results["tests"][-1]["message"] == pending


def test_right_so_far_does_not_have_full_marks() -> None:
    """A submission that is right so far has no full marks while points wait."""
    assert results_of(RIGHT_SO_FAR)["score"] == 0.6


def test_after_the_due_date_everything_is_in_it() -> None:
    """After the due date the texts and points of all checks are there."""
    results = results_of(WITH_LATE, is_after_due=True)

    assert results["score"] == 0.4
    assert [one["name"] for one in results["tests"]] == ["update", "mse", "train"]
    assert WAITING in json.dumps(results)


def test_nothing_is_gradable_while_all_points_wait() -> None:
    """If all points wait, the result is not gradable, as a 0 would use up an attempt."""
    results = results_of(ALL_LATE)

    assert results["gradable"] is False
    assert "4 more points depend on checks shown after the due date." in results["message"]


def test_hidden_check_shows_its_points_only() -> None:
    """A hidden check shows its title and points only."""
    results = results_of(WITH_HIDDEN)

    assert results["score"] == 0.6
    assert "0/2 It is right" in results["tests"][0]["output"]


def test_texts_that_are_too_long_are_cut() -> None:
    """Texts that are too long are cut, and say so."""
    results = results_of(HUGE)

    assert 1_000 < len(json.dumps(results["tests"])) < 10_000
    assert " ..." in results["tests"][0]["output"]


@pytest.mark.slow
def test_many_functions_have_less_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many functions the texts are cut, and then the tests left out; the score stays."""
    some = results_of(MANY_FUNCTIONS)
    monkeypatch.setattr(prairielearn, "_MAX_BYTES", 100_000)
    too_many = results_of(MANY_FUNCTIONS)

    assert len(some["tests"]) == 1000
    assert too_many["tests"] == []
    assert "too many functions" in too_many["message"]
    assert too_many["score"] == 0.0


def test_picture_is_an_image_that_stands_alone() -> None:
    """A picture becomes an SVG image that defines its own colours."""
    (image,) = results_of(WITH_PICTURE)["tests"][0]["images"]

    assert image["label"] == f"{PICTURE.title} (orange: yours; blue, dashed: right)"
    svg = base64.b64decode(image["url"].partition(",")[2])
    root = etree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"var(" not in svg
    assert b"#c2410c" in svg


def test_legend_calls_points_points() -> None:
    """The legend describes points as points, and not as solid or dashed lines."""
    data = msgspec.structs.replace(
        PICTURE.series[1], label="the data", drawn_as=DrawnAs.POINTS, role="data"
    )
    picture = msgspec.structs.replace(PICTURE, series=(data, data))

    assert describe_image(picture) == f"{PICTURE.title} (grey points: the data)"


@pytest.mark.slow
def test_pictures_are_left_out_before_texts_are_cut() -> None:
    """Pictures are left out before any text is cut, and as many stay as fit."""
    functions = tuple(
        msgspec.structs.replace(
            PARTIAL.functions[0], name=f"function_{place}", pictures=(PICTURE,) * 2
        )
        for place in range(25)
    )
    texts = make_report(
        *(failed_check(f"f{place}/a", says="x" * 3900, hint="") for place in range(47))
    ).functions
    report = msgspec.structs.replace(PARTIAL, functions=functions + texts)

    results = results_of(report)

    drawn = sum(len(one["images"]) for one in results["tests"])
    assert 0 < drawn < 50
    assert "(cut)" not in json.dumps(results)


def test_picture_that_cannot_be_drawn_is_left_out() -> None:
    """A picture that can't be drawn is left out, and the rest of the result stays."""
    broken = msgspec.structs.replace(PICTURE.series[0], x=(1.0,), y=(1.0, 2.0))
    pictured = msgspec.structs.replace(
        PARTIAL.functions[0], pictures=(msgspec.structs.replace(PICTURE, series=(broken,)),)
    )

    results = results_of(msgspec.structs.replace(PARTIAL, functions=(pictured,)))

    assert results["tests"][0]["images"] == []


def test_megabyte_of_an_error_fits() -> None:
    """An error text of a megabyte is cut so that the result fits, measured in bytes."""
    assert len(MEGABYTE_TEXT.encode()) > 1_000_000
    assert results_of(SAMPLES["huge unreadable"])["format_errors"][0].endswith("…")
