"""Stating what torch was seen to do: only what is certain."""

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


def test_gradients_that_pile_up_are_stated() -> None:
    """Repeated calls of backward() without clearing are counted over all calls."""
    facts = describe_torch_calls([recorded(BACKWARD, STEP), recorded(BACKWARD, STEP)], "w")

    assert facts == PILED_UP


def test_leaf_that_nothing_changed_is_stated() -> None:
    """A leaf that no operation changed in place is stated."""
    facts = describe_torch_calls([recorded(BACKWARD, call("torch.Tensor.sub", "w"))], "w")

    assert facts == UNMOVED


def test_both_facts_are_stated() -> None:
    """Both facts are joined by a semicolon."""
    facts = describe_torch_calls([recorded(BACKWARD, BACKWARD)], "w")

    assert facts == f"{PILED_UP}; {UNMOVED}"


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
def test_gradient_that_may_have_been_cleared_is_not_stated(clearing: TorchCall) -> None:
    """Anything that may have cleared the gradient counts, of whatever tensor."""
    facts = describe_torch_calls([recorded(BACKWARD, STEP, clearing, BACKWARD, STEP)], "w")

    assert facts == ""


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
def test_leaf_that_may_have_been_changed_is_not_stated(change: TorchCall) -> None:
    """A leaf may have been changed through its data, a view or an array."""
    facts = describe_torch_calls([recorded(BACKWARD, change)], "w")

    assert facts == ""


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
    """Changing another tensor or clearing the gradient doesn't count as a step."""
    facts = describe_torch_calls([recorded(BACKWARD, other)], "w")

    assert facts == UNMOVED


@pytest.mark.parametrize("steps", [[], [recorded()], [recorded(call("torch.Tensor.add"))]])
def test_nothing_is_stated_without_a_backward_pass(steps: list[Step]) -> None:
    """Without a call of backward() nothing is stated."""
    assert describe_torch_calls(steps, "w") == ""
