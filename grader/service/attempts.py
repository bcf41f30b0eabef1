"""How many attempts a student has left: a bucket of tokens that fills over time."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.service.clock import SECOND


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is left of a student's attempts.

    Attributes:
        left: How many there are now; None for any number.
        next_at: When the next one comes, None if none will, or if the bucket is full.
    """

    left: int | None
    next_at: int | None

    @property
    def may_hand_in(self) -> bool:
        """Whether there is one."""
        return self.left is None or self.left > 0


def attempts_left(
    spent: Iterable[int], *, capacity: int, refill_s: int, opened_at: int, now: int
) -> Attempts:
    """Return what is left.

    The bucket is full when the student begins. Each attempt takes a token, and while it isn't full,
    one comes every ``refill_s`` seconds. It is computed from the attempts that cost one, so one
    that turns out later to cost nothing is given back.

    Args:
        spent: When each attempt that costs one was handed in.
        capacity: How many tokens there are at most; 0 for any number of attempts.
        refill_s: The seconds until another token comes; 0 for never.
        opened_at: When the bucket was filled; all moments in microseconds.
        now: The moment that is asked about.
    """
    if not capacity:
        return Attempts(None, None)
    refill = refill_s * SECOND
    tokens, since = capacity, opened_at  # ``since``: when the token that is to come was begun
    for moment in sorted(spent):
        tokens, since = _fill(tokens, since, moment, capacity, refill)
        if tokens == capacity:
            since = moment
        tokens -= 1
    tokens, since = _fill(tokens, since, now, capacity, refill)
    next_at = since + refill if refill and tokens < capacity else None
    return Attempts(max(0, tokens), next_at)


def _fill(tokens: int, since: int, moment: int, capacity: int, refill: int) -> tuple[int, int]:
    """Add the tokens that came until a moment."""
    if not refill or moment <= since:
        return tokens, since
    came = min((moment - since) // refill, capacity - tokens)
    return tokens + came, since + came * refill
