"""No autograd in the training code: both gradients are worked out on paper; random.shuffle for the order, axline for the model."""
import random

import matplotlib.pyplot as plt
import torch
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    t = torch.rand(n).mul(2.0).sub(1.0)
    x = torch.column_stack((t, torch.ones(n)))
    eps = torch.rand(n)
    return x, w[0] * t + w[1] + eps


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    r = y_hat - y
    return r.dot(r) / r.numel()


# d/dw (1/n) sum (x_i.w - y_i)^2  =  (2/n) X^T (Xw - y)
@torch.no_grad()
def gradient(x, y, w):
    return 2.0 / x.shape[0] * (x.T @ (x @ w - y))


@torch.no_grad()
def update(x, y, w, lr):
    before = mse(x @ w, y)
    w.sub_(gradient(x, y, w), alpha=lr)
    return float(before)


def train(x, y, w, lr, epochs):
    return [update(x, y, w, lr) for _ in range(epochs)]


def minibatches(x, y, batch_size):
    order = list(range(len(y)))
    random.shuffle(order)
    out = []
    while order:
        take, order = order[:batch_size], order[batch_size:]
        out.append((x[take], y[take]))
    return out


def train_minibatch(x, y, w, lr, epochs, batch_size):
    per_epoch = []
    for _ in range(epochs):
        batch_losses = [update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]
        per_epoch.append(sum(batch_losses) / len(batch_losses))
    return per_epoch


def sigmoid(z):
    # work with the positive and the negative entries apart from each other
    out = torch.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + torch.exp(-z[pos]))
    e = torch.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    tiny = 1e-9
    return -(y * (p + tiny).log() + (1 - y) * (1 - p + tiny).log()).mean()


# the derivative of the cross entropy through the sigmoid collapses to (1/n) X^T (p - y)
@torch.no_grad()
def update_logistic(x, y, w, lr):
    p = predict_proba(x, w)
    before = cross_entropy(p, y)
    w.sub_(lr * (x.T @ (p - y)) / len(y))
    return float(before)


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


@torch.no_grad()
def plot_fit(x, y, w):
    _, ax = plt.subplots()
    ax.scatter(x[:, 0], y, marker="+")
    ax.axline((0, w[1].item()), slope=w[0].item(), color="green")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, marker="+")
    ax.set_xlim(-1.1, 1.1)
    line, = ax.plot([-1, 1], [0, 0], color="green", animated=True)

    def ends():
        a, b = w.tolist()
        return [b - a, b + a]

    def start():
        line.set_ydata(ends())
        return line,

    def frame(_):
        update(x, y, w, lr)
        line.set_ydata(ends())
        return line,

    return FuncAnimation(fig, frame, frames=frames, init_func=start, blit=True, interval=30)


ANSWERS = {"ones_column": " b", "uniform_": "d ", "trailing_underscore": " a ",
           "gradient_of_w": "c", "zero_grad": "b", "learning_rate": "d", "epoch": "f",
           "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e", "loss_function": "c"}
