"""Which lists of losses are proof against a misconception that explains only how w moves."""

import numpy as np
import pytest

from grader.diagnosis.contrary import rules_out


def step_with(value: object) -> list[dict[str, object]]:
    """Make the fingerprint of a call that has returned a value."""
    return [{"returned": value, "inputs": {}}]


@pytest.mark.parametrize(
    ("given", "other", "expected"),
    [
        (np.array([5.0, 5.0, 5.0]), np.array([5.0]), True),
        (np.array([5.0, 5.0, 5.0]), np.array([5.0, 4.0, 3.0]), True),
        (np.array([5.0, 4.0, 3.0]), np.array([5.0, 5.0, 5.0]), True),
        (np.array([5.0, 4.0, 3.0]), np.array([4.0, 3.0, 2.0]), False),
        (np.array([5.0]), np.array([4.0]), False),
        (np.empty(0), np.array([5.0, 4.0]), False),
        (np.array([np.nan, 5.0]), np.array([5.0]), False),
        (np.array(5.0), np.array([5.0]), False),
        ("None", np.array([5.0]), False),
    ],
)
def test_length_and_equal_entries_are_compared(
    given: object, other: object, *, expected: bool
) -> None:
    """A list is proof; what is empty, or not a list, may be due to a second mistake."""
    assert rules_out(step_with(given), step_with(other)) is expected


@pytest.mark.parametrize(
    ("given", "other", "expected"),
    [
        ({"losses": 3}, {"losses": 1}, True),
        ({"losses": 3}, {"losses": 3}, False),
        ({"losses": 3, "losses_are_equal": True}, {"losses": 3, "losses_are_equal": False}, True),
        ({"losses": 3, "losses_are_equal": True}, {"losses": 3}, False),
        ({"losses": np.array([2.0, 1.0])}, {"losses": 3}, True),
        ({"losses": "right"}, {"losses": 3}, False),
        ({"moved": 3}, {"losses": 3}, False),
        ({"outcome": "raised"}, step_with(np.array([1.0])), False),
    ],
)
def test_facts_about_losses_are_compared(given: object, other: object, *, expected: bool) -> None:
    """Of an answer that depends on an order, only the length is known."""
    assert rules_out(given, other) is expected
