"""xqueue_body for edX: capa can parse it, and there is none for a fault."""

import json
import math
from typing import TypedDict

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import points_of
from hypothesis import HealthCheck, given, settings
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


class Body(TypedDict):
    """The content of xqueue_body."""

    correct: bool
    score: float
    msg: str


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader accepts and others don't."""
    raise AssertionError(name)


def check(content: bytes) -> Body:
    """Check a reply against the rules, parse its message as capa does, and return it."""
    assert content.endswith(b"\n")
    body: Body = json.loads(content.decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(body)
    message = etree.fromstring(body["msg"])
    assert message.tag == "div"
    assert not {element.tag for element in message.iter()} & ACTIVE
    assert not any(element.attrib for element in message.iter())
    assert HIDDEN not in body["msg"]
    return body


def body_of(report: Report, *, is_after_due: bool = False) -> Body:
    """Export a report, check the reply, and return it."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["xqueue_body.json"]
    return check(files["xqueue_body.json"])


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_a_valid_reply_or_none(report: Report) -> None:
    """A reply is correct only with all points, and never while points wait."""
    for is_after_due in (False, True):
        files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
        expected = points_of(report, is_after_due=is_after_due)
        has_score = expected is not None and expected.has_score
        assert bool(left_out) is not has_score
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
def test_sample_makes_a_valid_reply(name: str) -> None:
    """Each sample with a score makes a valid reply."""
    if name != "all late":
        body_of(SAMPLES[name])


def test_full_marks_are_correct() -> None:
    """Full marks are correct, and a part of the points is not."""
    full, partial = body_of(FULL), body_of(PARTIAL)

    assert (full["correct"], full["score"]) == (True, 1.0)
    assert (partial["correct"], partial["score"]) == (False, 0.8)


def test_message_says_what_is_wrong_as_text() -> None:
    """Markup in a student's text is escaped in the message."""
    message = etree.fromstring(body_of(PARTIAL)["msg"])

    assert "w <moved> & stayed" in "".join(message.itertext())


def test_right_so_far_is_not_correct_while_points_wait() -> None:
    """A submission that is right so far is not correct while points wait."""
    before = body_of(RIGHT_SO_FAR)

    assert (before["correct"], before["score"]) == (False, 0.6)
    assert "2 more points depend on checks shown after the due date." in before["msg"]


def test_waiting_checks_are_shown_after_the_due_date() -> None:
    """A waiting check that fails is shown only after the due date, and the score is the same."""
    before, after = body_of(WITH_LATE), body_of(WITH_LATE, is_after_due=True)

    assert (before["score"], after["score"]) == (0.4, 0.4)
    assert WAITING not in before["msg"]
    assert WAITING in after["msg"]


def test_hidden_check_shows_its_points_only() -> None:
    """A hidden check shows its title and points only."""
    body = body_of(WITH_HIDDEN)

    assert body["score"] == 0.6
    assert "0/2 It is right" in body["msg"]


def test_unreadable_file_is_zero_and_says_why() -> None:
    """An unreadable file is a 0, and the message shows the faulty line, escaped."""
    body = body_of(UNREADABLE)

    assert (body["correct"], body["score"]) == (False, 0.0)
    assert "def broken(&lt;x&gt;:" in body["msg"]


def test_fault_of_the_grader_is_left_out_and_not_a_zero() -> None:
    """A fault of the grader makes no reply, so that the queue hands out the submission again."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/xqueue_body.json"]
    assert [one.who for one in left_out] == ["s1"]
    assert "not a zero" in left_out[0].reason


def test_there_is_no_score_while_all_points_wait() -> None:
    """If all points wait, the report is left out, as a score of 0 would be wrong."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert files == {}
    assert "4 more points depend on checks shown after the due date" in left_out[0].reason
