"""Sending single scores to a platform that works, fails, refuses and redirects."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lti_platform import CLIENT_ID, Fault, LoopbackPlatform, make_key

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import (
    CANVAS_SUBMISSION,
    ActivityProgress,
    CanvasSubmission,
    GradingProgress,
    Score,
)
from grader.lti.client import PlatformClient
from grader.lti.key import read_key
from grader.lti.log import PostOutcome
from grader.lti.platform import read_platform
from grader.lti.retry import RetryPolicy

pytestmark = pytest.mark.slow

Connect = Callable[..., PlatformClient]


@pytest.fixture
def waits() -> list[float]:
    """The seconds of each wait."""
    return []


@pytest.fixture
def connect(platform: LoopbackPlatform, tmp_path: Path, waits: list[float]) -> Iterator[Connect]:
    """Connect to the platform; waiting takes no time."""
    with ExitStack() as stack:

        def make(**changes: str) -> PlatformClient:
            settings = read_platform(platform.write_settings(tmp_path, **changes))
            client = PlatformClient(
                settings, read_key(settings.key_path), retry_policy=RetryPolicy(sleep=waits.append)
            )
            return stack.enter_context(client)

        yield make


def make_score(user_id: str = "u-ada", second: int = 0, **changes: object) -> Score:
    """Return a score with a timestamp in the given second."""
    fields: dict[str, object] = {
        "user_id": user_id,
        "timestamp": f"2026-11-24T10:00:{second:02}.250Z",
        "activity_progress": ActivityProgress.COMPLETED,
        "grading_progress": GradingProgress.FULLY_GRADED,
        "score_given": 9.5,
        "score_maximum": 12.0,
        "comment": "update: 8 of 11\nSchön",
    }
    return Score(**{**fields, **changes})  # type: ignore[arg-type]


def test_score_arrives_as_it_was_made(platform: LoopbackPlatform, connect: Connect) -> None:
    """A score arrives unchanged; /scores comes before the query of the line item's URL."""
    answer = connect().send(make_score())

    assert (answer.outcome, answer.http_status) == (PostOutcome.ACCEPTED, 200)
    assert platform.paths == [
        "/token",
        "/mod/lti/services.php/2/lineitems/7/lineitem/scores?type_id=3",
    ]
    assert platform.posts == [
        {
            "userId": "u-ada",
            "timestamp": "2026-11-24T10:00:00.250Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 9.5,
            "scoreMaximum": 12.0,
            "comment": "update: 8 of 11\nSchön",
        }
    ]


def test_request_for_a_token_says_who_and_for_how_long(
    platform: LoopbackPlatform, connect: Connect
) -> None:
    """A token request names client, audience and expiry; one token serves for all scores."""
    client = connect(deployment_id="5")
    client.send(make_score("u-ada"))
    client.send(make_score("u-bob"))

    (claims,) = platform.assertions
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        CLIENT_ID,
        CLIENT_ID,
        platform.token_url,
    )
    assert claims["jti"]
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"] == "5"


def test_score_without_points_has_none(platform: LoopbackPlatform, connect: Connect) -> None:
    """A score without points leaves the fields out instead of sending null."""
    score = Score(
        user_id="u-eve",
        timestamp="2026-11-24T10:00:00.250Z",
        activity_progress=ActivityProgress.SUBMITTED,
        grading_progress=GradingProgress.FAILED,
    )

    connect().send(score)

    assert sorted(platform.scores["u-eve"]) == [
        "activityProgress",
        "gradingProgress",
        "timestamp",
        "userId",
    ]


def test_wrong_key_stops_at_once(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """A wrong key stops posting at once; the message names settings and quotes no key."""
    with pytest.raises(UsageError, match=r"issues no token to client .*public key") as caught:
        connect(key_name="stranger").send(make_score())

    assert "invalid_client" in str(caught.value)
    assert "BEGIN" not in str(caught.value)
    assert (platform.posts, waits) == ([], [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_id": "somebody"}, "invalid_client"),
        ({"audience": "https://elsewhere.example"}, "invalid_client"),
        ({"key_id": "unknown"}, "public key"),
    ],
)
def test_wrong_settings_get_no_token(
    connect: Connect, changes: dict[str, str], message: str
) -> None:
    """If the settings are wrong, the message quotes the platform's own reason."""
    with pytest.raises(UsageError, match=message):
        connect(**changes).send(make_score())


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(status=404), "HTTP 404"),
        (Fault(status=302, headers={"Location": "/login"}), "not a token endpoint"),
        (Fault(status=200, body=b"<html>"), "not a token endpoint"),
        (Fault(status=200, body=b"{}"), "contains no token"),
        (Fault(status=200, body=b'{"access_token": 7}'), "contains no token"),
        (Fault(status=200, body=b"[]"), "contains no token"),
    ],
)
def test_url_that_issues_no_token_is_reported(
    platform: LoopbackPlatform, connect: Connect, fault: Fault, message: str
) -> None:
    """A token URL that leads to another page is reported as a wrong setting."""
    platform.token_faults.append(fault)

    with pytest.raises(UsageError, match=message):
        connect().send(make_score())


def test_request_for_a_token_is_retried(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """Temporary faults of the token URL are retried, with a wait that doubles."""
    platform.token_faults += [Fault(status=503), Fault(), Fault(status=429)]

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED
    assert waits == [1.0, 2.0, 4.0]


def test_no_token_for_too_long_is_unreachable(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """A platform that issues no token in five attempts counts as unreachable."""
    platform.token_faults += [Fault(status=502)] * 5

    with pytest.raises(
        PlatformUnreachableError, match="no access token, because it answers HTTP 502"
    ):
        connect().send(make_score())

    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_expired_token_is_replaced_once(platform: LoopbackPlatform, connect: Connect) -> None:
    """A score that meets an expired token is sent again with a new one."""
    platform.expired_tokens = 1

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED
    assert len(platform.assertions) == 2
    assert len(platform.posts) == 1


def test_token_that_is_never_good_stops(platform: LoopbackPlatform, connect: Connect) -> None:
    """A second rejected token stops posting, so that tokens aren't requested forever."""
    platform.expired_tokens = 99

    with pytest.raises(UsageError, match="rejects it for the line item"):
        connect().send(make_score())

    assert len(platform.assertions) == 2


def test_token_is_renewed_before_it_ends(platform: LoopbackPlatform, tmp_path: Path) -> None:
    """A token that is valid for an hour is renewed a minute before it expires."""
    settings = read_platform(platform.write_settings(tmp_path))
    clock = iter([0.0, 3539.0, 3541.0, 3541.0])
    key = read_key(settings.key_path)
    client = PlatformClient(settings, key, retry_policy=RetryPolicy(), clock=lambda: next(clock))
    with client:
        client.send(make_score("u-ada"))
        client.send(make_score("u-bob"))
        assert len(platform.assertions) == 1

        client.send(make_score("u-eve"))
        assert len(platform.assertions) == 2


def test_stale_score_is_not_an_error(platform: LoopbackPlatform, connect: Connect) -> None:
    """The platform keeps a score of the same second, as Moodle does, and that is no error."""
    client = connect()
    client.send(make_score(second=7))

    answer = client.send(make_score(second=7, score_given=1.0))

    assert (answer.outcome, answer.http_status) == (PostOutcome.LATER, 409)
    assert platform.scores["u-ada"]["scoreGiven"] == 9.5


def test_stale_score_is_not_an_error_in_canvas(
    platform: LoopbackPlatform, connect: Connect
) -> None:
    """Canvas answers 400 where others answer 409; after a retry, the score had arrived."""
    stale = Fault(
        status=400,
        body=b'{"errors": {"message": "Provided timestamp of 2026-01-01T00:00:00Z before last '
        b'updated timestamp of 2026-11-24T10:00:00.000Z"}}',
    )
    platform.score_faults += [stale, Fault(status=503), stale]
    client = connect()

    outcomes = [client.send(make_score()).outcome for _ in range(2)]

    assert outcomes == [PostOutcome.LATER, PostOutcome.THERE]


def test_canvas_is_told_that_nothing_new_was_handed_in(
    platform: LoopbackPlatform, connect: Connect
) -> None:
    """Otherwise Canvas would make a new hand-in of each score, dated now."""
    time = "2026-11-02T10:00:00.000Z"
    client = connect()

    client.send(make_score(canvas=CanvasSubmission(submitted_at=time)))
    client.send(make_score("u-bob", canvas=CanvasSubmission()))

    assert [one[CANVAS_SUBMISSION] for one in platform.posts] == [
        {"new_submission": False, "submitted_at": time},
        {"new_submission": False},
    ]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_refused_score_affects_no_other(
    platform: LoopbackPlatform, connect: Connect, status: int
) -> None:
    """A refused score has a short, printable reason, and the next score is sent."""
    platform.score_faults.append(Fault(status=status, body=b"no\x1b[31m\nsuch  user" + b"!" * 9999))
    client = connect()

    answer = client.send(make_score())

    assert (answer.outcome, answer.http_status) == (PostOutcome.REFUSED, status)
    assert answer.reason.startswith(rf"HTTP {status} (no\x1b[31m such user!!!")
    assert len(answer.reason) < 250
    assert client.send(make_score("u-bob")).outcome is PostOutcome.ACCEPTED


def test_role_that_cannot_be_graded_is_refused(
    platform: LoopbackPlatform, connect: Connect
) -> None:
    """A user whose role can't be graded is refused, with the platform's own reason."""
    platform.ungradable.add("u-staff")

    answer = connect().send(make_score("u-staff"))

    assert (answer.outcome, answer.http_status) == (PostOutcome.REFUSED, 422)
    assert "can't be graded" in answer.reason


def test_page_is_not_quoted(platform: LoopbackPlatform, connect: Connect) -> None:
    """An HTML page in a response is not quoted in the reason."""
    page = Fault(status=404, headers={"Content-Type": "text/html"}, body=b"<html>")
    platform.score_faults.append(page)

    assert connect().send(make_score()).reason == "HTTP 404"


def test_redirect_is_not_followed(platform: LoopbackPlatform, connect: Connect) -> None:
    """A redirect is not followed, because a login page would look like a success."""
    platform.score_faults.append(Fault(status=302, headers={"Location": "/login"}))

    with pytest.raises(UsageError, match="line_item redirects elsewhere"):
        connect().send(make_score())

    assert "GET /login" not in platform.paths


def test_success_with_another_body_is_a_success(
    platform: LoopbackPlatform, connect: Connect
) -> None:
    """A successful response counts even if its body is not JSON."""
    platform.score_faults.append(Fault(status=202, body=b"OK", is_stored=True))

    answer = connect().send(make_score())

    assert (answer.outcome, answer.http_status) == (PostOutcome.ACCEPTED, 202)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=503),
        Fault(status=408),
        Fault(status=403, body=b"403 Forbidden (Rate Limit Exceeded)"),
        Fault(),
    ],
)
def test_temporary_fault_is_retried(
    platform: LoopbackPlatform, connect: Connect, waits: list[float], fault: Fault
) -> None:
    """A temporary fault is retried with the same timestamp."""
    platform.score_faults += [fault, fault]

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED
    assert waits == [1.0, 2.0]
    assert [one["timestamp"] for one in platform.posts] == [make_score().timestamp]


@pytest.mark.parametrize("fault", [Fault(is_stored=True), Fault(status=504, is_stored=True)])
def test_score_whose_answer_was_lost_is_there(
    platform: LoopbackPlatform, connect: Connect, fault: Fault
) -> None:
    """If the response is lost, the stale retry shows that the score had arrived."""
    platform.score_faults.append(fault)

    answer = connect().send(make_score())

    assert answer.outcome is PostOutcome.THERE
    assert platform.posts == [platform.scores["u-ada"]] * 2


def test_retry_after_in_seconds_is_kept(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """A Retry-After in seconds is respected, unless our own wait is longer."""
    platform.score_faults += [
        Fault(status=429, headers={"Retry-After": "17"}),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=503, headers={"Retry-After": "soon"}),
    ]

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED
    assert waits == [17.0, 2.0, 4.0]


def test_retry_after_as_a_date_is_kept(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """A Retry-After date is read relative to the platform's clock, which may be wrong."""
    headers = {
        "Date": "Mon, 01 Jan 2001 00:00:00 GMT",
        "Retry-After": "Mon, 01 Jan 2001 00:00:42 GMT",
    }
    platform.score_faults.append(Fault(status=429, headers=headers))

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED
    assert waits == [42.0]


def test_platform_that_asks_for_an_hour_is_not_waited_for(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """If the platform asks for an hour, we give up; the command can be run again then."""
    platform.score_faults.append(Fault(status=503, headers={"Retry-After": "3600"}))

    answer = connect().send(make_score())

    assert (answer.outcome, answer.http_status, waits) == (PostOutcome.UNANSWERED, 503, [])
    assert "asks to wait 3600 s" in answer.reason


def test_score_that_is_never_answered_is_given_up(
    platform: LoopbackPlatform, connect: Connect, waits: list[float]
) -> None:
    """A score without a response in five attempts counts as unanswered."""
    platform.score_faults += [Fault()] * 5

    answer = connect().send(make_score())

    assert (answer.outcome, answer.http_status) == (PostOutcome.UNANSWERED, 0)
    assert answer.reason == "it refuses or drops the connection"
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_password_of_a_netrc_does_not_replace_the_token(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password in a .netrc does not replace the token, as requests would have it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert connect().send(make_score()).outcome is PostOutcome.ACCEPTED


def test_key_is_shown_nowhere(connect: Connect) -> None:
    """Neither the key's nor the platform's repr shows the private key."""
    client = connect()
    key = read_key(client._platform.key_path)

    private = make_key("tool")[0].splitlines()[1]
    assert private in key.private
    assert private not in repr(key)
    assert private not in repr(client._platform)
