"""The log of sent scores: what survives, what it shows, and which timestamp comes next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from grader.errors import UsageError
from grader.exports.lti_score import ActivityProgress, CanvasSubmission, GradingProgress, Score
from grader.lti.log import History, LogLine, PostOutcome, open_log, read_log

ITEM = "https://lms.example/7"
NOW = datetime(2026, 11, 24, 10, 0, 0, 250_900, tzinfo=UTC)


def line(
    outcome: PostOutcome = PostOutcome.ACCEPTED,
    *,
    given: float = 9.0,
    stamp: str = "2026-11-24T10:00:00.250Z",
    user_id: str = "u-ada",
    item: str = ITEM,
) -> LogLine:
    """Return a line of the log."""
    score = Score(
        user_id=user_id,
        timestamp=stamp,
        activity_progress=ActivityProgress.COMPLETED,
        grading_progress=GradingProgress.FULLY_GRADED,
        score_given=given,
        score_maximum=12.0,
        comment='a "quoted" line\nand {"another": 1}',
    )
    return LogLine(line_item=item, row="ada", outcome=outcome, score=score)


def history(*lines: LogLine) -> History:
    """Return the history of some lines."""
    made = History()
    for one in lines:
        made.add(one)
    return made


def test_log_is_one_line_of_json_a_score(tmp_path: Path) -> None:
    """Each score takes one line of JSON, and opening the log again keeps earlier lines."""
    path = tmp_path / "log.jsonl"
    for given in (1.0, 2.0):
        with open_log(path) as log:
            log.add(line(given=given))

    text = path.read_text()
    assert text.count("\n") == 2
    assert [msgspec.json.decode(one, type=LogLine) for one in text.splitlines()] == [
        line(given=1.0),
        line(given=2.0),
    ]


def test_half_a_line_is_dropped(tmp_path: Path) -> None:
    """A cut last line is dropped, earlier lines count, and the next line is whole."""
    path = tmp_path / "log.jsonl"
    with open_log(path) as log:
        log.add(line(given=1.0))
        log.add(line(given=2.0, user_id="u-bob"))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1

    for end in {*range(first, len(whole), 10), len(whole) - 1}:
        path.write_bytes(whole[:end])
        assert read_log(path).has(ITEM, line(given=1.0).score)
        assert not read_log(path).has(ITEM, line(given=2.0, user_id="u-bob").score)
    with open_log(path) as log:
        log.add(line(given=2.0, user_id="u-bob"))
    assert path.read_bytes() == whole


@pytest.mark.parametrize("broken", [b"\xff\n", b"{}\n", b"\n", b'{"outcome": "accepted"}\n'])
def test_foreign_line_is_an_error(tmp_path: Path, broken: bytes) -> None:
    """A whole line that is not ours is an error, and nothing is appended."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(msgspec.json.encode(line()) + b"\n" + broken)

    with pytest.raises(UsageError, match=r"line 2 of .* move the file away"), open_log(path):
        pytest.fail("opened")
    with pytest.raises(UsageError, match="line 2 of"):
        read_log(path)


def test_second_sender_is_refused(tmp_path: Path) -> None:
    """A second sender is refused, since two would send everything twice."""
    path = tmp_path / "log.jsonl"
    with (
        open_log(path),
        pytest.raises(UsageError, match="another process is sending"),
        open_log(path),
    ):
        pytest.fail("opened")


def test_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A log that can't be opened is an error before anything is sent."""
    with pytest.raises(UsageError, match="can't write"), open_log(tmp_path / "no" / "log"):
        pytest.fail("opened")
    with pytest.raises(UsageError, match="can't read"):
        read_log(tmp_path)
    assert not read_log(tmp_path / "none").has(ITEM, line().score)


@pytest.mark.parametrize("outcome", [PostOutcome.ACCEPTED, PostOutcome.THERE, PostOutcome.LATER])
def test_equal_score_is_known_whatever_its_time(outcome: PostOutcome) -> None:
    """An equal score of the same person and line item is known, whatever its timestamp."""
    known = history(line(outcome))

    assert known.has(ITEM, line(stamp="").score)
    assert not known.has(ITEM, line(given=8.0).score)
    assert not known.has("https://lms.example/8", line().score)
    assert not known.has(ITEM, line(user_id="u-bob").score)


def test_score_of_an_old_log_is_known() -> None:
    """Logs from before scores said what they mean for Canvas make nobody's score new."""
    known = line()
    score = msgspec.structs.replace(known.score, canvas=CanvasSubmission())
    sent = msgspec.structs.replace(known, score=score)

    assert history(known).has(ITEM, score)
    assert history(sent).has(ITEM, known.score)


def test_only_the_last_score_counts() -> None:
    """A score that was replaced has to be sent again if it comes back."""
    known = history(line(given=1.0), line(given=2.0))

    assert not known.has(ITEM, line(given=1.0).score)


def test_refused_score_leaves_what_was_there() -> None:
    """A refused score leaves the earlier one; an unanswered one may have replaced it."""
    refused = history(line(given=1.0), line(PostOutcome.REFUSED, given=2.0))
    unanswered = history(line(given=1.0), line(PostOutcome.UNANSWERED, given=2.0))

    assert refused.has(ITEM, line(given=1.0).score)
    assert not refused.has(ITEM, line(given=2.0).score)
    assert not unanswered.has(ITEM, line(given=1.0).score)


def test_score_without_an_outcome_is_not_known_to_have_arrived() -> None:
    """A score whose line has no outcome is not known to have arrived."""
    killed = [line(given=1.0), line(PostOutcome.SENDING, given=1.0, stamp="2026-11-24T10:00:05.5Z")]

    assert not history(*killed).has(ITEM, line(given=1.0).score)
    assert history(*killed).stamp(ITEM, "u-ada", NOW) == "2026-11-24T10:00:06.000Z"
    assert history(*killed, line(PostOutcome.REFUSED)).has(ITEM, line(given=1.0).score)
    assert not history(*killed, line(PostOutcome.UNANSWERED)).has(ITEM, line(given=1.0).score)


def test_timestamp_has_a_zone_and_milliseconds() -> None:
    """A timestamp has milliseconds and is in UTC, whatever the clock's time zone."""
    east = NOW.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)

    assert History().stamp(ITEM, "u-ada", east) == "2026-11-24T10:00:00.250Z"


@pytest.mark.parametrize("late_s", [-86_400.0, 0.0, 0.5, 0.749])
def test_timestamp_is_of_a_later_second(late_s: float) -> None:
    """A timestamp is in a later second than the last, even if the clock was put back."""
    known = history(line(PostOutcome.UNANSWERED))

    stamp = known.stamp(ITEM, "u-ada", NOW + timedelta(seconds=late_s))

    assert stamp == "2026-11-24T10:00:01.000Z"


def test_timestamp_is_now_for_everybody_else() -> None:
    """A wrong timestamp of one person doesn't affect the timestamps of others."""
    known = history(line(stamp="2030-01-01T00:00:00.000Z"))

    assert known.stamp(ITEM, "u-bob", NOW) == "2026-11-24T10:00:00.250Z"
    assert known.stamp(ITEM, "u-ada", NOW) == "2030-01-01T00:00:01.000Z"


def test_a_whole_score_is_not_emptied_by_one_that_waits_for_a_person() -> None:
    """Platforms like Moodle would show no grade any more; the message says what helps."""
    waiting = msgspec.structs.replace(line().score, grading_progress=GradingProgress.PENDING_MANUAL)

    assert "for a person" in history(line()).explain_loss(ITEM, waiting)
