"""Moments as microseconds since 1970 in UTC: exact, sortable, and the same in every database."""

import time
from datetime import UTC, datetime

SECOND = 1_000_000
DAY = 24 * 60 * 60 * SECOND


def now() -> int:
    """Return this moment, in microseconds since 1970 in UTC."""
    return time.time_ns() // 1000


def as_datetime(moment: int) -> datetime:
    """Return a moment as a time in UTC."""
    seconds, microseconds = divmod(moment, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
