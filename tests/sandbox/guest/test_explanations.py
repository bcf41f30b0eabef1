"""Messages that torch and Python really raise are recognised; their wording may change."""

import random
import re
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
import torch

from grader.report.explanations import _REASONS, explain
from grader.sandbox.guest.exceptions import describe_exception


def leaf() -> torch.Tensor:
    """Return weights as the checks make them."""
    return torch.tensor([1.0, 2.0], requires_grad=True)


def step_outside_no_grad() -> None:
    """Change a leaf in place outside of no_grad."""
    w = leaf()
    w -= 0.1


def step_on_a_view() -> None:
    """Change a part of a leaf."""
    leaf()[0] = 1.0


def backward_twice() -> None:
    """Call backward() twice on the same graph."""
    loss = leaf().pow(2).sum()
    loss.backward()  # type: ignore[no-untyped-call] # torch's own has no types
    loss.backward()  # type: ignore[no-untyped-call] # torch's own has no types


def give_to_numpy() -> None:
    """Convert a tensor that requires grad to numpy."""
    leaf().numpy()


def clear_what_is_not_there() -> None:
    """Clear a gradient before the first backward()."""
    w = leaf()
    w.grad.zero_()  # type: ignore[union-attr] # the student's mistake: it is None


def use_none_in_a_sum() -> None:
    """Make a step with a gradient that is None."""
    w = leaf()
    w.data = w.data - 0.1 * w.grad  # type: ignore[operator] # the student's mistake: it is None


def change_before_backward() -> None:
    """Change a result in place before backward() needs it."""
    w = leaf()
    y = w.exp()
    y += 1
    y.sum().backward()  # type: ignore[no-untyped-call] # torch's own has no types


def backward_of_a_constant() -> None:
    """Call backward() on a tensor that depends on no leaf."""
    torch.tensor(1.0).backward()  # type: ignore[no-untyped-call] # torch's own has no types


def product_of_dtypes() -> None:
    """Multiply a float32 matrix by a float64 vector."""
    torch.ones(3, 2) @ torch.ones(2, dtype=torch.float64)


def require_grad_of_integers() -> None:
    """Require the gradient of a tensor of integers."""
    torch.tensor([1, 2], requires_grad=True)


def local_w() -> None:
    """Assign to a global without declaring it."""
    exec("w = 1\ndef f():\n    w -= 1\nf()", {})  # noqa: S102 - our own


def call_itself() -> None:
    """Never end."""
    call_itself()


def refuse(error: BaseException) -> Callable[[], object]:
    """Return a function that raises what the system or a library does."""

    def raise_it() -> None:
        raise error

    return raise_it


def run(before: str, call: str) -> None:
    """Run a student's lines inside a function, and then an expression."""
    source = f"def f():\n    {before or 'pass'}\n    return {call}\nf()"
    exec(source, {"torch": torch})  # noqa: S102 - our own


CASES: dict[str, tuple[Callable[[], object], str]] = {
    "another device": (lambda: torch.ones(2, device="cuda:0"), "graded on the CPU"),
    "another maker's device": (lambda: torch.ones(2).to("xpu"), "graded on the CPU"),
    "a program": (refuse(PermissionError(1, "Operation not permitted")), "not allowed while"),
    "a folder": (refuse(PermissionError(13, "Permission denied", "/content")), "Other folders"),
    "a file": (lambda: open("data.csv"), "only its own file"),  # noqa: SIM115, PTH123 - not there
    "a file of numpy's": (lambda: np.loadtxt("data/lab4.csv"), "only its own file"),
    "network": (refuse(RuntimeError("there is no internet connection")), "no network"),
    "in place on a leaf": (step_outside_no_grad, "no_grad"),
    "in place on a view": (step_on_a_view, "no_grad"),
    "a power as in mathematics": (lambda: torch.ones(2) ^ torch.ones(2), "write **"),
    "backward twice": (backward_twice, "an earlier backward() had freed"),
    "numpy of what requires grad": (give_to_numpy, "detach"),
    "numpy of it by asarray": (lambda: np.asarray(leaf()), "detach"),
    "None.zero_()": (clear_what_is_not_there, "w.grad"),
    "None in an operation": (use_none_in_a_sum, "w.grad"),
    "cut graph": (backward_of_a_constant, "not connected to anything that requires grad"),
    "backward of a vector": ((leaf() * 2).backward, "mean"),
    "unused": (lambda: torch.autograd.grad(leaf().sum(), leaf()), "not computed from"),
    "changed before backward": (change_before_backward, "Make a new tensor"),
    "matrix product": (lambda: torch.ones(3, 2) @ torch.ones(3), "fit this product"),
    "matrix product of matrices": (lambda: torch.ones(3, 2) @ torch.ones(3, 2), "fit this product"),
    "sizes": (lambda: torch.ones(3) + torch.ones(2), "shapes"),
    "view": (lambda: torch.ones(3).view(2, 2), "shapes"),
    "broadcast in place": (lambda: torch.ones(3).add_(torch.ones(2, 3)), "shapes"),
    "dtypes": (product_of_dtypes, "dtypes"),
    "integers": (require_grad_of_integers, "decimal point"),
    "step on integers": (lambda: torch.tensor([1, 2]).sub_(0.5), "decimal point"),
    "number as a gradient": (lambda: setattr(leaf(), "grad", 0), "w.grad = None"),
    "if of several": (lambda: bool(torch.ones(3)), "torch.where"),
    "if of none": (lambda: bool(torch.ones(0)), "torch.where"),
    "item of several": (lambda: torch.ones(3).item(), "several"),
    "float of several": (lambda: float(torch.ones(3)), "several"),
    "frame function without a frame": (lambda: run("def step(): 0", "step(0)"), "def step(frame)"),
    "frame function of two": (lambda: run("def step(i, line): 0", "step(0)"), "def step(frame)"),
    "None called": (lambda: run("step = None", "step(0)"), "without brackets"),
    "tuple called": (lambda: run("step = (1,)", "step(0)"), "without brackets"),
    "tensor called": (lambda: run("mse = torch.ones(2)", "mse(1)"), "variable"),
    "no star before a bracket": (lambda: run("lr = 0.1", "lr(2)"), "*"),
    "animation without a figure": (
        refuse(
            TypeError("FuncAnimation.__init__() missing 1 required positional argument: 'func'")
        ),
        "the figure first",
    ),
    "frame function of blit that returns a line": (
        refuse(
            RuntimeError(
                "When blit=True, the animation function must return a sequence of Artist objects."
            )
        ),
        "return line,",
    ),
    "init function of blit that returns a line": (
        refuse(
            RuntimeError("When blit=True, the init_func must return a sequence of Artist objects.")
        ),
        "given as init_func",
    ),
    "animation of Axes": (
        refuse(AttributeError("'Axes' object has no attribute 'canvas'")),
        "needs the figure",
    ),
    "list of lines": (lambda: run("", "[1].set_ydata(0)"), "line, = axes.plot"),
    "class of a function": (lambda: run("", "torch.nn.Sigmoid(torch.ones(2))"), "nn.Sigmoid()(z)"),
    "class of a loss": (
        refuse(TypeError("BCELoss.__init__() takes from 1 to 5 positional arguments but 6")),
        "nn.MSELoss()(",
    ),
    "number gone through": (lambda: run("", "[i for i in 3]"), "range(n)"),
    "append of None": (lambda: run("a = [].append(1)", "a.append(2)"), "without `losses =`"),
    "names that don't fit": (lambda: run("", "[a for a, b in [(1, 2, 3)]]"), "xb, yb in"),
    "sizes of points": (refuse(ValueError("x and y must be the same size")), "x[:, 0]"),
    "sizes of a line": (
        refuse(ValueError("x and y must have same first dimension, but have shapes")),
        "x[:, 0]",
    ),
    "mm of a vector": (lambda: torch.mm(torch.ones(3, 2), torch.ones(2)), "x @ w"),
    "dot of a matrix": (lambda: torch.dot(torch.ones(3, 2), torch.ones(2)), "x @ w"),
    "product with a single number": (lambda: torch.tensor(1.0) @ torch.ones(2), "single number"),
    "product with a plain number": (lambda: run("", "torch.ones(3, 2) @ 0.1"), "order"),
    "numpy's mean of a tensor": (lambda: np.mean(torch.ones(2)), "Use torch's"),
    "nll of probabilities": (
        lambda: torch.nn.functional.nll_loss(torch.ones(2), torch.tensor([0, 1])),
        "one probability",
    ),
    "cross entropy of integers": (
        lambda: torch.nn.functional.cross_entropy(torch.ones(2), torch.tensor([0, 1])),
        "one probability",
    ),
    "requires_grad of computed": (
        lambda: (leaf() * 2).requires_grad_(False),  # noqa: FBT003 - as torch's types have it
        "Only a leaf",
    ),
    "too large a sample": (lambda: random.sample(range(2), 3), "one permutation"),
    "recursion": (call_itself, "calls itself"),
    "name": (lambda: eval("torhc"), "not defined"),  # noqa: S307 - our own
    "local name": (local_w, "global w"),
}


@pytest.mark.parametrize("name", CASES)
def test_well_known_exception_is_explained(name: str) -> None:
    """Each exception gets an explanation that contains the expected words."""
    provoke, expected = CASES[name]

    with pytest.raises(Exception) as caught:  # noqa: PT011 - each case raises another one
        provoke()

    assert expected in explain(describe_exception(caught.value, {})), caught.value


def test_every_reason_is_provoked() -> None:
    """Every explanation belongs to an exception that one of the cases raises."""
    seen = set()
    for provoke, _ in CASES.values():
        try:
            provoke()
        except Exception as error:  # noqa: BLE001 - whatever it raises
            seen.add(explain(describe_exception(error, {})))

    assert {reason.explanation for reason in _REASONS if not reason.code} == seen


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("loss = nn.MSELoss(y_hat, y)", "nn.MSELoss()(y_hat, y)"),
        ("return torch.nn.BCELoss( p, y )", "nn.MSELoss()(y_hat, y)"),
        ("if nn.MSELoss()(y_hat, y) > y:", "torch.where"),
        ('if nn.MSELoss(reduction="none")(y_hat, y) > y:', "torch.where"),
        ("if z >= 0:", "torch.where"),
        ("if w.grad:", "is not None"),
        ("if not w.grad and x:", "is not None"),
        ("if w.grad.sum() > y:", "torch.where"),
    ],
)
def test_truth_of_a_tensor_is_explained_by_the_line(code: str, expected: str) -> None:
    """Torch asks for it where data is given to the class of a loss, and Python at an if."""
    with pytest.raises(RuntimeError) as caught:
        torch.nn.MSELoss(torch.ones(2), torch.ones(2))

    raised = msgspec.structs.replace(describe_exception(caught.value, {}), code=code)

    assert expected in explain(raised)


def test_unknown_exception_is_not_explained() -> None:
    """An exception that is not known gets no explanation."""
    assert explain(describe_exception(ValueError("nobody knows"), {})) == ""
    assert all(re.compile(reason.pattern) for reason in _REASONS)


def test_only_what_lies_in_the_place_is_said_of_a_demo() -> None:
    """What a submission can't do where it is graded is a reason of its own kind."""
    of_place = describe_exception(PermissionError(1, "Operation not permitted"), {})
    own = describe_exception(NameError("name 'a' is not defined"), {})

    assert "not allowed" in explain(of_place, only_of_place=True)
    assert explain(own) != ""
    assert explain(own, only_of_place=True) == ""
