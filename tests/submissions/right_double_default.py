"""Switches torch to float64 and autograd off at import, fixes all seeds, and leaves with sys.exit() at the end."""
import random
import sys

import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(0)
np.random.seed(0)
random.seed(0)

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}

EDGES = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])      # float64 from here on


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1, 1)
    x = x.float()
    y = x @ w.float() + torch.rand(n).float()
    return x, y


def predict(x, w):
    return (x.to(w.dtype) @ w)


def mse(y_hat, y):
    return (y_hat.double() - y.double()).pow(2).mean()


def gradient(x, y, w):
    with torch.enable_grad():
        v = w.detach().double().requires_grad_()
        loss = mse(x.double() @ v, y)
    return torch.autograd.grad(loss, v)[0].to(w.dtype)


def update(x, y, w, lr):
    before = mse(predict(x, w), y).item()
    g = gradient(x, y, w)
    with torch.no_grad():
        w.sub_(lr * g)
    return before


def train(x, y, w, lr, epochs):
    return [update(x, y, w, lr) for _ in range(epochs)]


def minibatches(x, y, batch_size):
    order = np.random.permutation(len(x))
    for i in range(0, len(x), batch_size):
        rows = torch.as_tensor(order[i:i + batch_size])
        yield x[rows], y[rows]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        this = [(update(xb, yb, w, lr), len(xb)) for xb, yb in minibatches(x, y, batch_size)]
        losses.append(np.average([l for l, _ in this], weights=[k for _, k in this]))
    return losses


def sigmoid(z):
    return 1 / (1 + torch.exp(-z.double()))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = p.double().clamp(1e-12, 1 - 1e-12)
    y = y.double()
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def update_logistic(x, y, w, lr):
    with torch.enable_grad():
        v = w.detach().clone().requires_grad_()
        loss = cross_entropy(predict_proba(x, v), y)
    g, = torch.autograd.grad(loss, v)
    with torch.no_grad():
        w.sub_(lr * g)
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0].double(), y.double())
    ax.plot(EDGES[:, 0], EDGES @ w.detach().double())
    return ax


def animate_fit(x, y, w, lr, frames):
    ax = plot_fit(x, y, w)
    line = ax.lines[0]

    def animate(i):
        update(x, y, w, lr)
        line.set_ydata(EDGES @ w.detach().double())
        return line,

    return FuncAnimation(ax.figure, animate, frames=frames)


sys.exit()
