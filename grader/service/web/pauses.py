"""After how long it is worth asking again how a hand-in stands."""

_LEAST_S, _LONGEST_S = 1, 60


def pause_s(place: int | None) -> int:
    """Return after how many seconds to look again: those who wait long need not ask so often."""
    return min(_LONGEST_S, max(_LEAST_S, (place or 0) // 10))
