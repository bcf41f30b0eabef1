"""Checks of train_step(model, optimizer, x, y): one step of any optimizer."""

import numpy as np
import pytest

from grader.checks.api import Lab, Probe, expect_close, torch_

Samples = tuple[np.ndarray, np.ndarray]


def step_with(name: str, **settings: float):  # noqa: ANN201 - a script
    """Return a script that takes two steps with an optimizer of torch."""

    def use(lab: Lab, x: object, y: object) -> object:
        torch_.manual_seed(3)
        model = torch_.nn.Linear(3, 4)
        optimizer = getattr(torch_.optim, name)(model.parameters(), **settings)
        model(x).sum().backward()  # an old gradient
        first = lab.train_step(model, optimizer, x, y)
        after = model.weight.detach().clone()
        second = lab.train_step(model, optimizer, x, y)
        return {
            "the first loss": first,
            "weight": after,
            "the second loss": second,
            "weight again": model.weight,
        }

    return use


@pytest.mark.points(2)
def check_train_step_returns_the_loss_before_it(probe: Probe, samples: Samples) -> None:
    """train_step() returns the cross entropy before the step

    Compute the loss from the logits of model(x) and y, and return loss.item().
    """
    x, y = samples
    got, want = probe.both_run(step_with("SGD", lr=0.1), x=x, y=y)
    expect_close(got["the first loss"], want["the first loss"], "the first loss")


@pytest.mark.points(3)
def check_train_step_moves_the_parameters(probe: Probe, samples: Samples) -> None:
    """The optimizer takes one step with the gradient of this loss alone

    The order is zero_grad(), backward(), step(). Leave the update to the optimizer, which may be
    any one.
    """
    x, y = samples
    for script in (step_with("SGD", lr=0.5, momentum=0.9), step_with("Adam", lr=0.05)):
        got, want = probe.both_run(script, x=x, y=y)
        for name in ("weight", "the second loss", "weight again"):
            expect_close(got[name], want[name], name)
