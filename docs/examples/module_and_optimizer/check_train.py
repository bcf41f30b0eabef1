"""Checks of train(net, optimizer, x, y, epochs), with the submission's classes and with torch's."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, expect_all_close, precondition, tensor, torch_

Case = dict[str, Any]
Make = Any


@pytest.mark.points(4)
def check_train_takes_the_steps(probe: Probe, networks: list[Case], make_net: Make) -> None:
    """After train(), the network is where as many steps on its own gradients take it

    In each epoch: the loss, zero_grad(), backward(), step(), in an order in which each step uses
    the gradients of this epoch only.
    """
    for epochs in (1, 3):
        for case in networks:

            def use(
                lab: Lab, x: Handle, y: Handle, epochs: Handle, case: Case = case, **weights: Handle
            ) -> object:
                net = make_net(lab, case, **weights)
                optimizer = lab.SGD(net.parameters(), lr=0.1, momentum=0.5)
                lab.train(net, optimizer, x, y, epochs)
                return {
                    "net.hidden.weight": net.hidden.weight,
                    "net.output.weight": net.output.weight,
                    "net.output.bias": net.output.bias,
                }

            expect_all_close(*probe.both_run(use, **case, epochs=epochs))


@pytest.mark.points(2)
def check_train_returns_the_losses(probe: Probe, networks: list[Case], make_net: Make) -> None:
    """It returns the list of the losses, each before its step

    Append the loss of every epoch to a list that is made before the loop. If only the first loss is
    right, the steps are wrong.
    """
    for case in networks:

        def use(lab: Lab, x: Handle, y: Handle, case: Case = case, **weights: Handle) -> object:
            net = make_net(lab, case, **weights)
            optimizer = lab.SGD(net.parameters(), lr=0.1)
            losses = lab.train(net, optimizer, x, y, 3)
            return {"losses": losses}

        expect_all_close(*probe.both_run(use, **case))


@pytest.mark.points(2)
def check_train_is_in_training_mode(probe: Probe) -> None:
    """It puts the network into training mode first

    Layers such as BatchNorm1d and Dropout ask for the mode. net.train() sets it, also after an
    evaluation.
    """

    def use(lab: Lab, x: Handle, y: Handle, was_training: Handle) -> object:
        net = torch_.nn.Sequential(torch_.nn.BatchNorm1d(2))
        net.train(was_training)
        optimizer = torch_.optim.SGD(net.parameters(), lr=0.5)
        losses = lab.train(net, optimizer, x, y, 2)
        return {"losses": losses, "net[0].weight": net[0].weight}

    rng = probe.rng()
    readable = tensor([[1, 5], [3, 1], [5, 3]]), tensor([0, 1, 0], dtype=np.int64)
    drawn = tensor(rng.normal(0, 3, (9, 2))), tensor(rng.permutation(9) % 2, dtype=np.int64)
    for x, y in (readable, drawn):
        with precondition():
            expect_all_close(*probe.both_run(use, x=x, y=y, was_training=True))
        expect_all_close(*probe.both_run(use, x=x, y=y, was_training=False))
