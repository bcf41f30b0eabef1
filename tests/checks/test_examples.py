"""Examples of failures: the pasted code prints what the check has found."""

import io
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
import torch
from fakes import array

from grader.checks.examples import make_example
from grader.checks.inputs import Leaf, leaf, tensor
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, State, Step
from grader.observations.values import AnyValue, Array, Number
from grader.report.model import Example

INPUTS: dict[str, Any] = {"x": tensor([[1, 1], [2, 1]]), "w": leaf([3, 4])}
GRADIENT = np.array([3.0, 2.0])
VALUE = np.array([7.0, 10.0])


def example_of(
    wrong: WrongError,
    returned: np.ndarray | AnyValue = VALUE,
    *,
    cotangent: bool = False,
    w_after: np.ndarray | None = None,
) -> Example:
    """Make the example of one differentiated call of predict()."""
    request = CallRequest(
        function="predict",
        inputs={
            name: Array.from_numpy(one.array if isinstance(one, Leaf) else one)
            for name, one in INPUTS.items()
        },
        differentiate=("w",),
        cotangent=array([1, 1]) if cotangent else None,
    )
    value = (
        Array.from_numpy(returned, requires_grad=True)
        if isinstance(returned, np.ndarray)
        else returned
    )
    states = {name: State(value=array([0])) for name in INPUTS}
    if w_after is not None:
        states["w"] = State(value=Array.from_numpy(w_after))
    step = Step(returned=value, inputs=states, gradients={"w": Array.from_numpy(GRADIENT)})
    example = make_example(request, INPUTS, (step,), wrong)
    assert example is not None
    return example


def printed_by(example: Example) -> str:
    """Run an example below a right submission."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(example.code, {"torch": torch, "predict": lambda x, w: x @ w})  # noqa: S102 - ours
    return out.getvalue().strip()


def test_wrong_value_prints_the_value() -> None:
    """Of a wrong value the call is printed, also if it was differentiated."""
    example = example_of(WrongError("no", got="[7., 10.]", expected="[8., 9.]", value=VALUE))

    assert example.code.endswith("\nprint(predict(x, w))")
    assert printed_by(example).startswith("tensor([ 7., 10.]")


def test_wrong_gradient_prints_the_gradient() -> None:
    """Of a wrong gradient not the value is printed, but the gradient."""
    wrong = WrongError("no", got="[3., 2.]", expected="[4., 2.]", value=GRADIENT)

    example = example_of(wrong, cotangent=True)

    assert printed_by(example) == "tensor([3., 2.])"
    assert (example.got, example.expected) == ("[3., 2.]", "[4., 2.]")


def test_gradient_without_a_cotangent_is_that_of_the_call() -> None:
    """A single number is differentiated as it is."""
    wrong = WrongError("no", got="[3., 2.]", expected="[4., 2.]", value=GRADIENT)

    assert "\npredict(x, w).backward()\nprint(w.grad)" in example_of(wrong).code


def test_cut_graph_prints_whether_a_gradient_is_required() -> None:
    """Where the graph is cut, the pasted code says so instead of raising."""
    cut = Array.from_numpy(VALUE)
    wrong = WrongError("no", got="no gradient", expected="a gradient", gradient_of="w")

    example = example_of(wrong, cut)

    assert example.code.endswith("print(predict(x, w).requires_grad)")
    assert (example.got, example.expected) == ("False", "True")


def test_number_without_a_graph_is_printed() -> None:
    """A plain number can't be differentiated at all."""
    wrong = WrongError("no", got="no gradient", expected="a gradient", gradient_of="w")

    example = example_of(wrong, Number(value=1.0, kind="float"))

    assert example.code.endswith("print(predict(x, w))")


@pytest.mark.parametrize(
    ("got", "last"),
    [
        ("w = [1., 2.]", "print(w)"),
        ("w.grad_fn is set", "print(w.grad_fn)"),
        ("w.requires_grad is False", "print(w.requires_grad)"),
    ],
)
def test_leaf_that_is_wrong_is_printed_after_the_call(got: str, last: str) -> None:
    """What a leaf is after the call is printed then, and the call's value is not."""
    example = example_of(WrongError("no", got=got))

    assert example.code.splitlines()[-2:] == ["predict(x, w)", last]


@pytest.mark.parametrize(
    ("got", "last"), [("[inf, nan]", "print(w)"), ("shape (2,)", "print(w.shape)")]
)
def test_value_of_a_leaf_is_not_said_to_be_returned(got: str, last: str) -> None:
    """Where the value after the call is not finite, or has a wrong shape, the leaf is printed."""
    after = np.array([np.inf, np.nan])
    wrong = WrongError("no", got=got, expected="finite numbers", value=after)

    example = example_of(wrong, w_after=after)

    assert example.code.splitlines()[-2:] == ["predict(x, w)", last]


def test_wrong_shape_prints_the_shape() -> None:
    """Of a wrong shape the shape is printed."""
    example = example_of(WrongError("no", got="shape (2,)", expected="shape (2, 1)", value=VALUE))

    assert printed_by(example) == "torch.Size([2])"
