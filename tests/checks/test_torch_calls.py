"""Telling what torch was seen to do: only what is certain."""

import pytest
from fakes import step

from grader.checks.torch_calls import describe_torch_calls
from grader.observations.messages import Step, TorchCall

BACKWARD = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)
STEP = TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=False)

PILED_UP = "backward() ran 2 times and nothing cleared w.grad"
UNMOVED = "no operation changed w in place"


def call(name: str, on: str = "") -> TorchCall:
    """Make a recorded call."""
    return TorchCall(name=name, on=on, is_grad_enabled=False)


def recorded(*calls: TorchCall) -> Step:
    """Make a step in which these ran."""
    plain = step()
    return Step(returned=plain.returned, inputs={}, torch_calls=calls)


def test_gradients_that_pile_up_are_told() -> None:
    """Over all the calls of the function together."""
    told = describe_torch_calls([recorded(BACKWARD, STEP), recorded(BACKWARD, STEP)], "w")

    assert told == PILED_UP


def test_leaf_that_nothing_changed_is_told() -> None:
    """The caller's w never moved."""
    told = describe_torch_calls([recorded(BACKWARD, call("torch.Tensor.sub", "w"))], "w")

    assert told == UNMOVED


def test_both_are_told() -> None:
    """One sentence."""
    told = describe_torch_calls([recorded(BACKWARD, BACKWARD)], "w")

    assert told == f"{PILED_UP}; {UNMOVED}"


@pytest.mark.parametrize(
    "clearing",
    [
        call("torch.Tensor.zero_", "w.grad"),
        call("torch.Tensor.zero_"),
        call("torch.Tensor.fill_", "w.grad"),
        call("torch.Tensor.grad.__set__", "w"),
        call("torch.Tensor.grad.__delete__", "w"),
        call("torch._foreach_zero_"),
        call("torch.zeros_like"),
    ],
    ids=lambda one: f"{one.name} {one.on}",
)
def test_gradient_that_may_have_been_cleared_is_not_told(clearing: TorchCall) -> None:
    """Also where it can't be seen whose it was."""
    told = describe_torch_calls([recorded(BACKWARD, STEP, clearing, BACKWARD, STEP)], "w")

    assert told == ""


@pytest.mark.parametrize(
    "change",
    [
        STEP,
        call("torch.Tensor.copy_", "w"),
        call("torch.Tensor.__setitem__", "w"),
        call("torch.Tensor.data.__get__", "w"),
        call("torch.Tensor.data.__set__", "w"),
        call("torch.Tensor.detach", "w"),
        call("torch.Tensor.numpy"),
        call("torch.Tensor.sub_"),
    ],
    ids=lambda one: f"{one.name} {one.on}",
)
def test_leaf_that_may_have_been_changed_is_not_told(change: TorchCall) -> None:
    """Through its data, a view or an array too."""
    told = describe_torch_calls([recorded(BACKWARD, change)], "w")

    assert told == ""


@pytest.mark.parametrize(
    "other",
    [
        call("torch.Tensor.zero_", "w.grad"),
        call("torch.Tensor.sub_", "x"),
        call("torch.Tensor.requires_grad_", "w"),
        call("_set_grad_enabled"),
    ],
    ids=lambda one: f"{one.name} {one.on}",
)
def test_change_of_something_else_does_not_move_the_leaf(other: TorchCall) -> None:
    """Clearing the gradient is no step."""
    told = describe_torch_calls([recorded(BACKWARD, other)], "w")

    assert told == UNMOVED


@pytest.mark.parametrize("steps", [[], [recorded()], [recorded(call("torch.Tensor.add"))]])
def test_nothing_is_told_without_a_backward_pass(steps: list[Step]) -> None:
    """A gradient worked out by hand, or a call that raised at once."""
    assert describe_torch_calls(steps, "w") == ""
