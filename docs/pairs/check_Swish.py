import pytest

from grader.checks.api import expect_all_close, leaf, tensor


@pytest.mark.points(2)
def check_Swish_has_the_right_values_and_slopes(probe):
    """Swish.apply(x) is x * sigmoid(x), and knows its slope

    Multiply grad_output by the derivative.
    """

    def use(lab, x, weights):
        y = lab.Swish.apply(x)
        (y * weights).sum().backward()
        return {"y": y, "x.grad": x.grad}

    for shape in ((3,), (4, 5)):
        x, weights = probe.rng().normal(size=(2, *shape))
        expect_all_close(*probe.both_run(use, x=leaf(x), weights=tensor(weights)))
