"""The recorder: which torch functions ran, on what, and with grad mode on or off."""

import pytest
import torch

from grader.observations.messages import TorchCall
from grader.sandbox.guest import torch_call_log
from grader.sandbox.guest.torch_call_log import TorchCallLog

X = torch.tensor([[1.0, 1.0], [2.0, 1.0]])


def _names(recorder: TorchCallLog) -> list[str]:
    return [call.name.removeprefix("torch.Tensor.") for call in recorder.calls]


def _find(recorder: TorchCallLog, name: str) -> list[TorchCall]:
    return [call for call in recorder.calls if call.name == f"torch.Tensor.{name}"]


def test_step_of_the_lab_is_told_apart() -> None:
    """The step on w and the clearing of w.grad, both where autograd isn't looking."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"x": X, "w": w}) as recorder:
        loss = (X @ w).pow(2).mean()
        loss.backward()
        with torch.no_grad():
            w.sub_(0.1 * w.grad)
            w.grad.zero_()

    step, clearing, backward = (_find(recorder, name) for name in ("sub_", "zero_", "backward"))
    assert step == [TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=False)]
    assert clearing == [TorchCall(name="torch.Tensor.zero_", on="w.grad", is_grad_enabled=False)]
    assert backward == [TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True)]


def test_calls_are_in_the_order_in_which_they_ran() -> None:
    """Backward before the step, the step before the clearing."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"x": X, "w": w}) as recorder:
        (X @ w).sum().backward()
        with torch.no_grad():
            w.grad.zero_()

    wanted = [name for name in _names(recorder) if name in {"matmul", "sum", "backward", "zero_"}]
    assert wanted == ["matmul", "sum", "backward", "zero_"]


def test_operator_in_place_is_a_step_on_w() -> None:
    """``w -= ...`` is another way to write sub_."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as recorder, torch.no_grad():
        w -= 1.0

    assert [call.on for call in _find(recorder, "sub_")] == ["w"]


def test_step_outside_of_no_grad_is_recorded_as_such() -> None:
    """The call that raises is in the record too: it explains the error."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as recorder, pytest.raises(RuntimeError, match="in-place"):
        w.sub_(1.0)

    assert _find(recorder, "sub_") == [
        TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=True)
    ]


def test_tensor_that_is_no_input_has_no_name() -> None:
    """A new w is not w: that is how rebinding shows."""
    w = torch.ones(2, requires_grad=True)

    with TorchCallLog({"w": w}) as recorder, torch.no_grad():
        other = w.clone()
        other.sub_(1.0)

    assert [call.on for call in _find(recorder, "clone")] == ["w"]
    assert [call.on for call in _find(recorder, "sub_")] == [""]


def test_recorded_calls_do_what_they_would_do() -> None:
    """Watching changes nothing."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)

    with TorchCallLog({"w": w}):
        (w * w).sum().backward()
        found = torch.stack([w.detach(), torch.full_like(w, 3.0)], dim=1)

    assert w.grad is not None
    assert w.grad.tolist() == [2.0, 4.0]
    assert found.tolist() == [[1.0, 3.0], [2.0, 3.0]]


def test_nothing_is_recorded_before_and_after() -> None:
    """Only what runs while it is entered."""
    recorder = TorchCallLog({})
    torch.ones(2).add(1)

    with recorder:
        torch.ones(2).mul(2)
    torch.ones(2).sub(1)

    assert "mul" in _names(recorder)
    assert not {"add", "sub"} & set(_names(recorder))


def test_looking_for_names_records_nothing() -> None:
    """Finding out what a call was made on is no call of the student's."""
    w = torch.ones(2, requires_grad=True)
    (w * w).sum().backward()
    assert w.grad is not None

    with TorchCallLog({"w": w}) as recorder, torch.no_grad():
        w.add_(1.0)

    assert [name for name in _names(recorder) if name.startswith(("grad", "requires_grad"))] == []


def test_record_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop of a million steps fills no memory."""
    monkeypatch.setattr(torch_call_log, "MAX_CALLS", 5)

    with TorchCallLog({}) as recorder:
        for _ in range(10):
            torch.ones(1)

    assert len(recorder.calls) == 5
