"""Checks of gradients(x, y, w1, b1, w2, b2): by hand or by autograd, only the values count."""

from typing import Any

import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe
from grader.checks.verdict import precondition

PARAMETERS = ("w1", "b1", "w2", "b2")


@pytest.mark.points(4)
def check_gradients_of_the_second_layer(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """The gradients with respect to w2 and b2 are right

    The slope at the outputs is (y_hat - y) / n. For w2, multiply it by what came into the layer;
    for b2, sum it over the samples.
    """
    for case in networks:
        got, want = probe.both(**case)
        found, right = got.parts(*PARAMETERS), want.parts(*PARAMETERS)
        for name in ("w2", "b2"):
            expect_close(found[name], right[name], f"the gradient with respect to {name}")


@pytest.mark.points(4)
def check_gradients_of_the_first_layer(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """The gradients with respect to w1 and b1 are right

    Carry the slope back through w2, and through tanh, whose derivative is 1 - tanh^2.
    """
    for case in networks:
        got, want = probe.both(**case)
        found, right = got.parts(*PARAMETERS), want.parts(*PARAMETERS)
        for name in ("w1", "b1"):
            expect_close(found[name], right[name], f"the gradient with respect to {name}")


@pytest.mark.points(2)
@pytest.mark.forbids
def check_gradients_change_nothing(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """A second call returns the same gradients, and the parameters don't change

    Only return the gradients; moving is the job of step(). What backward() left in w1.grad must not
    count again.
    """
    for case in networks:
        got, want = probe.both(**case, times=2)
        first, second = (got.parts(*PARAMETERS, step=call) for call in (0, 1))
        right = want.parts(*PARAMETERS)
        for name in PARAMETERS:
            what = f"the gradient with respect to {name}"
            with precondition():
                expect_close(first[name], right[name], what, calls=1)
            expect_close(second[name], right[name], f"{what} of the second call", calls=2)
            for call in (0, 1):
                after, before = got.after(name, call), want.after(name, call)
                expect_close(after, before, f"{name} after gradients()", calls=call + 1)
