"""wrong cross_entropy: log(0) makes it nan where p is exactly 0 or 1"""
import numpy as np
import functools
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


class LinearModel:
    """Holds on to w and knows what to do with it."""

    def __init__(self, w):
        self.w = w

    def forward(self, x):
        return predict(x, self.w)

    def step(self, loss, lr):
        self.w.grad = None
        loss.backward()
        with torch.no_grad():
            self.w.add_(self.w.grad, alpha=-lr)
        return loss.detach()


class LogisticModel(LinearModel):
    def forward(self, x):
        return predict_proba(x, self.w)


def make_data(n, w):
    col = np.random.rand(n) * 2 - 1
    x = np.ones((n, 2), dtype="float32")
    x[:, 0] = col
    x = torch.from_numpy(x)
    y = x @ w + torch.from_numpy(np.random.rand(n)).float()
    return x, y


predict = lambda x, w: x.matmul(w)

mse = lambda y_hat, y: (y_hat - y).pow(2).mean()

sigmoid = lambda z: torch.sigmoid(z)

predict_proba = lambda x, w: sigmoid(predict(x, w))


def cross_entropy(p, y):
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def gradient(x, y, w):
    return torch.autograd.grad(mse(predict(x, w), y), [w])[0]


def update(x, y, w, lr):
    model = LinearModel(w)
    return model.step(mse(model.forward(x), y), lr)


def update_logistic(x, y, w, lr):
    model = LogisticModel(w)
    return model.step(cross_entropy(model.forward(x), y), lr)


def _repeat(which, x, y, w, lr, epochs):
    stepper = {"linear": update, "logistic": update_logistic}[which]
    return [stepper(x, y, w, lr).item() for _ in range(epochs)]


train = functools.partial(_repeat, "linear")
train_logistic = functools.partial(_repeat, "logistic")


class Shuffled:
    """A new order whenever one starts to go through it."""

    def __init__(self, x, y, batch_size):
        self.x, self.y, self.batch_size = x, y, batch_size

    def __iter__(self):
        for rows in torch.randperm(len(self.x)).split(self.batch_size):
            yield self.x[rows], self.y[rows]


def minibatches(x, y, batch_size):
    idx = torch.randperm(len(y))
    return [(x[i], y[i]) for i in idx.split(batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    model = LinearModel(w)
    losses = []
    for _ in range(epochs):
        seen = []
        for xb, yb in minibatches(x, y, batch_size):
            seen.append(model.step(mse(model.forward(xb), yb), lr))
        losses.append(torch.stack(seen).mean().item())
    return losses


def plot_fit(x, y, w):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(x[:, 0], y, ".", label="samples")
    a, b = w.detach()
    ax.plot([-1, 1], [float(b - a), float(a + b)], label="model")
    ax.legend()
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()

    def step(i):
        update(x, y, w, lr)
        a, b = w.tolist()
        ax.clear()
        ax.scatter(x[:, 0], y, c="gray")
        ax.plot([-1, 1], [b - a, b + a], c="red")
        ax.set_title(f"step {i + 1}")

    return FuncAnimation(fig, step, frames=frames, interval=80, repeat=False)


ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}

# cause: cross_entropy/not-finite-at-zero-and-one
