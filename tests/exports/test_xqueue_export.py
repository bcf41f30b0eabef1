"""xqueue_body for edX: what capa parses, and nothing for a fault."""

import json
import math

import jsonschema
import pytest
from due_points import points_of
from hypothesis import HealthCheck, given, settings
from lxml import etree
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
    WITH_HIDDEN,
    WITH_LATE,
    class_work_of,
    reports,
    run_export,
    work_of,
)

from grader.exports.xqueue import export
from grader.report.model import Report

BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["correct", "score", "msg"],
    "properties": {
        "correct": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "msg": {"type": "string", "minLength": 1, "maxLength": 50_000},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(BODY)
ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "a", "img", "svg"}


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader takes and others don't."""
    raise AssertionError(name)


def check(content: bytes) -> dict:
    """Check an answer against the rules, and read it: also its message, as capa does."""
    assert content.endswith(b"\n")
    body = json.loads(content.decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(body)
    message = etree.fromstring(body["msg"])
    assert message.tag == "div"
    assert not {element.tag for element in message.iter()} & ACTIVE
    assert not any(element.attrib for element in message.iter())
    assert HIDDEN not in body["msg"]
    return body


def body_of(report: Report, *, is_after_due: bool = False) -> dict:
    """Export a report, check it, and read it back."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["xqueue_body.json"]
    return check(files["xqueue_body.json"])


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_a_valid_answer_or_none(report: Report) -> None:
    """Correct for every point only, and never while points wait."""
    for is_after_due in (False, True):
        files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
        expected = points_of(report, is_after_due=is_after_due)
        can_be_said = expected is not None and expected.can_be_said
        assert bool(left_out) is not can_be_said
        if expected is None or left_out:
            assert files == {}
            continue

        body = check(files["xqueue_body.json"])

        if not is_after_due:
            assert WAITING not in body["msg"]
        assert math.isclose(body["score"], expected.share)
        assert (body["score"] == 1.0) is expected.are_all_earned
        assert body["correct"] is expected.is_full


@pytest.mark.parametrize("name", [name for name in SAMPLES if "grader error" not in name])
def test_sample_makes_a_valid_answer(name: str) -> None:
    """Each by itself, so that a failure says which."""
    if name != "all late":
        body_of(SAMPLES[name])


def test_full_marks_are_correct() -> None:
    """A part of them is not, however large."""
    full, partial = body_of(FULL), body_of(PARTIAL)

    assert (full["correct"], full["score"]) == (True, 1.0)
    assert (partial["correct"], partial["score"]) == (False, 0.8)


def test_message_says_what_is_wrong_as_text() -> None:
    """Markup of a student's stays text."""
    message = etree.fromstring(body_of(PARTIAL)["msg"])

    assert "w <moved> & stayed" in "".join(message.itertext())


def test_right_so_far_is_not_correct_while_points_wait() -> None:
    """It might have to be taken back."""
    before = body_of(RIGHT_SO_FAR)

    assert (before["correct"], before["score"]) == (False, 0.6)
    assert "2 more points are checked after the due date." in before["msg"]


def test_what_waits_is_shown_after_the_due_date() -> None:
    """Its points are not earned before; here they never are."""
    before, after = body_of(WITH_LATE), body_of(WITH_LATE, is_after_due=True)

    assert (before["score"], after["score"]) == (0.4, 0.4)
    assert WAITING not in before["msg"]
    assert WAITING in after["msg"]


def test_hidden_check_shows_its_points_only() -> None:
    """And its title."""
    body = body_of(WITH_HIDDEN)

    assert body["score"] == 0.6
    assert "0/2 It is right" in body["msg"]


def test_unreadable_file_is_zero_and_says_why() -> None:
    """With the angle brackets of the line escaped."""
    body = body_of(UNREADABLE)

    assert (body["correct"], body["score"]) == (False, 0.0)
    assert "def broken(&lt;x&gt;:" in body["msg"]


def test_fault_of_the_grader_is_left_out_and_not_a_zero() -> None:
    """No answer: the queue hands the submission out again."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/xqueue_body.json"]
    assert [one.who for one in left_out] == ["s1"]
    assert "not a zero" in left_out[0].reason


def test_where_everything_waits_there_is_no_score_yet() -> None:
    """A 0 would be a lie."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert files == {}
    assert "4 more points are checked after the due date" in left_out[0].reason
