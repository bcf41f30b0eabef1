"""The log of what was sent: what survives, what is known from it, and which time comes next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from grader.errors import UsageError
from grader.exports.lti_score import ActivityProgress, GradingProgress, Score
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
    """Make a line of the log."""
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
    """Make a history of lines."""
    made = History()
    for one in lines:
        made.add(one)
    return made


def test_log_is_one_line_of_json_a_score(tmp_path: Path) -> None:
    """However many lines a comment has; and what was there stays."""
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
    """Wherever it was cut, the lines before it count, and the next is whole."""
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
def test_whole_line_of_something_else_is_told(tmp_path: Path, broken: bytes) -> None:
    """It is no log of ours, and nothing is appended to it."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(msgspec.json.encode(line()) + b"\n" + broken)

    with pytest.raises(UsageError, match=r"line 2 of .* move the file away"), open_log(path):
        pytest.fail("opened")
    with pytest.raises(UsageError, match="line 2 of"):
        read_log(path)


def test_second_sender_is_turned_away(tmp_path: Path) -> None:
    """Two would send everything twice."""
    path = tmp_path / "log.jsonl"
    with (
        open_log(path),
        pytest.raises(UsageError, match="somebody else is sending"),
        open_log(path),
    ):
        pytest.fail("opened")


def test_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="can't write"), open_log(tmp_path / "no" / "log"):
        pytest.fail("opened")
    with pytest.raises(UsageError, match="can't read"):
        read_log(tmp_path)
    assert not read_log(tmp_path / "none").has(ITEM, line().score)


@pytest.mark.parametrize("outcome", [PostOutcome.ACCEPTED, PostOutcome.THERE, PostOutcome.LATER])
def test_equal_score_is_known_whatever_its_time(outcome: PostOutcome) -> None:
    """Of the same person at the same line item."""
    known = history(line(outcome))

    assert known.has(ITEM, line(stamp="").score)
    assert not known.has(ITEM, line(given=8.0).score)
    assert not known.has("https://lms.example/8", line().score)
    assert not known.has(ITEM, line(user_id="u-bob").score)


def test_only_the_last_score_counts() -> None:
    """One that was replaced has to be sent again if it comes back."""
    known = history(line(given=1.0), line(given=2.0))

    assert not known.has(ITEM, line(given=1.0).score)


def test_refused_score_leaves_what_was_there() -> None:
    """One that nobody answered may have replaced it."""
    refused = history(line(given=1.0), line(PostOutcome.REFUSED, given=2.0))
    unanswered = history(line(given=1.0), line(PostOutcome.UNANSWERED, given=2.0))

    assert refused.has(ITEM, line(given=1.0).score)
    assert not refused.has(ITEM, line(given=2.0).score)
    assert not unanswered.has(ITEM, line(given=1.0).score)


def test_score_on_its_way_is_not_known_to_be_there() -> None:
    """Until there is a line with what became of it."""
    killed = [line(given=1.0), line(PostOutcome.SENDING, given=1.0, stamp="2026-11-24T10:00:05.5Z")]

    assert not history(*killed).has(ITEM, line(given=1.0).score)
    assert history(*killed).stamp(ITEM, "u-ada", NOW) == "2026-11-24T10:00:06.000Z"
    assert history(*killed, line(PostOutcome.REFUSED)).has(ITEM, line(given=1.0).score)
    assert not history(*killed, line(PostOutcome.UNANSWERED)).has(ITEM, line(given=1.0).score)


def test_timestamp_has_a_zone_and_milliseconds() -> None:
    """In UTC, whatever the clock's zone is."""
    east = NOW.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)

    assert History().stamp(ITEM, "u-ada", east) == "2026-11-24T10:00:00.250Z"


@pytest.mark.parametrize("late_s", [-86_400.0, 0.0, 0.5, 0.749])
def test_timestamp_is_of_a_later_second(late_s: float) -> None:
    """Also when the clock was put back; platforms compare no finer."""
    known = history(line(PostOutcome.UNANSWERED))

    stamp = known.stamp(ITEM, "u-ada", NOW + timedelta(seconds=late_s))

    assert stamp == "2026-11-24T10:00:01.000Z"


def test_timestamp_is_now_for_everybody_else() -> None:
    """A clock that was wrong once doesn't spoil the times of others."""
    known = history(line(stamp="2030-01-01T00:00:00.000Z"))

    assert known.stamp(ITEM, "u-bob", NOW) == "2026-11-24T10:00:00.250Z"
    assert known.stamp(ITEM, "u-ada", NOW) == "2030-01-01T00:00:01.000Z"
