"""Checks of the class Classifier: its layers, and what it computes with given weights."""

import numpy as np
import pytest

from grader.checks.api import (
    Lab,
    Probe,
    WrongError,
    expect_close,
    expect_finite,
    expect_shape,
    py_,
    tensor,
    to_array,
    to_parts,
    torch_,
)

Samples = tuple[np.ndarray, np.ndarray]


def layers(lab: Lab) -> object:
    """Look at the layers of a small model."""
    model = lab.Classifier(3, 5, 2)
    return {
        "hidden": py_.list(model.hidden.weight.shape),
        "out": py_.list(model.out.weight.shape),
        "parameters": py_.len(py_.list(model.parameters())),
    }


@pytest.mark.points(2)
@pytest.mark.function("Classifier.__init__")
def check_layers_have_their_sizes(probe: Probe) -> None:
    """Classifier(3, 5, 2) has layers from 3 to 5 and from 5 to 2

    nn.Linear takes the number of inputs first, and then the number of outputs.
    """
    got, want = probe.both_run(layers)
    for name, layer in (("hidden", "hidden.weight"), ("out", "out.weight")):
        expect_close(got[name], want[name], f"the shape of {layer}")


@pytest.mark.points(2)
@pytest.mark.function("Classifier.__init__")
def check_layers_are_known_to_the_module(probe: Probe) -> None:
    """The parameters of both layers are those of the model

    Call super().__init__() first, and keep each layer as an attribute of its own. In a list,
    nn.Module doesn't find it.
    """
    got, want = probe.both_run(layers)
    expect_close(got["parameters"], want["parameters"], "the number of parameter tensors")


def start_twice(lab: Lab) -> object:
    """Return the first weights of two models."""
    return [lab.Classifier(3, 5, 2).hidden.weight, lab.Classifier(3, 5, 2).hidden.weight]


@pytest.mark.points(2)
@pytest.mark.function("Classifier.__init__")
def check_models_start_from_other_weights(probe: Probe) -> None:
    """Two models have different random weights

    nn.Linear draws them; don't set them, and set no seed in the class.
    """
    first, second = to_parts(probe.student_run(start_twice).returned(), ("a", "b"), "w").values()
    expect_shape(first, (5, 3), "hidden.weight")
    expect_finite(first, "hidden.weight")
    if np.array_equal(first, second) or len(np.unique(first)) == 1:
        raise WrongError("two models start from the same weights, or all weights are equal")


def compute(lab: Lab, w1: object, b1: object, w2: object, b2: object, x: object) -> object:
    """Put weights into a model, and return its logits."""
    model = lab.Classifier(2, 2, 2)
    with torch_.no_grad():
        model.hidden.weight.copy_(w1)
        model.hidden.bias.copy_(b1)
        model.out.weight.copy_(w2)
        model.out.bias.copy_(b2)
    return {"logits": model(x)}


@pytest.mark.points(4)
@pytest.mark.function("Classifier.forward")
def check_forward_has_the_right_logits(probe: Probe) -> None:
    """The logits are out(tanh(hidden(x)))

    Apply torch.tanh between the two layers, and nothing after the second one: the cross entropy
    takes logits.
    """
    rng = probe.rng()
    given = {
        "w1": tensor([[1, 0], [0, -1]]),
        "b1": tensor([0.5, 0]),
        "w2": tensor([[2, 0], [1, 1]]),
        "b2": tensor([0, -0.5]),
    }
    drawn = {
        name: rng.normal(size=shape)
        for name, shape in (("w1", (2, 2)), ("b1", 2), ("w2", (2, 2)), ("b2", 2))
    }
    for weights, x in ((given, tensor([[1, 2]])), (drawn, rng.normal(size=(7, 2)))):
        got, want = probe.both_run(compute, **weights, x=x)
        expect_close(got["logits"], want["logits"], "the logits")


@pytest.mark.points(2)
@pytest.mark.function("Classifier.forward")
def check_forward_can_be_differentiated(probe: Probe) -> None:
    """Gradients reach the weights of both layers

    Use torch on the whole way: .detach(), .data, .numpy() and no_grad() end it.
    """

    def differentiate(lab: Lab, x: object) -> object:
        torch_.manual_seed(7)
        model = lab.Classifier(2, 3, 2)
        model(x).square().sum().backward()
        return {
            "hidden": model.hidden.weight.grad,
            "out": model.out.weight.grad,
        }

    got, want = probe.both_run(differentiate, x=probe.rng().normal(size=(4, 2)))
    for name in ("hidden", "out"):
        is_tensor = to_array(want[name], name).shape
        if to_array(got[name], f"{name}.weight.grad").shape != is_tensor:
            raise WrongError(f"{name}.weight.grad has another shape than {name}.weight")
        if not np.any(to_array(got[name], name)):
            raise WrongError(f"{name}.weight.grad is 0 everywhere")
