"""Sending the scores of a class: who gets one, what is sent again, and what stops it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lti_class import ADA, BOB, EVE, failed_by_us, graded, write_class, write_three
from lti_platform import Fault, LoopbackPlatform

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import Score
from grader.exports.source import open_work
from grader.lti.client import PlatformClient
from grader.lti.key import read_key
from grader.lti.log import PostOutcome, PostResult, open_log
from grader.lti.plan import PostingPlan, plan_scores
from grader.lti.platform import read_platform
from grader.lti.post import Tally, post_scores
from grader.lti.retry import RetryPolicy
from grader.lti.users import own_ids
from grader.report.class_model import Student
from grader.report.model import Report

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
Post = Callable[..., Tally]


def plan_of(folder: Path) -> PostingPlan:
    """Plan what to send for a class."""
    return plan_scores(open_work(folder), find_user=own_ids)


@pytest.fixture
def post(platform: LoopbackPlatform, tmp_path: Path) -> Post:
    """Post a class at a given time; waiting takes no time."""
    settings = read_platform(platform.write_settings(tmp_path))
    key = read_key(settings.key_path)
    retry_policy = RetryPolicy(sleep=lambda _seconds: None)

    def run(
        folder: Path,
        *,
        now: datetime = NOW,
        wrap: Callable[
            [Callable[[Score], PostResult]], Callable[[Score], PostResult]
        ] = lambda send: send,
        tally: Tally | None = None,
        has_to_resend: bool = False,
    ) -> Tally:
        tally = tally or Tally()
        with (
            PlatformClient(settings, key, retry_policy=retry_policy) as client,
            open_log(tmp_path / "log.jsonl") as log,
        ):
            post_scores(
                plan_of(folder),
                line_item=settings.line_item,
                send=wrap(client.send),
                log=log,
                tally=tally,
                now=lambda: now,
                has_to_resend=has_to_resend,
            )
        return tally

    return run


def test_every_graded_student_gets_a_score(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """Everybody is sent; those on whom the grader failed have no score, and no zero."""
    tally = post(write_three(tmp_path))

    assert tally.outcomes == {PostOutcome.ACCEPTED: 3}
    given = {user: one.get("scoreGiven") for user, one in platform.scores.items()}
    assert given == {"u-ada": 11.0, "u-bob": 3.0, "u-eve": None}
    assert platform.scores["u-eve"]["gradingProgress"] == "Failed"


def test_known_score_is_not_sent_again(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """A known score is sent again only on request, then with a later timestamp."""
    folder = write_three(tmp_path)
    post(folder)

    assert post(folder).unchanged == 3
    assert len(platform.posts) == 3
    assert post(folder, has_to_resend=True).outcomes == {PostOutcome.ACCEPTED: 3}
    stamps = [one["timestamp"] for one in platform.posts if one["userId"] == "u-ada"]
    assert stamps == ["2026-11-24T10:00:00.000Z", "2026-11-24T10:00:01.000Z"]


def write_one(folder: Path, report: Report) -> Path:
    """Write a class of one student."""
    return write_class(folder, ("ada", (ADA,), report))


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (failed_by_us(), "there is no score, so the one that was sent before stays"),
        (graded(9.0, waiting=4.0), "--after-due sends the new one"),
    ],
)
@pytest.mark.parametrize("has_to_resend", [False, True])
def test_score_is_never_emptied(
    platform: LoopbackPlatform,
    post: Post,
    tmp_path: Path,
    report: Report,
    reason: str,
    *,
    has_to_resend: bool,
) -> None:
    """Platforms empty a grade if they get a fault, or points that wait; so these are not sent."""
    post(write_one(tmp_path, graded(11.0)))

    tally = post(write_one(tmp_path, report), has_to_resend=has_to_resend)

    assert platform.scores["u-ada"]["scoreGiven"] == 11.0
    assert (tally.done, len(tally.outcomes)) == (1, 0)
    assert [one.who for one in tally.kept] == ["Ada (ada)"]
    assert reason in tally.kept[0].reason


def test_points_that_wait_are_sent_again_while_they_wait(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """Before the due date, a new hand-in replaces the points of the one before."""
    post(write_one(tmp_path, graded(5.0, waiting=4.0)))

    tally = post(write_one(tmp_path, graded(9.0, waiting=4.0)))

    assert tally.kept == []
    assert platform.scores["u-ada"]["scoreGiven"] == 9.0


def test_changed_score_is_sent(platform: LoopbackPlatform, post: Post, tmp_path: Path) -> None:
    """Only a changed score is sent, and its timestamp is later even in the same second."""
    post(write_three(tmp_path))

    tally = post(write_three(tmp_path, ada=7.0))

    assert (tally.unchanged, tally.outcomes) == (2, {PostOutcome.ACCEPTED: 1})
    assert platform.scores["u-ada"]["scoreGiven"] == 7.0


def test_crash_before_the_log_is_harmless(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """After a crash before the log line, an equal score with a later timestamp is sent."""
    folder = write_three(tmp_path)

    def crash_after_bob(send: Callable[[Score], PostResult]) -> Callable[[Score], PostResult]:
        def send_and_crash(score: Score) -> PostResult:
            answer = send(score)
            if score.user_id == "u-bob":
                raise KeyboardInterrupt
            return answer

        return send_and_crash

    tally = Tally()
    with pytest.raises(KeyboardInterrupt):
        post(folder, wrap=crash_after_bob, tally=tally)
    before = platform.scores["u-bob"]

    assert tally.done == 1
    assert post(folder, now=NOW.replace(minute=5)).unchanged == 1
    after = platform.scores["u-bob"]
    assert before["timestamp"] < after["timestamp"]
    assert {**before, "timestamp": ""} == {**after, "timestamp": ""}
    assert [one["userId"] for one in platform.posts] == ["u-ada", "u-bob", "u-bob", "u-eve"]


def test_half_a_line_in_the_log_is_sent_again(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """A score with a cut log line is sent again, later even if the clock was put back."""
    folder = write_three(tmp_path)
    post(folder)
    log = tmp_path / "log.jsonl"
    log.write_bytes(log.read_bytes()[:-20])

    tally = post(folder, now=NOW.replace(year=2020))

    assert (tally.unchanged, tally.outcomes) == (2, {PostOutcome.ACCEPTED: 1})
    assert platform.posts[-1]["timestamp"] == "2026-11-24T10:00:01.000Z"


def test_lost_log_is_harmless(post: Post, tmp_path: Path) -> None:
    """Without the log, the platform refuses scores that are not later: not a failure."""
    folder = write_three(tmp_path)
    post(folder)
    (tmp_path / "log.jsonl").unlink()

    assert post(folder).outcomes == {PostOutcome.LATER: 3}
    assert post(folder).unchanged == 3


def test_refused_score_does_not_stop_the_others(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """A refused score is listed, the others are sent, and the next run retries it."""
    folder = write_three(tmp_path)
    platform.ungradable.add("u-bob")

    tally = post(folder)

    assert tally.outcomes == {PostOutcome.ACCEPTED: 2, PostOutcome.REFUSED: 1}
    assert [one.who for one in tally.refused] == ["Bob (bob)"]
    platform.ungradable.clear()
    assert post(folder).outcomes == {PostOutcome.ACCEPTED: 1}


def test_one_unanswered_score_does_not_stop_the_others(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """One unanswered score doesn't stop the others, since only it may be the problem."""
    platform.score_faults += [None, *[Fault(status=500)] * 5]

    tally = post(write_three(tmp_path))

    assert tally.outcomes == {PostOutcome.ACCEPTED: 2, PostOutcome.UNANSWERED: 1}


def test_three_unanswered_scores_in_a_row_stop_posting(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """Three unanswered scores in a row stop posting, and the same command resumes."""
    people = [(f"r{n}", (Student(id=f"u{n}"),), graded(n + 1.0)) for n in range(6)]
    folder = write_class(tmp_path, *people)
    platform.score_faults += [None, *[Fault(status=503)] * 15]
    tally = Tally()

    with pytest.raises(PlatformUnreachableError, match="HTTP 503"):
        post(folder, tally=tally)

    assert (tally.done, tally.outcomes[PostOutcome.UNANSWERED]) == (4, 3)
    assert post(folder).outcomes == {PostOutcome.ACCEPTED: 5}
    assert len(platform.scores) == 6


def test_members_of_a_group_have_a_score_each(
    platform: LoopbackPlatform, post: Post, tmp_path: Path
) -> None:
    """Members of a group get the same score each, once even if listed twice."""
    folder = write_class(tmp_path, ("team", (ADA, BOB, ADA), graded(9.0)))

    assert post(folder).outcomes == {PostOutcome.ACCEPTED: 2}
    assert {one["scoreGiven"] for one in platform.scores.values()} == {9.0}
    assert sorted(platform.scores) == ["u-ada", "u-bob"]


def test_plan_lists_who_is_left_out(tmp_path: Path) -> None:
    """The plan lists students without a valid id, and those with several submissions."""
    plan = plan_of(
        write_class(
            tmp_path,
            ("a", (Student(name="Nobody"),), graded(9.0)),
            ("b", (Student(id="\N{GREEK SMALL LETTER ALPHA}"),), graded(9.0)),
            ("c1", (BOB,), graded(9.0)),
            ("c2", (BOB,), graded(8.0)),
            ("d", (ADA, Student(email="x@example.edu")), graded(7.0)),
            ("", (EVE,), None),
        )
    )

    assert [(one.row_id, one.score.user_id) for one in plan.deliveries] == [("d", "u-ada")]
    assert sorted((one.who, one.reason) for one in plan.left_out) == [
        ("Bob (c1)", "user u-bob has several submissions; keep only one of them: c1, c2"),
        ("Nobody (a)", "the user id is not known"),
        ("x@example.edu (d)", "the user id is not known"),
        (
            "\N{GREEK SMALL LETTER ALPHA} (b)",
            "the user id is not valid: it has to be printable ASCII, at most 255 characters long",
        ),
    ]
    assert plan.absent == 1


def test_report_of_another_grading_is_not_sent(tmp_path: Path) -> None:
    """A report with another score than the summary is an error, as after a killed batch."""
    folder = write_class(tmp_path, ("ada", (ADA,), graded(9.0)))
    summary = (folder / "summary.json").read_bytes()
    write_class(folder, ("ada", (ADA,), graded(4.0)))
    (folder / "summary.json").write_bytes(summary)

    with pytest.raises(UsageError, match="the report of ada and the summary have different scores"):
        plan_of(folder)


def test_missing_report_is_an_error_before_anything_is_sent(tmp_path: Path) -> None:
    """A missing report is an error before any score is sent without its comment."""
    folder = write_class(tmp_path, ("ada", (ADA,), failed_by_us()))
    (folder / "reports" / "ada.json").unlink()

    with pytest.raises(UsageError, match=r"can't read .*ada\.json"):
        plan_of(folder)
