"""Interpret the responses of a platform, and describe them in a few words."""

from http import HTTPStatus

import requests

from grader.lti.retry import TransientError, read_retry_after
from grader.outputs.escaping import escape_controls

_QUOTED_CHARACTERS = 200
_QUOTED_BYTES = 4096
# Canvas answers 403 with this text, instead of 429, if there are too many requests.
_THROTTLED = b"rate limit exceeded"
# Canvas answers 400 with this text, instead of 409, if it has a later score.
_LATER = b"before last updated timestamp"
_TRANSIENT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


def raise_if_transient(response: requests.Response) -> None:
    """Raise if the same request may succeed later.

    Raises:
        TransientError: The platform is overloaded, failing, or limits the rate of requests.
    """
    status = response.status_code
    is_transient = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT
    if is_transient or (status == HTTPStatus.FORBIDDEN and _is_throttled(response)):
        headers = response.headers
        raise TransientError(
            f"it answers {describe(response)}",
            http_status=status,
            asked_wait_s=read_retry_after(
                headers.get("Retry-After", ""), date=headers.get("Date", "")
            ),
        )


def is_later_there(response: requests.Response) -> bool:
    """Return whether the platform refuses a score because it has an equal or later one."""
    if response.status_code == HTTPStatus.BAD_REQUEST:
        return _LATER in response.content[:_QUOTED_BYTES].lower()
    return response.status_code == HTTPStatus.CONFLICT


def describe(response: requests.Response) -> str:
    """Return the status of a response, and the start of its text unless that is HTML."""
    status = f"HTTP {response.status_code}"
    if "html" in response.headers.get("Content-Type", ""):
        return status
    # Not response.text, which guesses the encoding from the whole body.
    text = response.content[:_QUOTED_BYTES].decode("utf-8", "replace")
    text = " ".join(escape_controls(text).split())[:_QUOTED_CHARACTERS]
    return f"{status} ({text})" if text else status


def describe_failure(error: requests.RequestException) -> str:
    """Say why there was no response; the library's own message is long and names internals."""
    if isinstance(error, requests.Timeout):
        return "it doesn't answer in time"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy can't be reached, or refuses the connection"
    if "NameResolutionError" in str(error):
        return "there is no host with this name"
    return "it refuses or drops the connection"


def is_untrusted(error: requests.RequestException) -> bool:
    """Return whether a request failed because the platform's certificate is not trusted."""
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY" in str(error)


def _is_throttled(response: requests.Response) -> bool:
    return _THROTTLED in response.content[:_QUOTED_BYTES].lower()
