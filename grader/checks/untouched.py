"""Requires that a call leaves its inputs as they were."""

from collections.abc import Collection, Mapping

import numpy as np

from grader.checks.verdict import WrongError
from grader.observations.messages import State
from grader.observations.values import (
    AnyValue,
    Array,
    InputItems,
    InputMapping,
    InputValue,
    Items,
    Leaf,
)
from grader.observations.values import Mapping as MappingValue


def expect_untouched(
    unit: str,
    before: Mapping[str, InputValue],
    after: Mapping[str, State],
    *,
    except_for: Collection[str],
) -> None:
    """Require that no array of the inputs has changed, and that no container has.

    Args:
        unit: What to call what was called.
        before: The inputs as they were sent.
        after: The inputs after it.
        except_for: The inputs that may change.

    Raises:
        WrongError: An input has changed.
    """
    for name, value in before.items():
        if name not in except_for and not _is_same(value, after[name].value):
            raise WrongError(
                f"{unit} changes {name}",
                hint=f"Use {name}, but don't modify it: avoid in-place operations on it "
                f"(methods with a trailing underscore, += and -=, assignment to {name}[...]).",
            )


def _is_same(before: InputValue, after: AnyValue) -> bool:
    match before, after:
        case Array(), Array():
            if before == after:
                return True  # as nearly always; a comparison of the numbers takes longer
            return np.array_equal(before.to_numpy(), after.to_numpy(), equal_nan=True)
        case Leaf(array=array), _:
            return _is_same(array, after)
        case InputItems(items=items), Items(items=others):
            return len(items) == len(others) and all(map(_is_same, items, others))
        case InputMapping(entries=entries), MappingValue(entries=others):
            return len(entries) == len(others) and all(
                _is_same(key, other_key) and _is_same(value, other)
                for (key, value), (other_key, other) in zip(entries, others, strict=True)
            )
        case ((Array() | InputItems() | InputMapping()), _):
            return False
    return True  # what can't be changed in place
