"""Retry while a platform can't answer: how long to wait, and when to give up."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

_T = TypeVar("_T")


class TransientError(Exception):
    """The platform can't answer now, but may be able to later.

    Not for a refusal, which is an answer.

    Attributes:
        reason: What happened, as the end of a sentence: "it answers HTTP 503".
        http_status: The HTTP status of the response; 0 if there was none.
        asked_wait_s: How many seconds the platform asks to wait; 0 if it doesn't.
    """

    def __init__(self, reason: str, *, http_status: int = 0, asked_wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.http_status = http_status
        self.asked_wait_s = asked_wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often to try, and how long to wait in between.

    Attributes:
        tries: How many attempts to make in all.
        first_wait_s: Seconds before the second attempt; each later wait is twice as long.
        longest_wait_s: The longest wait in seconds, unless the platform asks for a longer one.
        longest_asked_wait_s: The longest wait in seconds that a platform may ask for; if it asks
            for more, there are no more attempts.
        sleep: Waits for a number of seconds.
        on_wait: Called before each wait with its length in seconds and the reason.
    """

    tries: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_asked_wait_s: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    on_wait: Callable[[float, str], None] = lambda _seconds, _reason: None

    def run(self, attempt: Callable[[int], _T]) -> _T:
        """Call ``attempt`` until it returns, and return its result.

        Args:
            attempt: Makes one attempt, given the number of earlier ones. Raises `TransientError` if
                a later attempt may succeed.

        Raises:
            TransientError: The last attempt failed, or the platform asks for too long a wait.
        """
        for count in range(self.tries - 1):
            try:
                return attempt(count)
            except TransientError as error:
                if error.asked_wait_s > self.longest_asked_wait_s:
                    raise TransientError(
                        f"{error.reason} and asks to wait {error.asked_wait_s:.0f} s",
                        http_status=error.http_status,
                    ) from error
                own_s = min(self.first_wait_s * 2**count, self.longest_wait_s)
                wait_s = max(own_s, error.asked_wait_s)
                self.on_wait(wait_s, error.reason)
                self.sleep(wait_s)
        return attempt(self.tries - 1)


def read_retry_after(value: str, *, date: str = "") -> float:
    """Return how many seconds a platform asks to wait; 0 if it says nothing that can be read.

    The format is that of RFC 9110, section 10.2.3.

    Args:
        value: The header ``Retry-After``: seconds, or a date.
        date: The header ``Date``. The difference of the two is right even if the platform's clock
            is wrong.
    """
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    until = _read_date(value)
    if until is None:
        return 0.0
    since = _read_date(date) or datetime.now(UTC)
    return max(0.0, (until - since).total_seconds())


def _read_date(value: str) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError):
        moment = parsedate_to_datetime(value)
        # "-0000" means an unknown time zone; HTTP dates are always UTC.
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None
