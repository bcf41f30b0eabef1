"""Compares names with those of the contract, to find other spellings of them."""

import difflib
import functools
import re

# Names as similar as this are the same with a slip of the pen (difflib's ratio).
_SIMILAR = 0.84
# What the same letters are worth: more than anything else.
EXACT = 4.0
# The fewest letters of an abbreviation.
_LEAST = 4


@functools.cache
def likeness(other: str, name: str) -> float:
    """Return how much a name looks like one of the contract; 0 if it does not."""
    one, wanted = _plain(other), _plain(name)
    if one == wanted or _looks_the_same(one, wanted):
        return EXACT
    ratio = difflib.SequenceMatcher(None, one, wanted).ratio()
    has_same_words = sorted(_words(other)) == sorted(_words(name))
    if ratio >= _SIMILAR or has_same_words or _is_swapped(one, wanted):
        return 2 + ratio
    if len(one) >= _LEAST and wanted.startswith(one):
        return 1 + ratio  # an abbreviation
    if _has_words(other, name) or (len(wanted) >= _LEAST and one.startswith(wanted)):
        return ratio
    return 0.0


def _plain(name: str) -> str:
    return name.lower().replace("_", "").rstrip("0123456789")


def _looks_the_same(one: str, other: str) -> bool:
    """Return whether two names differ only in letters of other alphabets."""
    return len(one) == len(other) and all(
        a == b or not a.isascii() for a, b in zip(one, other, strict=True)
    )


def _has_words(other: str, name: str) -> bool:
    """Return whether a name has another one's words next to each other."""
    words, wanted = _words(other), _words(name)
    return any(
        words[start : start + len(wanted)] == wanted
        for start in range(len(words) - len(wanted) + 1)
    )


def _words(name: str) -> list[str]:
    """Return the words of a name: ``my_MSE`` and ``myMSE`` have the same."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def _is_swapped(one: str, other: str) -> bool:
    """Return whether two names differ by two neighbours that have changed places."""
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(places) == 2  # noqa: PLR2004 - a pair
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )
