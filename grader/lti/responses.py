"""What the answers of a platform mean, and how they are told."""

from dataclasses import dataclass
from http import HTTPStatus

import requests

from grader.lti.log import PostOutcome
from grader.lti.retry import TransientError, read_retry_after
from grader.outputs.escaping import escape_controls

_QUOTED_CHARACTERS = 200
_QUOTED_BYTES = 4096
# What Canvas answers instead of 429 to who asks too often.
_THROTTLED = b"rate limit exceeded"
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """What became of a score that was sent.

    Attributes:
        outcome: What became of it.
        http_status: What was answered last; 0 where nothing was.
        reason: Why it was not taken.
    """

    outcome: PostOutcome
    http_status: int = 0
    reason: str = ""


def raise_if_transient(response: requests.Response) -> None:
    """Tell answers that later may be others.

    Raises:
        TransientError: it is one.
    """
    status = response.status_code
    is_passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING
    if is_passing or (status == HTTPStatus.FORBIDDEN and _is_throttled(response)):
        headers = response.headers
        raise TransientError(
            f"it answers {describe(response)}",
            http_status=status,
            asked_wait_s=read_retry_after(
                headers.get("Retry-After", ""), date=headers.get("Date", "")
            ),
        )


def describe(response: requests.Response) -> str:
    """Give the status of an answer, and what the platform says about it."""
    status = f"HTTP {response.status_code}"
    if "html" in response.headers.get("Content-Type", ""):
        return status
    # Not response.text: it guesses the encoding from all of it.
    said = response.content[:_QUOTED_BYTES].decode("utf-8", "replace")
    said = " ".join(escape_controls(said).split())[:_QUOTED_CHARACTERS]
    return f"{status} ({said})" if said else status


def describe_failure(error: requests.RequestException) -> str:
    """Say why there was no answer; the library's own words are long, and name our parts."""
    if isinstance(error, requests.Timeout):
        return "it doesn't answer in time"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy can't be reached, or refuses"
    if "NameResolutionError" in str(error):
        return "there is no host of this name"
    return "it can't be connected to, or cuts the connection"


def is_untrusted(error: requests.RequestException) -> bool:
    """Tell whether it was not sent because nothing proves that the platform is the right one."""
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY" in str(error)


def _is_throttled(response: requests.Response) -> bool:
    return _THROTTLED in response.content[:_QUOTED_BYTES].lower()
