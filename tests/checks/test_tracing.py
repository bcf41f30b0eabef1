"""Scripts of checks: what they record, and what they can't do."""

import pytest

from grader.checks.inputs import leaf
from grader.checks.tracing import Handle, Lab, Trace, TraceError, trace
from grader.checks.units import Unit
from grader.observations.scripts import GetItem, Unpack

UNITS = {"f": Unit(name="f", parameters=("x",))}


def trace_of(script: object) -> Trace:
    """Trace a script of one input x."""
    return trace(script, UNITS, ("x",))  # type: ignore[arg-type]


def test_unpacking_is_recorded_with_the_names_of_the_targets() -> None:
    """``a, b = value`` is one step and its items, also if nothing comes after it."""

    def use(lab: Lab, x: object) -> object:
        out, cache = lab.f(x)
        return [cache, out]

    recorded = trace_of(use)

    kinds = [type(one) for one in recorded.operations[-3:]]
    assert kinds == [Unpack, GetItem, GetItem]
    assert [recorded.names[place] for place in (3, 4)] == ["out", "cache"]


def test_unpacking_in_another_function_names_nothing() -> None:
    """Names are those of the script itself, and a target may be an item."""

    def first(pair: Handle) -> object:
        one, _ = pair
        return one

    def use(lab: Lab, x: object) -> object:
        parts = {}
        parts["a"], parts["b"] = lab.f(x)
        return [first(parts["a"]), parts["b"]]

    assert trace_of(use).names == {}


@pytest.mark.parametrize("iterate", [list, lambda value: [-one for one in value], min])
def test_nothing_else_iterates_over_a_value(iterate: object) -> None:
    """How many items there are is known only inside, so a loop over them is refused."""
    with pytest.raises(TraceError, match=r"use take\(values, n\)"):
        trace_of(lambda lab, x: iterate(lab.f(x)))  # type: ignore[operator]


def test_a_starred_target_is_refused() -> None:
    """Its number of items is not known."""

    def use(lab: Lab, x: object) -> object:
        first, *_ = lab.f(x)
        return first

    with pytest.raises(TraceError, match="can't iterate"):
        trace_of(use)


def test_names_of_what_is_returned_at_once_are_found() -> None:
    """A value that nothing is done with any more has its name as well."""

    def use(lab: Lab, x: object) -> object:
        y = lab.f(x)
        return {"y": y}

    assert trace_of(use).names == {1: "y"}


def test_a_leaf_that_is_used_twice_is_refused() -> None:
    """It would be made anew for each use, so a step on it would not show."""

    def use(lab: Lab, **_: object) -> object:
        w = leaf([1, 2])
        lab.f(w)
        return w

    with pytest.raises(TraceError, match="would be two tensors"):
        trace_of(use)
