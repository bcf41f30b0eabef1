"""Checks of TwoLayerNet: its layers, their first weights, and its logits."""

import contextlib
from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    Result,
    Roughly,
    WrongError,
    expect_all_close,
    py_,
    to_array,
    torch_,
)

Case = dict[str, Any]
Make = Any

# Of 10000 and 8000 normal numbers, the standard deviation is off by 6 % once in 10 ** 13 times.
SIZES = {"n_in": 50, "n_hidden": 200, "n_out": 40}
WITHIN = 0.06
LAYERS = {"hidden": SIZES["n_in"], "output": SIZES["n_hidden"]}
WIDEST = 3.0  # some of 8000 normal numbers are further out, and no uniform one is


def _std_of(name: str) -> str:
    return f"net.{name}.weight.std()"


def _largest_of(name: str) -> str:
    return f"net.{name}.weight.abs().max() / net.{name}.weight.std()"


def _number(result: Result, name: str) -> float:
    return float(to_array(result[name], name))


def facts(_request: object, result: Result) -> dict[str, object] | None:
    """Return what is the same for all draws of the same weights."""
    for name in LAYERS:
        with contextlib.suppress(KeyError):
            return {name: Roughly(np.log(_number(result, _std_of(name))), within=WITHIN)}
        with contextlib.suppress(KeyError):
            return {name: _number(result, _largest_of(name)) > WIDEST}
    return None


@pytest.mark.points(1)
@pytest.mark.function("TwoLayerNet.__init__")
def check_net_has_two_layers(probe: Probe) -> None:
    """The layers have the right sizes, and the module knows all four parameters

    hidden goes from n_in to n_hidden, output from n_hidden to n_out. nn.Module finds the layers by
    itself, if it is initialised first and they are attributes.
    """

    def use(lab: Lab, n_in: Handle, n_hidden: Handle, n_out: Handle) -> object:
        net = lab.TwoLayerNet(n_in, n_hidden, n_out)
        return {
            "list(net.hidden.weight.shape)": py_.list(net.hidden.weight.shape),
            "list(net.output.weight.shape)": py_.list(net.output.weight.shape),
            "len(list(net.parameters()))": py_.len(py_.list(net.parameters())),
        }

    for n_in, n_hidden, n_out in ((2, 5, 3), (4, 3, 7)):
        expect_all_close(*probe.both_run(use, n_in=n_in, n_hidden=n_hidden, n_out=n_out))


@pytest.mark.points(3)
@pytest.mark.function("TwoLayerNet.__init__")
def check_net_draws_its_weights(probe: Probe) -> None:
    """Weights are normal, with standard deviation sqrt(2 / inputs of the layer)

    nn.init.normal_(layer.weight, std=...) draws them. std is the standard deviation, not the
    variance, and the inputs of a layer are the columns of its weight.
    """
    for name, inputs in LAYERS.items():

        def spread(lab: Lab, name: str = name, **sizes: Handle) -> object:
            torch_.manual_seed(0)  # so that the example prints the same numbers
            net = lab.TwoLayerNet(sizes["n_in"], sizes["n_hidden"], sizes["n_out"])
            return {_std_of(name): getattr(net, name).weight.std()}

        got = probe.student_run(spread, **SIZES)
        right = (2 / inputs) ** 0.5
        std = _number(got, _std_of(name))
        if not abs(std / right - 1) <= WITHIN:
            raise WrongError(
                f"the standard deviation of net.{name}.weight is wrong",
                got=f"{std:.4f}",
                expected=f"about {right:.4f}",
                source=got[_std_of(name)],
            )

        def tails(lab: Lab, name: str = name, **sizes: Handle) -> object:
            torch_.manual_seed(0)  # so that the example prints the same numbers
            net = lab.TwoLayerNet(sizes["n_in"], sizes["n_hidden"], sizes["n_out"])
            weight = getattr(net, name).weight
            return {_largest_of(name): weight.abs().max() / weight.std()}

        got = probe.student_run(tails, **SIZES)
        largest = _number(got, _largest_of(name))
        if not largest > WIDEST:
            raise WrongError(
                f"net.{name}.weight is not drawn from the normal distribution, in which a few "
                "numbers are more than three standard deviations from 0",
                got=f"{largest:.4f}",
                expected=f"more than {WIDEST:.0f}",
                source=got[_largest_of(name)],
            )


@pytest.mark.points(1)
@pytest.mark.function("TwoLayerNet.__init__")
def check_net_starts_without_bias(probe: Probe) -> None:
    """All biases start at 0

    nn.Linear draws its biases at random: set them to 0.
    """

    def use(lab: Lab) -> object:
        torch_.manual_seed(0)
        net = lab.TwoLayerNet(3, 2, 4)
        return {"net.hidden.bias": net.hidden.bias, "net.output.bias": net.output.bias}

    expect_all_close(*probe.both_run(use))


@pytest.mark.points(3)
@pytest.mark.function("TwoLayerNet.forward")
def check_forward_has_the_right_values(probe: Probe, networks: list[Case], make_net: Make) -> None:
    """net(x) is output(relu(hidden(x)))

    The hidden layer, then relu, then the output layer. After that there is nothing: no relu, and no
    softmax, which the loss brings along.
    """
    for case in networks:

        def use(lab: Lab, x: Handle, case: Case = case, **weights: Handle) -> object:
            net = make_net(lab, case, **weights)
            return {"net(x)": net(x)}

        inputs = {name: case[name] for name in ("x", "w1", "b1", "w2", "b2")}
        expect_all_close(*probe.both_run(use, **inputs))


@pytest.mark.points(2)
@pytest.mark.function("TwoLayerNet.forward")
def check_forward_can_be_differentiated(probe: Probe, networks: list[Case], make_net: Make) -> None:
    """backward() of a result reaches the parameters of both layers

    Use only torch operations from x to the logits, and no .detach(), .data or no_grad().
    """
    for case in networks:

        def use(lab: Lab, x: Handle, case: Case = case, **weights: Handle) -> object:
            net = make_net(lab, case, **weights)
            out = net(x)
            out.square().mean().backward()
            return {
                "out": out,
                "net.hidden.weight.grad": net.hidden.weight.grad,
                "net.hidden.bias.grad": net.hidden.bias.grad,
                "net.output.weight.grad": net.output.weight.grad,
            }

        inputs = {name: case[name] for name in ("x", "w1", "b1", "w2", "b2")}
        expect_all_close(*probe.both_run(use, **inputs), scale=1)
