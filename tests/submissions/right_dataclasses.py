"""Fully type-hinted with dataclasses, protocols, an Enum and NamedTuple batches; annotations stay strings."""
from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from torch import Tensor

Loss: TypeAlias = "float | Tensor"
EPS: Final[float] = 1e-6


class Choice(str, enum.Enum):
    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"
    F = "f"
    G = "g"


@dataclass(frozen=True)
class Quiz:
    ones_column: Choice = Choice.B
    uniform_: Choice = Choice.D
    trailing_underscore: Choice = Choice.A
    gradient_of_w: Choice = Choice.C
    zero_grad: Choice = Choice.B
    learning_rate: Choice = Choice.D
    epoch: Choice = Choice.F
    minibatch: Choice = Choice.A
    sgd: Choice = Choice.G
    model: Choice = Choice.B
    parameters: Choice = Choice.E
    loss_function: Choice = Choice.C


ANSWERS: dict[str, str] = {name: choice.value for name, choice in vars(Quiz()).items()}


class Batch(NamedTuple):
    x: Tensor
    y: Tensor


class Objective(Protocol):
    def __call__(self, x: Tensor, y: Tensor, w: Tensor) -> Tensor: ...


@dataclass
class Descent:
    objective: Objective
    lr: float
    losses: list[float] = field(default_factory=list)

    def step(self, batch: Batch, w: Tensor) -> float:
        loss = self.objective(batch.x, batch.y, w)
        w.grad = None
        loss.backward()
        assert w.grad is not None
        with torch.no_grad():
            torch.add(w, w.grad, alpha=-self.lr, out=w)
        self.losses.append(loss.item())
        return self.losses[-1]


@dataclass(slots=True)
class Shuffler:
    x: Tensor
    y: Tensor
    batch_size: int

    def __iter__(self) -> Iterator[Batch]:
        order = torch.from_numpy(np.random.permutation(len(self.y)))
        for part in order.split(self.batch_size):
            yield Batch(self.x[part], self.y[part])


def make_data(n: int, w: Tensor) -> tuple[Tensor, Tensor]:
    feature: Tensor = torch.empty(n, dtype=torch.float32).uniform_(-1.0, 1.0)
    x: Tensor = torch.stack((feature, torch.ones(n, dtype=torch.float32)), dim=1)
    y: Tensor = predict(x, w) + torch.rand(n, dtype=torch.float32)
    return x, y


def predict(x: Tensor, w: Tensor) -> Tensor:
    return torch.tensordot(x, w, dims=1)


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    difference: Tensor = torch.sub(y_hat, y)
    return torch.mean(torch.pow(difference, 2))


def _squared(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return mse(predict(x, w), y)


def _entropy(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return cross_entropy(predict_proba(x, w), y)


def gradient(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    _, pull_back = torch.func.vjp(lambda v: _squared(x, y, v), w.detach())
    (g,) = pull_back(torch.tensor(1.0))
    return g


def update(x: Tensor, y: Tensor, w: Tensor, lr: float) -> float:
    return Descent(_squared, lr).step(Batch(x, y), w)


def train(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int) -> Sequence[Loss]:
    descent = Descent(_squared, lr)
    for _ in range(epochs):
        descent.step(Batch(x, y), w)
    return descent.losses


def minibatches(x: Tensor, y: Tensor, batch_size: int) -> Shuffler:
    return Shuffler(x, y, batch_size)


def train_minibatch(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int, batch_size: int) -> list[float]:
    means: list[float] = []
    for _ in range(epochs):
        descent = Descent(_squared, lr)
        for batch in Shuffler(x, y, batch_size):
            descent.step(batch, w)
        means.append(float(np.mean(descent.losses)))
    return means


def sigmoid(z: Tensor) -> Tensor:
    return torch.exp(-torch.nn.functional.softplus(-z))


def predict_proba(x: Tensor, w: Tensor) -> Tensor:
    return sigmoid(predict(x, w))


def cross_entropy(p: Tensor, y: Tensor) -> Tensor:
    p = p.clamp(EPS, 1.0 - EPS)
    return torch.mean(-y * torch.log(p) - (1.0 - y) * torch.log1p(-p))


def update_logistic(x: Tensor, y: Tensor, w: Tensor, lr: float) -> float:
    return Descent(_entropy, lr).step(Batch(x, y), w)


def train_logistic(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int) -> Sequence[Loss]:
    descent = Descent(_entropy, lr)
    for _ in range(epochs):
        descent.step(Batch(x, y), w)
    return descent.losses


@dataclass
class Scene:
    x: Tensor
    y: Tensor
    weights: Callable[[], Tensor]

    def __post_init__(self) -> None:
        self.figure, self.axes = plt.subplots()
        self.axes.plot(self.x[:, 0], self.y, "kx")
        self.order = torch.argsort(self.x[:, 0])
        (self.line,) = self.axes.plot(self.x[self.order, 0], self.heights(), "b-")

    def heights(self) -> Tensor:
        return predict(self.x[self.order], self.weights().detach())

    def refresh(self) -> None:
        self.line.set_ydata(self.heights())


def plot_fit(x: Tensor, y: Tensor, w: Tensor) -> Axes:
    return Scene(x, y, lambda: w).axes


def animate_fit(x: Tensor, y: Tensor, w: Tensor, lr: float, frames: int) -> FuncAnimation:
    scene = Scene(x, y, lambda: w)
    descent = Descent(_squared, lr)

    def frame(_: int) -> list:
        descent.step(Batch(x, y), w)
        scene.refresh()
        return [scene.line]

    return FuncAnimation(scene.figure, frame, frames=frames, interval=50)
