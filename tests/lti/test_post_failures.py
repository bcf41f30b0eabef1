"""Failures without a response: how they are described, and which of them are retried."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from lti_platform import Fault, LoopbackPlatform
from requests.adapters import HTTPAdapter

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import ActivityProgress, GradingProgress, Score
from grader.lti.client import PlatformClient
from grader.lti.key import read_key
from grader.lti.log import History, LogLine, PostLog, PostOutcome
from grader.lti.platform import read_platform
from grader.lti.responses import describe_failure
from grader.lti.retry import RetryPolicy, read_retry_after

pytestmark = pytest.mark.slow

SCORE = Score(
    user_id="u-ada",
    timestamp="2026-11-24T10:00:00.000Z",
    activity_progress=ActivityProgress.SUBMITTED,
    grading_progress=GradingProgress.FAILED,
)


@pytest.fixture
def settings(platform: LoopbackPlatform, tmp_path: Path) -> Path:
    """The settings of the platform."""
    return platform.write_settings(tmp_path, issuer="https://lms.example")


def connect(path: Path, *, sleep: Callable[[float], None] = lambda _s: None) -> PlatformClient:
    """Connect to a platform; waiting takes no time."""
    settings = read_platform(path)
    key = read_key(settings.key_path)
    return PlatformClient(settings, key, retry_policy=RetryPolicy(sleep=sleep))


def test_slow_response_times_out(
    platform: LoopbackPlatform, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response that takes too long is given up, and the retry shows that the score arrived."""
    monkeypatch.setattr("grader.lti.connector._READ_TIMEOUT_S", 0.5)
    is_given_up = threading.Event()
    platform.on_store = lambda: is_given_up.wait(10.0)

    with connect(settings, sleep=lambda _seconds: is_given_up.set()) as client:
        answer = client.send(SCORE)

    assert answer.outcome is PostOutcome.THERE


def test_platform_that_is_gone_is_unreachable(platform: LoopbackPlatform, tmp_path: Path) -> None:
    """A platform whose port is closed is unreachable."""
    platform.token_url = "http://127.0.0.1:9/token"  # noqa: S105 - a URL
    gone = platform.write_settings(tmp_path)

    with (
        connect(gone) as client,
        pytest.raises(PlatformUnreachableError, match="refuses or drops the connection"),
    ):
        client.send(SCORE)


def test_untrusted_certificate_is_a_usage_error(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An untrusted certificate stops posting without a retry."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")

    monkeypatch.setattr(HTTPAdapter, "send", refuse)

    with connect(settings) as client, pytest.raises(UsageError, match="certificate is not trusted"):
        client.send(SCORE)


def test_token_of_unknown_lifetime_is_used_until_it_is_rejected(
    platform: LoopbackPlatform, settings: Path
) -> None:
    """A token of unknown lifetime is used until it is rejected, then replaced."""
    body = b'{"access_token": "abc", "expires_in": "soon"}'
    platform.token_faults.append(Fault(status=200, body=body))

    with connect(settings) as client:
        assert client.send(SCORE).outcome is PostOutcome.ACCEPTED

    assert platform.paths[0] == platform.paths[2] == "/token"


@pytest.mark.parametrize(
    ("error", "description"),
    [
        (requests.ConnectTimeout("x"), "doesn't answer in time"),
        (requests.ReadTimeout("x"), "doesn't answer in time"),
        (requests.exceptions.ProxyError("x"), "proxy"),
        (requests.ConnectionError("NameResolutionError: lms.example"), "no host with this name"),
        (requests.exceptions.ChunkedEncodingError("x"), "drops the connection"),
    ],
)
def test_failure_is_described_in_a_few_words(
    error: requests.RequestException, description: str
) -> None:
    """A failure is described in a few words, without the library's internals."""
    assert description in describe_failure(error)


@pytest.mark.parametrize("value", ["", "soon", "-3", "1e3", "\N{SUPERSCRIPT TWO}", "Mon, 99"])
def test_unreadable_retry_after_is_ignored(value: str) -> None:
    """A Retry-After that can't be read counts as no wait."""
    assert read_retry_after(value) == 0.0


def test_retry_after_in_the_past_is_no_wait() -> None:
    """A Retry-After date in the past is no wait, by the platform's clock or by ours."""
    assert read_retry_after("Mon, 01 Jan 2001 00:00:00 GMT") == 0.0
    date = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert read_retry_after("Mon, 01 Jan 2001 00:00:09 -0000", date=date) == 9.0


def test_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that can't be written is an error, so nothing unlogged is sent."""

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    line = LogLine(line_item="x", row="ada", outcome=PostOutcome.SENDING, score=SCORE)

    with (
        (tmp_path / "log").open("wb") as file,
        pytest.raises(UsageError, match="No space left on device"),
    ):
        PostLog(file, History()).add(line)
