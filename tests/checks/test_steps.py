"""Judging a step in place: the values of the leaf, and whether it still is that leaf."""

import numpy as np
import pytest
from fakes import array, step

from grader.checks.probe import Result
from grader.checks.steps import expect_same_leaf, expect_step
from grader.checks.verdict import WrongError
from grader.observations.messages import State
from grader.observations.values import AnyValue, Nothing

START = np.array([1.0, -1.0], dtype=np.float32)


def moved_to(*places: object) -> Result:
    """Make a result of calls that left w at these places, one after another."""
    return Result("update", tuple(step(None, w=array(place)) for place in places))


def leaf_state(
    value: AnyValue | None = None, *, is_same_leaf: bool = True, is_global: bool = False
) -> Result:
    """Make a result of one call from the state of w alone."""
    leaf = array([1, 2], requires_grad=True) if value is None else value
    state = State(value=leaf, is_same_leaf=is_same_leaf, is_global=is_global)
    return Result("update", (step(None, w=state),))


# --- where it is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [[0.9, -1.2], [0.9 + 1e-7, -1.2], [0.9 + 1e-5, -1.2]],
    ids=["exactly", "rounded", "nearly"],
)
def test_leaf_where_the_reference_is_passes(place: list[float]) -> None:
    """A leaf passes if it equals the reference's to within float32."""
    got, want = moved_to(place), moved_to([0.9, -1.2])

    expect_step(got, want, start=START)

    assert got != moved_to([5, 5])


@pytest.mark.parametrize(
    "place",
    [[1.1, -0.8], [0.95, -1.1], [0.8, -1.4], [0.9, -1.0], [0.901, -1.2], [0.0, 0.0]],
    ids=["uphill", "half a step", "two steps", "one weight only", "a hair off", "at zero"],
)
def test_leaf_elsewhere_is_wrong(place: list[float]) -> None:
    """The message about a leaf elsewhere shows where it is and where it should be."""
    got, want = moved_to(place), moved_to([0.9, -1.2])

    with pytest.raises(WrongError) as caught:
        expect_step(got, want, start=START)

    assert caught.value.message == "after update(), w is not where it should be"
    assert caught.value.got.startswith("w = [")
    assert caught.value.expected == "w = [0.9, -1.2]"


def test_leaf_that_has_not_moved_has_its_own_message() -> None:
    """A leaf that has not moved has its own message, since the cause is another."""
    got, want = moved_to(START), moved_to([0.9, -1.2])

    with pytest.raises(WrongError, match=r"after update\(\), w has not moved"):
        expect_step(got, want, start=START)


def test_tiny_step_is_distinguished_from_no_step() -> None:
    """The tolerance is relative to how far the reference moved, not to where w is."""
    got, want = moved_to([100.0, 0.0]), moved_to([100.01, 0.0])

    with pytest.raises(WrongError, match="has not moved"):
        expect_step(got, want, start=np.array([100.0, 0.0], dtype=np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_leaf_that_is_not_finite_is_wrong(value: float) -> None:
    """A leaf that is not finite is wrong, even if the reference's is not finite either."""
    got = moved_to([value, 0.0])

    with pytest.raises(WrongError, match=r"w after update\(\) contains"):
        expect_step(got, got, start=START)


def test_leaf_of_another_shape_is_wrong() -> None:
    """A leaf of another shape is wrong, even if it would broadcast."""
    got, want = moved_to([[0.9], [-1.2]]), moved_to([0.9, -1.2])

    with pytest.raises(WrongError, match=r"w after update\(\) has shape \(2, 1\)"):
        expect_step(got, want, start=START)


def test_each_of_several_calls_can_be_judged() -> None:
    """The step after any call can be judged, by default the last."""
    got = moved_to([0.9, -1.2], [0.7, -1.5])
    want = moved_to([0.9, -1.2], [0.8, -1.4])

    expect_step(got, want, start=START, step=0)
    with pytest.raises(WrongError, match="after the second call, w is not where"):
        expect_step(got, want, start=START, step=1, what="the second call")
    with pytest.raises(WrongError):
        expect_step(got, want, start=START)


def test_tolerance_can_be_widened() -> None:
    """The tolerance can be widened, such as for a gradient with an eps in it."""
    got, want = moved_to([0.9005, -1.2]), moved_to([0.9, -1.2])

    expect_step(got, want, start=START, rtol=1e-2)
    with pytest.raises(WrongError):
        expect_step(got, want, start=START)


def test_leaf_that_is_gone_is_wrong() -> None:
    """A global leaf that was replaced by None is wrong."""
    got = leaf_state(Nothing(), is_global=True)

    with pytest.raises(WrongError, match=r"w after update\(\) is None"):
        expect_step(got, moved_to([0.9, -1.2]), start=START)


# --- whether it is the same ---------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [leaf_state(), leaf_state(is_same_leaf=False, is_global=True)],
    ids=["the same leaf", "a new leaf that is a global"],
)
def test_leaf_passes(result: Result) -> None:
    """A leaf passes if it is the same tensor, or a new one that is a global."""
    expect_same_leaf(result)

    assert result.state("w").value == array([1, 2], requires_grad=True)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (leaf_state(is_same_leaf=False), "w is a new tensor: change it in place"),
        (leaf_state(array([1, 2])), "w no longer requires grad"),
        (
            leaf_state(array([1, 2], requires_grad=True, has_grad_fn=True)),
            "w is no longer a leaf: autograd recorded the step",
        ),
        (leaf_state(array([1, 2], requires_grad=True, is_leaf=False)), "w is no longer a leaf"),
        (leaf_state(array([1, 2]), is_global=True), "w no longer requires grad"),
        (leaf_state(array([1, 2], kind="ndarray")), "w is no longer a tensor"),
        (leaf_state(Nothing(), is_global=True), "w is no longer a tensor"),
    ],
    ids=[
        "rebound",
        "frozen",
        "recorded",
        "result",
        "global without grad",
        "numpy array",
        "None",
    ],
)
def test_what_is_no_longer_the_leaf_is_wrong(result: Result, message: str) -> None:
    """Each way in which a leaf can be spoilt has its own message."""
    with pytest.raises(WrongError) as caught:
        expect_same_leaf(result)

    assert caught.value.message.startswith(f"after update(), {message}")
