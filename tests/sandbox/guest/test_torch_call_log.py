"""The log has the torch functions that ran, the inputs they ran on, and the grad mode."""

from collections.abc import Callable

import pytest
import torch

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import TorchCall
from grader.sandbox.guest import torch_call_log
from grader.sandbox.guest.torch_call_log import TorchCallLog

X = torch.tensor([[1.0, 1.0], [2.0, 1.0]])


def _names(log: TorchCallLog) -> list[str]:
    return [call.name.removeprefix("torch.Tensor.") for call in log.calls]


def _find(log: TorchCallLog, name: str) -> list[TorchCall]:
    return [call for call in log.calls if call.name == f"torch.Tensor.{name}"]


def test_step_and_clearing_can_be_told_apart() -> None:
    """The log shows the step on w and the clearing of w.grad, both under no_grad."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"x": X, "w": w}) as log:
        loss = (X @ w).pow(2).mean()
        loss.backward()  # type: ignore[no-untyped-call] # torch's own has no types
        assert w.grad is not None
        with torch.no_grad():
            w.sub_(0.1 * w.grad)
            w.grad.zero_()

    step, clearing, backward = (_find(log, name) for name in ("sub_", "zero_", "backward"))
    assert step == [TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=False)]
    assert clearing == [TorchCall(name="torch.Tensor.zero_", on="w.grad", is_grad_enabled=False)]
    assert backward == [TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)]


@pytest.mark.parametrize(
    "rewrap",
    [
        lambda loss: torch.tensor(loss.item(), requires_grad=True),
        lambda loss: loss.detach().requires_grad_(),
        lambda loss: loss.clone().detach().requires_grad_(),
        lambda loss: torch.autograd.Variable(loss.data, requires_grad=True),
    ],
    ids="tensor detach clone Variable".split(),
)
def test_backward_from_a_new_leaf_is_marked(
    rewrap: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    """However a loss is wrapped anew, backward() on it begins at a leaf; on the loss it doesn't."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"x": X, "w": w}) as log:
        loss = (X @ w).pow(2).mean()
        rewrap(loss).backward()  # type: ignore[no-untyped-call] # torch's own has no types
        loss.backward()  # type: ignore[no-untyped-call] # torch's own has no types

    assert [call.is_cut for call in _find(log, "backward")] == [True, False]


def test_calls_are_in_the_order_in_which_they_ran() -> None:
    """The calls are logged in the order in which they ran."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"x": X, "w": w}) as log:
        (X @ w).sum().backward()  # type: ignore[no-untyped-call] # torch's own has no types
        assert w.grad is not None
        with torch.no_grad():
            w.grad.zero_()

    wanted = [name for name in _names(log) if name in {"matmul", "sum", "backward", "zero_"}]
    assert wanted == ["matmul", "sum", "backward", "zero_"]


def test_operator_in_place_is_a_step_on_w() -> None:
    """``w -= ...`` is logged as ``sub_`` on w."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as log, torch.no_grad():
        w -= 1.0

    assert [call.on for call in _find(log, "sub_")] == ["w"]


def test_step_outside_of_no_grad_is_recorded_as_such() -> None:
    """A call that raises is logged too, with the grad mode that explains the error."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as log, pytest.raises(RuntimeError, match="in-place"):
        w.sub_(1.0)

    assert _find(log, "sub_") == [TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=True)]


def test_tensor_that_is_not_an_input_has_no_name() -> None:
    """A call on a copy of w has no name, which shows that w was rebound."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as log, torch.no_grad():
        other = w.clone()
        other.sub_(1.0)

    assert [call.on for call in _find(log, "clone")] == ["w"]
    assert [call.on for call in _find(log, "sub_")] == [""]


def test_logged_calls_have_their_usual_results() -> None:
    """Logging changes neither results nor gradients."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)

    with TorchCallLog({"w": w}):
        (w * w).sum().backward()  # type: ignore[no-untyped-call] # torch's own has no types
        found = torch.stack([w.detach(), torch.full_like(w, 3.0)], dim=1)

    assert w.grad is not None
    assert w.grad.tolist() == [2.0, 4.0]
    assert found.tolist() == [[1.0, 3.0], [2.0, 3.0]]


def test_nothing_is_recorded_before_and_after() -> None:
    """Only calls inside the context are logged."""
    log = TorchCallLog({})
    torch.ones(2).add(1)

    with log:
        torch.ones(2).mul(2)
    torch.ones(2).sub(1)

    assert "mul" in _names(log)
    assert not {"add", "sub"} & set(_names(log))


def test_looking_for_names_records_nothing() -> None:
    """The log's own look at a tensor and its gradient is not logged."""
    w = torch.ones(2, requires_grad=True)
    (w * w).sum().backward()  # type: ignore[no-untyped-call] # torch's own has no types
    assert w.grad is not None

    with TorchCallLog({"w": w}) as log, torch.no_grad():
        w.add_(1.0)

    assert [name for name in _names(log) if name.startswith(("grad", "requires_grad"))] == []


def test_long_name_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a function is cut to the length of a name."""
    monkeypatch.setattr(torch_call_log, "resolve_name", lambda _: "a" * 10_000)

    with TorchCallLog({}) as log:
        torch.ones(1)

    assert _names(log)[0] == "a" * MAX_NAME


def test_record_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls above the maximum are not logged."""
    monkeypatch.setattr(torch_call_log, "MAX_TORCH_CALLS", 5)

    with TorchCallLog({}) as log:
        for _ in range(10):
            torch.ones(1)

    assert len(log.calls) == 5


def _twice(clear: str) -> list[tuple[str, ...]]:
    """Take two steps with this way of clearing the gradient, and return what each one added to."""
    w = torch.ones(2, requires_grad=True)
    with TorchCallLog({"x": X, "w": w}) as log:
        for _ in range(2):
            exec(  # noqa: S102 - the test's own
                "loss = (X @ w).pow(2).mean()\nloss.backward()\n"
                f"with torch.no_grad():\n    w -= 0.1 * w.grad\n    {clear}\n",
                {"torch": torch, "X": X, "w": w},
            )
    return [call.adds_to for call in _find(log, "backward")]


@pytest.mark.parametrize(
    "clear",
    [
        "w.grad.zero_()",
        "w.grad = None",
        "del w.grad",
        "w.grad[:] = 0",
        "w.grad.copy_(torch.zeros(2))",
        "w.grad *= 0",
        "w.grad.data.fill_(0)",
        "w.grad.sub_(w.grad)",
        "torch.optim.SGD([w], lr=0.1).zero_grad()",
        "w.grad.numpy()[:] = 0",
    ],
)
def test_gradient_that_is_cleared_in_any_way_does_not_grow(clear: str) -> None:
    """However the gradient is cleared, the next backward() adds to nothing."""
    assert _twice(clear) == [(), ()]


def test_gradient_that_is_left_there_grows() -> None:
    """Without clearing, the second backward() adds to the gradient of the first."""
    assert _twice("pass") == [(), ("w",)]
    assert _twice("w.grad[0] = 0") == [(), ("w",)]
