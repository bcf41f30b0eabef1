"""The public keys of platforms: fetched when they are needed, and kept for a while."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from grader.service.lti.network import PlatformSession, fetch_json
from grader.service.lti.refusals import LtiRefusedError

ALGORITHM = "RS256"
_FRESH_S = 3600.0
# An unknown key may be new, so it is looked for again, but not by each request of whoever makes
# keys up; and a platform that doesn't answer is not asked by each launch.
_PAUSE_S = 30.0
_MOST_KEYS = 50
_MIN_BITS = 2048


@dataclass(slots=True)
class _Kept:
    """The keys of one address. ``asked_at`` is when they were asked for last, with any answer."""

    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: float = float("-inf")
    asked_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class PlatformKeys:
    """The keys of all platforms, for any thread.

    Args:
        session: Fetches them.
        clock: A monotonic clock, in seconds.
    """

    def __init__(
        self, session: PlatformSession, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._clock = clock
        self._kept: defaultdict[str, _Kept] = defaultdict(_Kept)

    def find(self, url: str, key_id: str) -> RSAPublicKey:
        """Return a key of a platform.

        Args:
            url: Where the platform publishes its keys.
            key_id: Which key.

        Raises:
            LtiRefusedError: There is no such key, or the platform doesn't answer.
        """
        kept = self._kept[url]
        with kept.lock:  # so that a class that comes at once asks once
            now = self._clock()
            is_fresh = now - kept.fetched_at < _FRESH_S
            if not (is_fresh and key_id in kept.keys) and now - kept.asked_at >= _PAUSE_S:
                kept.asked_at = now
                kept.keys = _read_keys(fetch_json(self._session, url))
                kept.fetched_at = now
                is_fresh = True
            if not is_fresh or key_id not in kept.keys:
                raise LtiRefusedError("the platform publishes no key that this was signed with")
            return kept.keys[key_id]


def _read_keys(document: object) -> Mapping[str, RSAPublicKey]:
    """Return the keys for signatures that we take; others are skipped."""
    found = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise LtiRefusedError("the platform publishes no keys")
    keys: dict[str, RSAPublicKey] = {}
    for one in found[:_MOST_KEYS]:
        if (
            not isinstance(one, dict)
            or one.get("kty") != "RSA"
            or one.get("use", "sig") != "sig"
            or one.get("alg", ALGORITHM) != ALGORITHM
            or not isinstance(one.get("kid"), str)
        ):
            continue
        try:
            key = jwt.PyJWK(one, algorithm=ALGORITHM).key
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= _MIN_BITS:
            keys[one["kid"]] = key
    return keys
