import pytest

from grader.checks.api import expect_all_close, torch_


@pytest.mark.points(2)
def check_Linear_has_the_right_values_and_derivatives(probe):
    """Linear is x @ weight.T + bias, and autograd finds its derivatives

    Use torch operations on the parameters themselves.
    """

    def use(lab, x, weight, bias):
        layer = lab.Linear(weight.shape[1], weight.shape[0])
        with torch_.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
        y = layer(x)
        y.square().sum().backward()
        return {"y": y, "weight.grad": layer.weight.grad, "bias.grad": layer.bias.grad}

    for n, d, m in ((1, 2, 1), (7, 3, 4)):
        x, weight, bias = (probe.rng().normal(1, 1, size) for size in ((n, d), (m, d), m))
        expect_all_close(*probe.both_run(use, x=x, weight=weight, bias=bias))
