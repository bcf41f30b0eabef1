"""How long to wait for a platform that can't answer just now, and when to give up."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

_T = TypeVar("_T")


class TransientError(Exception):
    """The platform can't answer now, and may do so later.

    Not a refusal: that is an answer.
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
        tries: How often, in all.
        first_wait_s: The first wait; each one is twice as long as the one before.
        longest_wait_s: The longest wait that is chosen here.
        longest_asked_wait_s: The longest wait that a platform may ask for.
        sleep: Waits.
        on_wait: Told before a wait: how many seconds, and why.
    """

    tries: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    longest_asked_wait_s: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    on_wait: Callable[[float, str], None] = lambda _seconds, _reason: None

    def run(self, attempt: Callable[[int], _T]) -> _T:
        """Try until there is an answer.

        Args:
            attempt: Tries once; it is told how often it was tried before. Raises `TransientError`.

        Raises:
            TransientError: there was none for too long.
        """
        for count in range(self.tries - 1):
            try:
                return attempt(count)
            except TransientError as error:
                if error.asked_wait_s > self.longest_asked_wait_s:
                    raise TransientError(
                        f"{error.reason}, and asks to wait {error.asked_wait_s:.0f} s",
                        http_status=error.http_status,
                    ) from error
                own_s = min(self.first_wait_s * 2**count, self.longest_wait_s)
                wait_s = max(own_s, error.asked_wait_s)
                self.on_wait(wait_s, error.reason)
                self.sleep(wait_s)
        return attempt(self.tries - 1)


def read_retry_after(value: str, *, date: str = "") -> float:
    """Read how many seconds a platform asks to wait; 0 where it says nothing that can be read.

    Args:
        value: Its header ``Retry-After``: seconds, or a date.
        date: Its header ``Date``. What lies between the two is right even where its clock is not.
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
        # "-0000" is a zone that is not known: HTTP has only UTC.
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None
