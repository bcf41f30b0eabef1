"""Checks of fit(model, x, y, lr, epochs): a run of plain gradient descent."""

import numpy as np
import pytest

from grader.checks.api import Lab, Probe, expect_close, torch_

Samples = tuple[np.ndarray, np.ndarray]


def train(lab: Lab, x: object, y: object, lr: float, epochs: int) -> object:
    """Train a small model from the same start each time."""
    torch_.manual_seed(5)
    model = torch_.nn.Linear(3, 4)
    losses = lab.fit(model, x, y, lr, epochs)
    return {"losses": losses, "weight": model.weight}


@pytest.mark.points(2)
def check_fit_returns_the_loss_of_each_epoch(probe: Probe, samples: Samples) -> None:
    """fit() returns a list of the losses before each step

    Append what train_step() returns, once in each epoch.
    """
    x, y = samples
    for lr, epochs in ((0.1, 1), (0.3, 4)):
        got, want = probe.both_run(train, x=x, y=y, lr=lr, epochs=epochs)
        expect_close(got["losses"], want["losses"], "the losses")


@pytest.mark.points(1)
def check_fit_trains_the_model(probe: Probe, samples: Samples) -> None:
    """After fit() the model is trained: `epochs` steps of plain gradient descent

    Make the optimizer once, torch.optim.SGD(model.parameters(), lr=lr), before the loop.
    """
    x, y = samples
    for lr, epochs in ((0.1, 3), (0.3, 4)):
        got, want = probe.both_run(train, x=x, y=y, lr=lr, epochs=epochs)
        expect_close(got["weight"], want["weight"], "model.weight")
