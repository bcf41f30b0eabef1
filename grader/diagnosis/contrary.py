"""Finds lists that are proof against a misconception which explains only how the leaves move."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class _List:
    """What is known of a list of numbers that was returned.

    Attributes:
        length: Its length; 0 also for what is not a list.
        is_repeated: Whether all its numbers are the same; None if that is not known, or if there
            are not several.
    """

    length: int = 0
    is_repeated: bool | None = None

    def rules_out(self, other: "_List") -> bool:
        """Return whether a program that returns the other list can't have made this one."""
        if not self.length or not other.length:
            return False
        known = (self.is_repeated, other.is_repeated)
        return self.length != other.length or (None not in known and known[0] != known[1])


def rules_out(given: object, other: object) -> bool:
    """Return whether what was returned was not made by a program that returned something else.

    That is so if both are lists of numbers of different lengths, or if only one of them repeats a
    single number. What is empty, or not a list, may be due to a second mistake.

    Args:
        given: The fingerprint of an answer.
        other: The fingerprint of the program's answer to the same question.
    """
    pairs = zip(_lists_in(given), _lists_in(other), strict=False)
    return any(own.rules_out(theirs) for own, theirs in pairs)


def _lists_in(given: object) -> list[_List]:
    match given:
        case {"losses": int() as length, "losses_are_equal": bool() as is_repeated}:
            return [_List(length, is_repeated)]
        case {"losses": int() as length}:
            return [_List(length)]
        case {"losses": losses}:
            return [_describe(losses)]
        case list():
            return [
                _describe(step.get("returned") if isinstance(step, dict) else step)
                for step in given
            ]
    return []


def _describe(value: object) -> _List:
    if not isinstance(value, np.ndarray) or value.ndim != 1 or not np.all(np.isfinite(value)):
        return _List()
    gap = float(np.ptp(value)) if len(value) > 1 else 0.0
    is_repeated = gap <= 1e-6 * float(np.max(np.abs(value), initial=0.0))
    return _List(len(value), is_repeated if len(value) > 1 else None)
