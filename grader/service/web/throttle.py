"""Limits on tries: wrong codes and wrong links cost, right ones don't."""

import ipaddress
from dataclasses import dataclass, field

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request

_IPV6 = 6
_SECRET_PER_ADDRESS = (RateLimitItemPerMinute(30), RateLimitItemPerHour(300))
_ENTRY_PER_ADDRESS = (RateLimitItemPerMinute(30), RateLimitItemPerHour(600))

_HAND_INS = (RateLimitItemPerMinute(15), RateLimitItemPerHour(200))


def address_of(request: Request) -> str:
    """Return what a request is counted by: its address, of IPv6 the network of one customer."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == _IPV6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@dataclass(slots=True)
class Throttle:
    """Counts wrong tries in memory.

    Only failures are counted: a whole class may share the address of its campus, and log in within
    a minute. Secrets have 256 bits, so this is no more than a brake for whoever tries them; for
    guesses at names on a roster it is a limit.
    """

    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    def expect_few_wrong_secrets(self, address: str) -> None:
        """Refuse an address that has tried too many secrets.

        Raises:
            HTTPException: It has to wait.
        """
        self._expect(_SECRET_PER_ADDRESS, "secret", address)

    def note_wrong_secret(self, address: str) -> None:
        """Count a secret that isn't known."""
        self._hit(_SECRET_PER_ADDRESS, "secret", address)

    def expect_few_wrong_entries(self, address: str) -> None:
        """Refuse an address that has guessed too often who is on a roster.

        Raises:
            HTTPException: It has to wait.
        """
        self._expect(_ENTRY_PER_ADDRESS, "entry", address)

    def note_wrong_entry(self, address: str) -> None:
        """Count a roster entry that isn't there, or is taken."""
        self._hit(_ENTRY_PER_ADDRESS, "entry", address)

    def expect_few_hand_ins(self, person_id: int) -> None:
        """Count a hand-in, and refuse more than anybody makes by hand: they would fill the queue.

        Raises:
            HTTPException: This person has to wait.
        """
        if not all(self._limiter.hit(item, "hand in", str(person_id)) for item in _HAND_INS):
            raise HTTPException(
                429, "These are too many hand-ins at once. Wait a minute.", {"Retry-After": "60"}
            )

    def _expect(self, items: tuple[RateLimitItem, ...], kind: str, who: str) -> None:
        if not all(self._limiter.test(item, kind, who) for item in items):
            raise HTTPException(429, headers={"Retry-After": "60"})

    def _hit(self, items: tuple[RateLimitItem, ...], kind: str, who: str) -> None:
        for item in items:
            self._limiter.hit(item, kind, who)
