"""In an object-oriented style: classes do the work, functions only hand over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(slots=True)
class LinearModel:
    weight: Tensor
    bias: Tensor

    def __call__(self, inputs: Tensor) -> Tensor:
        return torch.addmm(self.bias.expand(1), inputs, self.weight)

    @property
    def parameters(self) -> list[Tensor]:
        return [self.weight, self.bias]


class HalfSquaredError:
    def __call__(self, prediction: Tensor, target: Tensor) -> Tensor:
        return 0.5 * torch.square(prediction - target.view_as(prediction))


@dataclass
class Minibatches:
    """Can be iterated over as often as you like; each time in a new order."""

    inputs: Tensor
    targets: Tensor
    size: int

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for rows in torch.randperm(self.inputs.shape[0]).split(self.size):
            yield self.inputs[rows], self.targets[rows]

    def __len__(self) -> int:
        return -(-len(self.inputs) // self.size)


class Optimizer:
    __slots__ = ("lr", "parameters")

    def __init__(self, parameters: list[Tensor], lr: float) -> None:
        self.parameters = parameters
        self.lr = lr

    def step(self, size: int) -> None:
        for one in self.parameters:
            one.data.add_(one.grad, alpha=-self.lr / size)

    def zero_grad(self) -> None:
        for one in self.parameters:
            one.grad = None


@dataclass
class Trainer:
    model: LinearModel
    loss: HalfSquaredError = field(default_factory=HalfSquaredError)

    def epoch(self, data: Minibatches, lr: float) -> float:
        for inputs, targets in data:
            total = self.loss(self.model(inputs), targets).sum()
            total.backward()
            sgd(self.model.parameters, lr, data.size)
        with torch.no_grad():
            return self.loss(self.model(data.inputs), data.targets).mean().item()


def synthetic_data(weights: Tensor, bias: float, count: int) -> tuple[Tensor, Tensor]:
    features = torch.randn(count, weights.numel())
    noise = 0.01 * torch.randn(count, 1)
    return features, features @ weights.view(-1, 1) + bias + noise


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Minibatches:
    return Minibatches(features, labels, batch_size)


def linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return LinearModel(w, b)(X)


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    return HalfSquaredError()(y_hat, y)


def sgd(params: list[Tensor], lr: float, batch_size: int) -> None:
    optimizer = Optimizer(params, lr)
    optimizer.step(batch_size)
    optimizer.zero_grad()


def train(
    w: Tensor,
    b: Tensor,
    features: Tensor,
    labels: Tensor,
    lr: float,
    num_epochs: int,
    batch_size: int,
) -> list[float]:
    trainer = Trainer(LinearModel(w, b))
    data = Minibatches(features, labels, batch_size)
    return [trainer.epoch(data, lr) for _ in range(num_epochs)]
