"""Judges a step that a function takes on a leaf in place."""

import numpy as np

from grader.checks.compare import expect_finite, expect_shape, is_close
from grader.checks.inputs import show_pair
from grader.checks.probe import Result
from grader.checks.verdict import WrongError
from grader.observations.values import Array

# The hint of a check of several calls, where the first of them is wrong.
ONE_CALL_IS_WRONG = "The first call is already wrong, so begin with that."

_ORDINALS = ("first", "second", "third")


def expect_steps(
    got: Result,
    want: Result,
    *,
    start: np.ndarray,
    rtol: float = 1e-4,
    what: str = "call",
) -> None:
    """Require that the leaf ``w`` has the reference's values after each of up to three calls.

    Args:
        got: The student's result.
        want: The reference's result.
        start: The values of the leaf before the first call, in its shape.
        rtol: As for `expect_step`.
        what: What to call a call in the message, which numbers them.

    Raises:
        WrongError: As `expect_step` raises it; the hint of the first call is that it is already
            wrong alone.
    """
    for step in range(len(want.steps)):
        expect_step(
            got,
            want,
            start=start,
            step=step,
            rtol=rtol,
            what=f"the {_ORDINALS[step]} {what}",
            hint="" if step else ONE_CALL_IS_WRONG,
        )


def expect_step(
    got: Result,
    want: Result,
    *,
    start: np.ndarray,
    name: str = "w",
    step: int = -1,
    rtol: float = 1e-4,
    what: str = "",
    hint: str = "",
) -> None:
    """Require that a leaf has the same values as the reference's after a call.

    Args:
        got: The student's result.
        want: The reference's result.
        start: The values of the leaf before the first call, in its shape.
        name: The name of the leaf.
        step: Which call, from 0; by default the last.
        rtol: Tolerance, relative to how far the reference's leaf has moved.
        what: What to call the call in the message; by default ``FUNCTION()``.
        hint: What to try if it is wrong; by default the check's own hint.

    Raises:
        WrongError: The leaf has not moved, or has moved to somewhere else.
    """
    called = what or f"{got.function}()"
    after, expected = got.after(name, step), want.after(name, step)
    expect_shape(after, expected.shape, f"{name} after {called}")
    expect_finite(after, f"{name} after {called}")
    moved = float(np.max(np.abs(expected - start), initial=0.0))
    # float32 can't represent the values of the leaf more precisely than this.
    resolution = 4e-7 * float(np.max(np.abs(expected), initial=1.0))
    with np.errstate(invalid="ignore"):
        if np.all(np.abs(after - expected) <= rtol * moved + resolution):
            return
    is_unmoved = is_close(after, np.asarray(start, dtype=np.float64))
    shown, shown_expected = show_pair(after, expected)
    raise WrongError(
        f"after {called}, {name} {'has not moved' if is_unmoved else 'is not where it should be'}",
        got=f"{name} = {shown}",
        expected=f"{name} = {shown_expected}",
        calls=step + 1,
        source=got.state(name, step).value,
        hint=hint,
    )


def expect_same_leaf(got: Result, name: str = "w") -> None:
    """Require that a leaf is still the tensor passed in, requires grad and has no history.

    If the leaf was handed over as a global (the classroom style), it may be a new tensor.

    Raises:
        WrongError: One of these does not hold.
    """
    state = got.state(name)
    value = state.value
    if not isinstance(value, Array) or value.kind != "tensor":
        raise WrongError(f"after {got.function}(), {name} is no longer a tensor")
    if not state.is_global and not state.is_same_leaf:
        raise WrongError(f"after {got.function}(), {name} is a new tensor: change it in place")
    if value.has_grad_fn or not value.is_leaf:
        raise WrongError(
            f"after {got.function}(), {name} is no longer a leaf: autograd recorded the step",
            got=f"{name}.grad_fn is set",
            expected=f"{name}.grad_fn is None",
        )
    if not value.requires_grad:
        raise WrongError(
            f"after {got.function}(), {name} no longer requires grad",
            got=f"{name}.requires_grad is False",
            expected=f"{name}.requires_grad is True",
        )
