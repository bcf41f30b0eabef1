"""Everything by hand: matrices, the log of the softmax, velocities with the learning rate inside."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Iterable

import numpy as np
import torch
from torch import nn


class TwoLayerNet(nn.Module):
    hidden: nn.Linear
    output: nn.Linear

    def __init__(self, n_in: int, n_hidden: int, n_out: int):
        nn.Module.__init__(self)
        self.hidden = self._layer(n_in, n_hidden)
        self.output = self._layer(n_hidden, n_out)

    @staticmethod
    def _layer(inputs: int, outputs: int) -> nn.Linear:
        layer = nn.Linear(inputs, outputs)
        draws = np.random.randn(outputs, inputs).astype(np.float32) * math.sqrt(2.0 / inputs)
        layer.weight = nn.Parameter(torch.from_numpy(draws))
        layer.bias = nn.Parameter(torch.zeros(outputs))
        return layer

    def forward(self, x):
        h = x @ self.hidden.weight.T + self.hidden.bias
        h = h * (h > 0)
        return torch.einsum("nh,oh->no", h, self.output.weight) + self.output.bias


@dataclass
class SGD:
    params: Iterable[torch.Tensor]
    lr: float
    momentum: float = 0.0
    velocities: dict[int, torch.Tensor] = field(default_factory=dict, init=False)

    def __post_init__(self):
        self.params = tuple(self.params)

    def step(self):
        with torch.no_grad():
            for place, p in enumerate(self.params):
                if p.grad is not None:
                    before = self.velocities.get(place, torch.zeros(()))
                    self.velocities[place] = self.momentum * before - self.lr * p.grad
                    p.copy_(p + self.velocities[place])

    def zero_grad(self):
        for p in self.params:
            del p.grad


def _cross_entropy(logits, y):
    shifted = logits - logits.max(dim=1, keepdim=True).values.detach()
    log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -log_p[torch.arange(len(y)), y].sum() / len(y)


def train(net, optimizer, x, y, epochs):
    net.train()
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        loss = _cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        losses[epoch] = loss.item()
        optimizer.step()
    return losses.tolist()


def accuracy(net, x, y):
    before = [one.training for one in net.modules()]
    net.eval()
    logits = net(x).detach().numpy()
    for module, mode in zip(net.modules(), before):
        module.training = mode
    return np.mean(np.argmax(logits, axis=1) == y.numpy())
