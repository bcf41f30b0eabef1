"""Checks of affine_forward(x, w, b): its output, and what it keeps."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, Result, WrongError, expect_close, precondition
from grader.observations.messages import Request
from grader.observations.values import AnyValue, Array, Items, Mapping, Number, Opaque

NAMES = ("x", "w", "b")


def forward(lab: Lab, x: Handle, w: Handle, b: Handle) -> dict[str, Any]:
    """Compute the output."""
    out, _ = lab.affine_forward(x, w, b)
    return {"out": out}


def forward_with_cache(lab: Lab, x: Handle, w: Handle, b: Handle) -> dict[str, Any]:
    """Compute the output, and return the cache too."""
    out, cache = lab.affine_forward(x, w, b)
    return {"out": out, "cache": cache}


@pytest.mark.points(4)
def check_affine_forward_multiplies_and_adds(
    probe: Probe, affine_inputs: list[dict[str, Any]]
) -> None:
    """affine_forward(x, w, b) computes x @ w + b

    The biases are added to every row. If samples have more than one axis, x.reshape(len(x), -1)
    strings each of them together to a row.
    """
    for case in affine_inputs:
        got, want = probe.both_run(forward, **{name: case[name] for name in NAMES})
        expect_close(got["out"], want["out"], "out")


@pytest.mark.points(2)
@pytest.mark.forbids
def check_affine_forward_keeps_what_the_way_back_needs(
    probe: Probe, affine_inputs: list[dict[str, Any]]
) -> None:
    """The cache holds x and w, from which affine_backward computes the slopes

    dx is computed from w, and dw from x. Return both in the cache: (x, w, b).
    """
    for case in affine_inputs:
        inputs = {name: case[name] for name in NAMES}
        got, want = probe.both_run(forward_with_cache, **inputs)
        with precondition():
            expect_close(got["out"], want["out"], "out")
        for name in ("x", "w"):
            if not holds(got["cache"], case[name].array):
                raise WrongError(f"{name} is not in the cache, and can't be computed from it")


def holds(cache: AnyValue, array: np.ndarray) -> bool:
    """Return whether all numbers of an array are in a cache, in whatever form it is.

    A cache of a form that can't be looked into is trusted: if something is missing, the way back
    finds out.
    """
    found = list(_numbers(cache))
    if any(one is None for one in found):
        return True
    kept = np.concatenate([np.zeros(0), *(one for one in found if one is not None)])
    return bool(np.all([np.any(np.isclose(kept, one, rtol=1e-4)) for one in array.ravel()]))


def _numbers(value: AnyValue) -> Iterator[np.ndarray | None]:
    match value:
        case Array() if value.dtype.startswith("float"):
            yield value.to_numpy().astype(np.float64).ravel()
        case Number(value=number):
            yield np.array([number])
        case Items(items=items):
            for one in items:
                yield from _numbers(one)
        case Mapping(entries=entries):
            for _, one in entries:
                yield from _numbers(one)
        case Opaque():
            yield None


def facts(_request: Request, result: Result) -> dict[str, object] | None:
    """Return what a cache holds: its form is the student's own."""
    try:
        cache = result["cache"]
    except KeyError:
        return None
    out = result["out"]
    states = {name: state.value for name, state in result.steps[0].inputs.items()}
    return {
        "out": out.to_numpy().astype(np.float64) if isinstance(out, Array) else type(out).__name__,
        "holds": [
            name
            for name in ("x", "w")
            if isinstance(state := states[name], Array) and holds(cache, state.to_numpy())
        ],
    }
