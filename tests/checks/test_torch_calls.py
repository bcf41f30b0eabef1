"""Stating what torch was seen to do: only what is certain."""

import pytest
from fakes import step

from grader.checks.torch_calls import describe_torch_calls
from grader.observations.messages import Step, TorchCall

BACKWARD = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)
ADDING = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True, adds_to=("w",))
STEP = TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=False)

UNMOVED = "no operation changed w in place"


def call(name: str, on: str = "") -> TorchCall:
    """Make a recorded call."""
    return TorchCall(name=name, on=on, is_grad_enabled=False)


def recorded(*calls: TorchCall) -> Step:
    """Make a step in which these ran."""
    plain = step()
    return Step(returned=plain.returned, inputs={}, torch_calls=calls)


@pytest.mark.parametrize(
    ("calls", "fact"),
    [
        ([BACKWARD, ADDING], "backward() ran twice, and once it added"),
        ([BACKWARD, ADDING, ADDING], "backward() ran 3 times, and twice it added"),
        ([ADDING], "backward() ran once, and once it added"),
    ],
)
def test_gradients_that_pile_up_are_stated(calls: list[TorchCall], fact: str) -> None:
    """Calls of backward() that found a gradient are counted over all calls."""
    facts = describe_torch_calls([recorded(one, STEP) for one in calls], "w", has_moved=True)

    assert facts == f"{fact} to a gradient that was still in w.grad"


def test_gradients_that_did_not_grow_are_not_stated() -> None:
    """However they were cleared, nothing is said if no backward() found a gradient."""
    other = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True, adds_to=("x",))
    steps = [recorded(BACKWARD, STEP), recorded(BACKWARD, STEP), recorded(other)]

    assert describe_torch_calls(steps, "w", has_moved=True) == ""


def test_backward_from_a_tensor_made_anew_is_stated() -> None:
    """A backward() that begins at another leaf than w can't reach w; from w itself it can."""
    cut = TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True, is_cut=True)
    of_w = TorchCall(name="torch.Tensor.backward", on="w", is_grad_enabled=True, is_cut=True)

    facts = describe_torch_calls([recorded(cut, STEP)], "w", has_moved=False)

    assert facts.startswith(
        "backward() ran on a tensor without a grad_fn, which knows nothing of w"
    )
    assert describe_torch_calls([recorded(of_w, STEP)], "w", has_moved=True) == ""


def test_leaf_that_nothing_changed_is_stated() -> None:
    """A leaf that has not moved, and that no operation changed in place, is stated."""
    steps = [recorded(BACKWARD, call("torch.Tensor.sub", "w"))]

    assert describe_torch_calls(steps, "w", has_moved=False) == UNMOVED
    assert describe_torch_calls(steps, "w", has_moved=True) == ""  # by an out=, for example


def test_both_facts_are_stated() -> None:
    """Both facts are joined by a semicolon."""
    facts = describe_torch_calls([recorded(BACKWARD, ADDING)], "w", has_moved=False)

    assert facts.endswith(f"still in w.grad; {UNMOVED}")


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
    facts = describe_torch_calls([recorded(BACKWARD, change)], "w", has_moved=False)

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
    facts = describe_torch_calls([recorded(BACKWARD, other)], "w", has_moved=False)

    assert facts == UNMOVED


@pytest.mark.parametrize("steps", [[], [recorded()], [recorded(call("torch.Tensor.add"))]])
def test_nothing_is_stated_without_a_backward_pass(steps: list[Step]) -> None:
    """Without a call of backward() nothing is stated."""
    assert describe_torch_calls(steps, "w", has_moved=False) == ""
