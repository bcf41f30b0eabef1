"""wrong mse: .item() makes it a plain number without a graph"""
from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import torch
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from torch import Tensor

EPS = 1e-7

ANSWERS: dict[str, str] = {
    "ones_column": "b",
    "uniform_": "d",
    "trailing_underscore": "a",
    "gradient_of_w": "c",
    "zero_grad": "b",
    "learning_rate": "d",
    "epoch": "f",
    "minibatch": "a",
    "sgd": "g",
    "model": "b",
    "parameters": "e",
    "loss_function": "c",
}


def make_data(n: int, w: Tensor) -> tuple[Tensor, Tensor]:
    """Draw n noisy points around the line given by w."""
    x = torch.cat([torch.rand(n, 1) * 2 - 1, torch.ones(n, 1)], dim=1)
    y = x @ w + torch.rand(n)
    return x, y


def predict(x: Tensor, w: Tensor) -> Tensor:
    """The height of the line over every row of x."""
    return x @ w


def mse(y_hat: Tensor, y: Tensor) -> float:
    """Average of the squared residuals."""
    return (y_hat - y).square().mean().item()


def gradient(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """d mse / d w, without touching w.grad at all."""
    (g,) = torch.autograd.grad(mse(predict(x, w), y), w)
    return g


def update(x: Tensor, y: Tensor, w: Tensor, lr: float) -> float:
    """Walk one step downhill; the loss of the old place comes back."""
    loss = mse(predict(x, w), y)
    (g,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w.sub_(g, alpha=lr)
    return loss.item()


def train(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int) -> list[float]:
    """Repeat update, keep the losses."""
    return [update(x, y, w, lr) for _ in range(epochs)]


def minibatches(x: Tensor, y: Tensor, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the shuffled rows in pieces."""
    for rows in torch.randperm(x.size(0)).split(batch_size):
        yield x[rows], y[rows]


def train_minibatch(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int, batch_size: int) -> list[float]:
    """SGD; the loss of an epoch is the one over all the data when it is over."""
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        losses.append(mse(predict(x, w), y).item())
    return losses


def sigmoid(z: Tensor) -> Tensor:
    """Squash numbers into (0, 1)."""
    return 1 / (1 + (-z).exp())


def predict_proba(x: Tensor, w: Tensor) -> Tensor:
    """Probability of class 1."""
    return sigmoid(x @ w)


def cross_entropy(p: Tensor, y: Tensor) -> Tensor:
    """Negative log likelihood of labels y under probabilities p."""
    p = p.clamp(EPS, 1 - EPS)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def update_logistic(x: Tensor, y: Tensor, w: Tensor, lr: float) -> float:
    """As update, for the classifier."""
    loss = cross_entropy(predict_proba(x, w), y)
    (g,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w.sub_(g, alpha=lr)
    return loss.item()


def train_logistic(x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int) -> list[float]:
    """Repeat update_logistic, keep the losses."""
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def plot_fit(x: Tensor, y: Tensor, w: Tensor) -> Axes:
    """Points and line in a new figure."""
    ax = plt.figure().add_subplot()
    ax.scatter(x[:, 0], y, s=12)
    grid = torch.linspace(-1, 1, 50)
    slope, intercept = w.tolist()
    ax.plot(grid, slope * grid + intercept, color="tab:red")
    return ax


def animate_fit(x: Tensor, y: Tensor, w: Tensor, lr: float, frames: int) -> FuncAnimation:
    """The line, falling into place."""
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, s=12)
    grid = torch.linspace(-1, 1, 50)
    (line,) = ax.plot(grid, torch.zeros(50), color="tab:red")

    def step(_: int):
        update(x, y, w, lr)
        slope, intercept = w.tolist()
        line.set_ydata(slope * grid + intercept)
        return [line]

    return FuncAnimation(fig, step, frames=frames, interval=50)

# cause: mse/cuts-the-graph
