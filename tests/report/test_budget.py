"""The JSON of a report stays short, whatever a submission prints or is called."""

import json
import time
import timeit

import msgspec
import pytest
from fakes import check_result, make_report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_samples import PICTURE, SAMPLES, reports

from grader.report.budget import (
    ELLIPSIS,
    MAX_NOTES,
    MAX_REPORT_BYTES,
    MAX_TEXT,
    cut_text,
    fit_report,
)
from grader.report.model import (
    CheckResult,
    DrawnAs,
    Example,
    IsolationInfo,
    Picture,
    Report,
    Series,
    Status,
    SubmissionInfo,
)
from grader.report.schema import report_to_json

# Each character of these has 6 bytes in JSON, or is hard to encode.
_EXPENSIVE = ("\x01", "\\", "\ud800", "\U0001f600", "\n", "&\x7f", "\u202e")

_SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def failed(number: int, text: str, **changes: object) -> CheckResult:
    """Return a failed check whose texts are all the same."""
    fields: dict[str, object] = {
        "message": text,
        "hint": text,
        "section": text,
        "misconception": text,
        "example": Example(code="print(mse(1, 2))", got=text, expected=text),
    }
    return check_result(f"mse/{number}", Status.FAILED, **{**fields, **changes})


def with_pictures(report: Report, *pictures: Picture) -> Report:
    """Return a report in which every function has these pictures."""
    functions = tuple(msgspec.structs.replace(one, pictures=pictures) for one in report.functions)
    return msgspec.structs.replace(report, functions=functions)


def flooded(unit: str) -> Report:
    """Return a report in which everything that a submission can write is a megabyte long."""
    text = unit * (2**20 // len(unit))
    report = make_report(
        *(failed(number, text) for number in range(60)),
        submission=SubmissionInfo(name=text, sha256="0" * 64, format="python"),
        notes=(text,) * 100 + ("short",) * 10_000,
        output=text,
        error=text,
        isolation=IsolationInfo(mode="auto", missing={"files": text}),
        environment={"torch": text},
    )
    series = msgspec.structs.replace(PICTURE.series[0], label=text)
    picture = msgspec.structs.replace(PICTURE, title=text, series=(series,) * 20)
    return with_pictures(report, *[picture] * 100)


def written(report: Report) -> bytes:
    """Return the JSON of a report as it is written to a file."""
    return report_to_json(report).encode()


@pytest.mark.parametrize("unit", _EXPENSIVE, ids=ascii)
def test_flood_in_every_text_fits(unit: str) -> None:
    """The JSON is at most a megabyte after escaping, and the beginning of the output is kept."""
    report = flooded(unit)

    fitted = fit_report(report)

    assert len(written(fitted)) <= MAX_REPORT_BYTES
    assert fitted.is_output_cut
    assert len(fitted.output) > 40_000
    assert (fitted.score, fitted.max_score) == (report.score, report.max_score)
    assert [one.id for one in fitted.functions[0].checks] == [
        one.id for one in report.functions[0].checks
    ]


def test_usual_report_is_left_as_it_is() -> None:
    """Nothing is changed in a report that is short enough."""
    report = with_pictures(
        make_report(
            failed(1, "a message"), notes=("one", "two"), output="1\n2\n", error="line 1: x"
        ),
        PICTURE,
    )

    assert fit_report(report) == report


@_SETTINGS
@given(reports())
def test_report_that_was_fitted_is_not_changed_again(report: Report) -> None:
    """Fitting twice is fitting once, and keeps the score, the checks and their points."""
    fitted = fit_report(report)

    assert fit_report(fitted) == fitted
    assert (fitted.score, fitted.status) == (report.score, report.status)
    assert [one.score for one in fitted.functions] == [one.score for one in report.functions]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith(("huge", "many"))])
def test_fitting_a_long_report_twice_is_fitting_it_once(name: str) -> None:
    """A report that has been cut fits, and is not cut again."""
    fitted = fit_report(SAMPLES[name])

    assert fit_report(fitted) == fitted
    assert len(written(fitted)) <= MAX_REPORT_BYTES


def test_output_keeps_its_beginning_and_says_that_it_is_cut() -> None:
    """Printed output gets the room that other parts leave."""
    output = "".join(f"line {number}\n" for number in range(200_000))

    fitted = fit_report(make_report(check_result("mse/a"), output=output))

    assert fitted.is_output_cut
    assert output.startswith(fitted.output)
    assert 0.9 * MAX_REPORT_BYTES < len(written(fitted)) <= MAX_REPORT_BYTES


@_SETTINGS
@given(st.text(st.characters(), max_size=30), st.integers(0, 60))
def test_output_is_not_cut_within_a_character(text: str, extra: int) -> None:
    """The cut is never in the middle of an escape or a character."""
    output = "x" * (MAX_REPORT_BYTES - 34_000 + extra) + text * 2000

    fitted = fit_report(make_report(output=output))

    assert output.encode("utf-8", "backslashreplace").decode().startswith(fitted.output)
    assert json.loads(written(fitted))["output"] == fitted.output


def test_notes_say_how_many_are_left_out() -> None:
    """The first notes are kept, and the last line counts the others."""
    fitted = fit_report(make_report(notes=tuple(f"note {number}" for number in range(10_000))))

    assert len(fitted.notes) == MAX_NOTES
    assert fitted.notes[0] == "note 0"
    assert fitted.notes[-1] == "and 9,950 more notes, which are left out"


def test_example_that_is_too_long_to_paste_is_left_out() -> None:
    """Code is never cut, but the values beside it are."""
    long = failed(1, "m", example=Example(code="x" * 100_000, got="1", expected="2"))
    values = failed(2, "m", example=Example(code="mse(1, 2)", got="1 " * 9000, expected="2"))

    first, second = fit_report(make_report(long, values)).functions[0].checks

    assert first.example is None
    assert second.example is not None
    assert second.example.code == "mse(1, 2)"
    assert len(second.example.got) <= MAX_TEXT
    assert second.example.got.endswith(ELLIPSIS)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_picture_that_can_not_be_drawn_is_left_out_and_counted(number: float) -> None:
    """JSON has no NaN, so such a picture would make the whole report impossible to write."""
    series = Series(label="yours", role="student", drawn_as=DrawnAs.LINE, x=(1.0,), y=(number,))
    bad = Picture(title="t", x_label="x", y_label="y", series=(series,))

    fitted = fit_report(with_pictures(make_report(failed(1, "m")), bad, PICTURE))

    assert fitted.functions[0].pictures == (PICTURE,)
    assert fitted.notes == ("1 picture was left out, to keep the report short",)
    assert written(fitted)


def test_text_is_cut_at_the_end_of_a_word() -> None:
    """A text that is cut ends in an ellipsis, after a whole word if one ends nearby."""
    assert cut_text("some words here", 12) == "some words…"
    assert cut_text("x" * 100, 10) == "x" * 9 + "…"
    assert cut_text("short", 10) == "short"
    assert cut_text("some words here", 11) == "some words…"
    assert cut_text("a few words " + "x" * 60 + " end", 75) == "a few words " + "x" * 60 + "…"
    assert cut_text("\ud800" * 10, 10) == "\\ud800…"


def test_work_grows_with_the_length_of_the_report_and_not_faster() -> None:
    """Four times as much text takes about four times as long."""

    def seconds(length: int) -> float:
        report = make_report(output="\x01é" * length, notes=("\x01é" * length,))
        return min(timeit.repeat(lambda: fit_report(report), timer=time.process_time, number=1))

    assert seconds(1_600_000) < 16 * seconds(400_000)


def test_output_of_invisible_characters_fits() -> None:
    """Each of them becomes two escapes in JSON, and none is cut in its middle."""
    tag = "\U000e0001"

    fitted = fit_report(make_report(check_result("mse/a"), output=tag * 2**20))

    assert 0.9 * MAX_REPORT_BYTES < len(written(fitted)) <= MAX_REPORT_BYTES
    assert set(fitted.output) == {tag}
