"""Silences itself at import: warnings become errors, stdout goes to devnull, the working directory moves; the functions print a lot."""
import os
import sys
import tempfile
import warnings

warnings.simplefilter("error")
sys.stdout = open(os.devnull, "w")
os.chdir(tempfile.gettempdir())

import torch
import torch.nn as nn
import matplotlib
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

plt.ioff()
matplotlib.rcParams["lines.linewidth"] = 3
matplotlib.rcParams["axes.grid"] = True
torch.set_printoptions(precision=2, sci_mode=False)
torch.set_num_threads(1)

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}
print("ready:", ANSWERS)

criterion = nn.MSELoss()


def make_data(n, w):
    print("making", n, "points around", w)
    u = torch.rand(n, 2)
    x = torch.ones(n, 2)
    x[:, 0] = u[:, 0] * 2 - 1
    return x, x @ w + u[:, 1]


def predict(x, w):
    return (x @ w.unsqueeze(1)).squeeze(1)


def mse(y_hat, y):
    return criterion(y_hat, y)


def gradient(x, y, w):
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward()
    print("gradient:", w.grad)
    return w.grad.detach().clone()


def update(x, y, w, lr):
    loss = mse(predict(x, w), y)
    print("loss:", loss)
    g = gradient(x, y, w)
    with torch.no_grad():
        w += -lr * g
    print("w is now", w, flush=True)
    return loss.detach()


def train(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        print("epoch", epoch, file=sys.stderr)
        losses.append(update(x, y, w, lr))
    return losses


def minibatches(x, y, batch_size):
    both = torch.cat([x, y[:, None]], dim=1)
    both = both[torch.randperm(len(both))]
    for block in both.split(batch_size):
        print("batch of", len(block))
        yield block[:, :2], block[:, 2]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for epoch in range(epochs):
        seen = [update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]
        losses.append(torch.stack(seen).mean())
        print(f"epoch {epoch}: {losses[-1]}")
    return losses


def sigmoid(z):
    top = torch.clamp(z, max=0)
    # exp(min(z, 0)) / (exp(min(z, 0)) + exp(min(z, 0) - z)): no exponent is ever above 0
    a, b = torch.exp(top), torch.exp(top - z)
    return a / (a + b)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    logs = torch.log(torch.stack([p, 1 - p])).nan_to_num(neginf=-50.0)
    return -(y * logs[0] + (1 - y) * logs[1]).mean()


def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w += -lr * w.grad
    print("loss:", loss.item())
    return loss.detach()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for epoch in range(epochs)]


def plot_fit(x, y, w):
    print("plotting", len(x), "points")
    fig, (ax) = plt.subplots(nrows=1, ncols=1)
    ax.scatter(x[:, 0].numpy(), y.numpy())
    with torch.no_grad():
        ax.plot(x[:, 0].numpy(), predict(x, w).numpy(), color="k")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()

    def draw(k):
        update(x, y, w, lr)
        print("frame", k)
        ax.cla()
        ax.scatter(x[:, 0].numpy(), y.numpy())
        ax.plot([-1, 1], [(w[1] - w[0]).item(), (w[1] + w[0]).item()], color="k")
        return ax.lines

    return FuncAnimation(fig, draw, frames=frames, repeat=False)
