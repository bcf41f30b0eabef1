"""Checks of Linear: the file's name says which class, a marker says which of its methods.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import pytest

from grader.checks.api import expect_all_close, py_, tensor, torch_


# A script says what is to be done. It is carried out in a sandbox, once with the submission as
# `lab` and once with the reference. Nothing can be looked at in here: return it in a dict.
# `torch_` and `py_` have the functions of torch and of Python that are to be called inside.
def make(lab, n_in, n_out):
    layer = lab.Linear(n_in, n_out)
    return {
        "list(layer.weight.shape)": py_.list(layer.weight.shape),
        "layer.bias": layer.bias,
        "len(list(layer.parameters()))": py_.len(py_.list(layer.parameters())),
    }


# Random numbers can't be compared with the reference's: return what is true of all draws.
def draw(lab):
    layer = lab.Linear(10, 40)
    return {
        "layer.weight.std() > 0": layer.weight.std() > 0,
        "layer.weight.abs().max() < 1": layer.weight.abs().max() < 1,
    }


# Known numbers take the place of the random ones, whatever the constructor has drawn.
def differentiate(lab, x, weight, bias):
    layer = lab.Linear(weight.shape[1], weight.shape[0])
    with torch_.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    y = layer(x)
    y.square().sum().backward()
    return {"y": y, "layer.weight.grad": layer.weight.grad, "layer.bias.grad": layer.bias.grad}


@pytest.mark.points(3)
@pytest.mark.function("Linear.__init__")
def check_init_makes_two_parameters(probe):
    """Linear(n_in, n_out) has a weight (n_out, n_in) and a bias of zeros, (n_out,)

    A module finds those attributes that are nn.Parameter, and only those.
    """
    for n_in, n_out in ((2, 3), (5, 1)):
        got, want = probe.both_run(make, n_in=n_in, n_out=n_out)
        expect_all_close(got, want)


@pytest.mark.points(2)
@pytest.mark.function("Linear.__init__")
def check_init_draws_the_weight(probe):
    """The weight starts with small random numbers

    With equal numbers, all outputs would stay equal.
    """
    got, want = probe.both_run(draw)
    expect_all_close(got, want)


@pytest.mark.points(5)
@pytest.mark.function("Linear.forward")
def check_forward_is_x_times_the_weight_plus_the_bias(probe):
    """layer(x) is x @ weight.T + bias, and backward() reaches both parameters

    Use torch operations on self.weight and self.bias themselves.
    """
    rng = probe.rng()
    # No two sizes are equal unless one is 1, so a transposed matrix raises; no bias is 0.
    readable = [[1, 2]], [[3, -1]], [0.5]
    drawn = rng.normal(0, 1, (7, 3)), rng.normal(0, 1, (4, 3)), rng.uniform(1, 2, 4)
    for case in (readable, drawn):
        x, weight, bias = map(tensor, case)
        got, want = probe.both_run(differentiate, x=x, weight=weight, bias=bias)
        expect_all_close(got, want, scale=10)
