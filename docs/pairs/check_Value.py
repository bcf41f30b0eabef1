import pytest

from grader.checks.api import expect_all_close


@pytest.mark.points(2)
@pytest.mark.function("Value.backward")
def check_backward_goes_through_a_graph(probe):
    """backward() reaches all numbers, each with its whole gradient

    Go back from a number only when its gradient is complete.
    """

    def use(lab, x, y):
        a, b = lab.Value(x), lab.Value(y)
        c = a * b
        d = c + b
        e = d * c
        e.backward()
        return {"e": e.data, "e.grad": e.grad, "c.grad": c.grad, "b.grad": b.grad, "a.grad": a.grad}

    for x, y in ((2.0, -3.0), probe.rng().uniform(2, 5, 2)):
        expect_all_close(*probe.both_run(use, x=x, y=y))
