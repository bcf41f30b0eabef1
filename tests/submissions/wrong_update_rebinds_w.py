"""wrong update: w = w - ... makes a new tensor and leaves the caller's w alone"""
# All derivatives were worked out with pencil and paper, so autograd has nothing to do here.
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    features = 2.0 * torch.rand(n, 1) - 1.0
    x = torch.cat((features, torch.ones(n, 1)), 1)
    y = x.mv(w) + torch.rand(n)
    return x, y


def predict(x, w):
    return x.matmul(w)


def mse(y_hat, y):
    r = y_hat - y
    return (r @ r) / len(r)


def gradient(x, y, w):
    # L = 1/n sum (xw - y)^2   =>   dL/dw = 2/n X^T (Xw - y)
    with torch.no_grad():
        residual = predict(x, w) - y
        return 2 * x.T @ residual / len(y)


def update(x, y, w, lr):
    with torch.no_grad():
        loss = mse(predict(x, w), y)
        w = w - lr * gradient(x, y, w)
    return loss


def train(x, y, w, lr, epochs):
    curve = torch.zeros(epochs)
    for e in range(epochs):
        curve[e] = update(x, y, w, lr)
    return curve.tolist()


def minibatches(x, y, batch_size):
    rows = np.arange(len(y))
    np.random.shuffle(rows)
    for first in range(0, len(rows), batch_size):
        chosen = rows[first:first + batch_size]
        yield x[chosen], y[chosen]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    curve = []
    for e in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            with torch.no_grad():
                w -= lr * gradient(xb, yb, w)
        with torch.no_grad():
            curve.append(float(mse(predict(x, w), y)))
    return curve


def sigmoid(z):
    # sigmoid and tanh are the same curve, stretched; this one never overflows
    return 0.5 * (1 + torch.tanh(z / 2))


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    tiny = 1e-8
    return -torch.mean(y * torch.log(p + tiny) + (1 - y) * torch.log(1 - p + tiny))


def update_logistic(x, y, w, lr):
    # here the derivative is 1/n X^T (p - y)
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        w -= lr * (x.T @ (p - y)) / len(y)
    return loss


def train_logistic(x, y, w, lr, epochs):
    curve = torch.zeros(epochs)
    for e in range(epochs):
        curve[e] = update_logistic(x, y, w, lr)
    return curve.tolist()


def plot_fit(x, y, w):
    weights = w.detach()
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot(x[:, 0], x @ weights, color="orange")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, color="steelblue")
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    line, = ax.plot(ends[:, 0], predict(ends, w).detach(), color="crimson")

    def frame(i):
        update(x, y, w, lr)
        line.set_ydata(predict(ends, w).detach())
        return line,

    return FuncAnimation(fig, frame, frames=frames, interval=40)


ANSWERS = {
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

# cause: update/w-stands-still
