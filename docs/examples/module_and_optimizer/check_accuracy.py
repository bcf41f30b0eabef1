"""Checks of accuracy(net, x, y), with modules of torch."""

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    expect_all_close,
    expect_close,
    precondition,
    tensor,
    torch_,
)

Sample = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def samples(probe: Probe) -> list[Sample]:
    """Logits far from 0 and their classes, some of which are right; neither sizes nor shares agree.

    Normalised column by column, as BatchNorm1d does in training mode, others would be largest.
    """
    rng = probe.rng()
    readable = tensor([[9, 5, 1], [8, 3, 2], [9, 4, 4], [7, 1, 8]]), np.array([0, 1, 0, 2])
    drawn = (
        (tensor(rng.normal(0, 2, (n, k)) + 2.0 * np.arange(k)), rng.integers(0, k, n))
        for n, k in ((11, 4), (40, 3))
    )
    return [readable, *drawn]


@pytest.mark.points(4)
def check_accuracy_is_the_share_of_right_samples(probe: Probe, samples: list[Sample]) -> None:
    """accuracy() is the share of samples whose largest logit belongs to their class

    Compare argmax over the classes, dim=1, with y. The mean of trues and falses is the share; it is
    from 0 to 1.
    """

    def use(lab: Lab, x: Handle, y: Handle, weight: Handle) -> object:
        net = torch_.nn.Linear(x.shape[1], x.shape[1], bias=False)
        with torch_.no_grad():
            net.weight.copy_(weight)
        return {"accuracy(net, x, y)": lab.accuracy(net, x, y)}

    for x, y in samples:
        # It moves the columns, so that the largest number of x is not at the largest logit.
        weight = tensor(np.roll(np.eye(x.shape[1]), 1, axis=1))
        expect_all_close(*probe.both_run(use, x=x, y=tensor(y, dtype=np.int64), weight=weight))


@pytest.mark.points(2)
def check_accuracy_is_in_evaluation_mode(probe: Probe, samples: list[Sample]) -> None:
    """It asks the network in evaluation mode

    net.eval() before the predictions: in training mode, BatchNorm1d mixes samples, and Dropout
    leaves out units at random.
    """

    def use(lab: Lab, x: Handle, y: Handle, is_training: Handle) -> object:
        net = torch_.nn.BatchNorm1d(x.shape[1])
        net.train(is_training)
        found = lab.accuracy(net, x, y)
        return {"accuracy(net, x, y)": found, "net.running_mean": net.running_mean}

    for x, y in samples:
        inputs = {"x": x, "y": tensor(y, dtype=np.int64)}
        with precondition():
            expect_all_close(*probe.both_run(use, **inputs, is_training=False))
        expect_all_close(*probe.both_run(use, **inputs, is_training=True))


@pytest.mark.points(2)
def check_accuracy_restores_the_mode(probe: Probe, samples: list[Sample]) -> None:
    """Afterwards the network is in the mode in which it was

    Note net.training before net.eval(), and hand it to net.train() at the end.
    """

    def use(lab: Lab, x: Handle, y: Handle, is_training: Handle) -> object:
        net = torch_.nn.Identity()
        net.train(is_training)
        found = lab.accuracy(net, x, y)
        return {"accuracy(net, x, y)": found, "net.training": net.training}

    x, y = samples[0]
    for is_training in (True, False):
        inputs = {"x": x, "y": tensor(y, dtype=np.int64), "is_training": is_training}
        got, want = probe.both_run(use, **inputs)
        with precondition():
            expect_close(got["accuracy(net, x, y)"], want["accuracy(net, x, y)"], "accuracy()")
        expect_all_close(got, want)
