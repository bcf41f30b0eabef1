"""After how long it is worth asking again how a hand-in stands."""

_LEAST_S, _LONGEST_S = 1, 60
_PLACES_A_SECOND = 5


def pause_s(place: int | None) -> int:
    """Return after how many seconds to look again.

    A hand-in takes about a second of a worker. Whoever looks again after a fifth of the wait that
    lies ahead misses little, and a class that waits leaves the service time to take hand-ins.
    """
    return min(_LONGEST_S, max(_LEAST_S, (place or 0) // _PLACES_A_SECOND))
