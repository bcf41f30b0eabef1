"""Logs which torch functions ran, on which input, and whether grad mode was on.

The log only serves explanations; no score depends on it.
"""

from collections.abc import Callable, Mapping

import torch
from torch.overrides import TorchFunctionMode, resolve_name

from grader.observations.bounds import MAX_NAME, MAX_TORCH_CALLS
from grader.observations.messages import TorchCall
from grader.sandbox.guest.plain_text import cut_text


class TorchCallLog(TorchFunctionMode):
    """A context manager that logs every torch function called inside it, up to `MAX_TORCH_CALLS`.

    Args:
        inputs: The tensors that were passed to the function, by contract name.
    """

    def __init__(self, inputs: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        self._inputs = inputs
        self.calls: list[TorchCall] = []

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Log the call, then make it."""
        if len(self.calls) < MAX_TORCH_CALLS:
            name = resolve_name(func) or getattr(func, "__name__", "")
            is_backward = str(name).endswith(".backward")
            call = TorchCall(
                name=cut_text(str(name), MAX_NAME),
                on=self._name_of(args[0]) if args else "",
                is_grad_enabled=torch.is_grad_enabled(),
                adds_to=self._with_gradient() if is_backward else (),
                is_cut=is_backward and bool(args) and _is_leaf(args[0]),
            )
            self.calls.append(call)
        return func(*args, **(kwargs or {}))

    def _name_of(self, value: object) -> str:
        with torch._C.DisableTorchFunction():  # noqa: SLF001 - don't log what we call here
            for name, tensor in self._inputs.items():
                if value is tensor:
                    return name
                if tensor.requires_grad and tensor.is_leaf and value is tensor.grad is not None:
                    return f"{name}.grad"
        return ""

    def _with_gradient(self) -> tuple[str, ...]:
        """Return the inputs whose gradient is not zero, so that backward() will add to it."""
        with torch._C.DisableTorchFunction():  # noqa: SLF001 - as above
            return tuple(
                name
                for name, tensor in self._inputs.items()
                if tensor.is_leaf and tensor.grad is not None and bool(tensor.grad.any())
            )


def _is_leaf(value: object) -> bool:
    with torch._C.DisableTorchFunction():  # noqa: SLF001 - as above
        return type(value) is torch.Tensor and value.requires_grad and value.is_leaf
