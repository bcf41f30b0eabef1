"""Explains exceptions that torch and Python raise for a well-known reason.

Recognised by type and text: what the text itself says in the words of the library's insides is
said here in the lab's.
"""

import re
from dataclasses import dataclass

from grader.observations.messages import Raised


@dataclass(frozen=True, slots=True)
class _Reason:
    type_name: str
    pattern: str
    explanation: str


_REASONS = (
    _Reason(
        "RuntimeError",
        r"leaf Variable that requires grad (is being used in|has been moved)",
        "A leaf that requires grad was changed in place while autograd was recording. Take the "
        "step inside `with torch.no_grad():`, or change w.data.",
    ),
    _Reason(
        "RuntimeError",
        r"backward through the graph a second time",
        "backward() was called twice on one graph, and the first call has thrown it away. Compute "
        "the loss anew before each backward().",
    ),
    _Reason(
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad|numpy\(\) on Tensor that requires",
        "numpy and matplotlib can't take a tensor that autograd is tracking. Use .detach() first.",
    ),
    _Reason(
        "AttributeError",
        r"'NoneType' object has no attribute '(zero_|data|detach|detach_|clone|fill_|item|mul_)'",
        "None was used as if it were a tensor. If it is w.grad: that is None until the first "
        "backward(), and after w.grad = None. Clear it after the step, or only "
        "`if w.grad is not None`.",
    ),
    _Reason(
        "TypeError",
        r"unsupported operand type\(s\) for .*NoneType|'NoneType' and|must be Tensor, not NoneType",
        "One of the operands is None. If it is w.grad: it is None until backward() has run, and "
        "it stays None if w is no leaf (one that was computed, as in w = w - ...). If it is what "
        "a function of yours returns: does each path end in a return?",
    ),
    _Reason(
        "RuntimeError",
        r"element 0 of tensors does not require grad",
        "What backward() was called on is not connected to anything that requires grad: .item(), "
        ".detach(), .numpy(), torch.tensor(...) or torch.no_grad() on the way has cut the graph.",
    ),
    _Reason(
        "RuntimeError",
        r"grad can be implicitly created only for scalar outputs",
        "backward() needs one number to start from, and this tensor holds several. Take the mean "
        "of the losses first.",
    ),
    _Reason(
        "RuntimeError",
        r"differentiated Tensors? .*(not have been used|does not require grad)",
        "The loss was not computed from the tensor that it is to be differentiated by: was a copy "
        "or .data used on the way?",
    ),
    _Reason(
        "RuntimeError",
        r"modified by an inplace operation",
        "A tensor that backward() still needs was changed in place after it had been used. Call "
        "backward() before the step.",
    ),
    _Reason(
        "RuntimeError",
        r"mat1 and mat2 shapes|size mismatch, got|cannot be multiplied|inconsistent tensor size",
        "The shapes don't fit a matrix product: (n, 2) @ (2,) gives (n,). Print the shapes just "
        "before this line.",
    ),
    _Reason(
        "RuntimeError",
        r"The size of tensor a \(\d+\) must match the size of tensor b"
        r"|shape .* is invalid for input|doesn't match the broadcast shape|expand\(",
        "The shapes of the two tensors don't fit each other. Print both just before this line: a "
        "(n, 1) where a (n,) belongs is the usual reason.",
    ),
    _Reason(
        "RuntimeError",
        r"expected (scalar type|m1 and m2 to have the same dtype)|same dtype|Found dtype|"
        r"expected .* but (got|found) (Double|Float|Long|Int)",
        "The tensors have different dtypes, float32 and float64 mostly: numpy makes float64 by "
        "itself. Convert with .float(), or create with dtype=torch.float32.",
    ),
    _Reason(
        "RuntimeError",
        r"[Oo]nly Tensors of floating point (and complex )?dtype can require gradients"
        r"|result type Float can't be cast to",
        "Integers can't be differentiated, nor take the result of a step. Write the numbers with a "
        "decimal point, or use .float().",
    ),
    _Reason(
        "RuntimeError|ValueError|TypeError",
        r"a Tensor with \d+ elements cannot be converted to Scalar"
        r"|only one element tensors can be converted|only (length-1|0-dimensional) arrays",
        "One number was wanted, and the tensor holds several: it has not been reduced yet (mean?).",
    ),
    _Reason(
        "RuntimeError",
        r"you can only change requires_grad flags of leaf variables",
        "Only a leaf can be told to require grad; this tensor was computed. Use .detach() first.",
    ),
    _Reason(
        "NameError",
        r"name '(\w+)' is not defined",
        "A name is used that is not defined at that point: a typing mistake, a missing import, or "
        "a variable of a cell that didn't run.",
    ),
    _Reason(
        "UnboundLocalError",
        r"local variable",
        "A name that is assigned anywhere in a function is local all through it: `w = w - ...` or "
        "`w -= ...` on a global needs `global w`, or an in-place method such as w.sub_(...).",
    ),
)


def explain(raised: Raised) -> str:
    """Say why an exception was raised, and what to try; empty where that is not well known."""
    for reason in _REASONS:
        if re.fullmatch(reason.type_name, raised.type_name) and re.search(
            reason.pattern, raised.text
        ):
            return reason.explanation
    return ""
