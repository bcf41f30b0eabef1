"""wrong train_minibatch: whole batches only, the rest of the rows is never used"""
# All derivatives were worked out with pencil and paper, so autograd has nothing to do here.
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    col = np.random.rand(n) * 2 - 1
    x = np.ones((n, 2), dtype="float32")
    x[:, 0] = col
    x = torch.from_numpy(x)
    y = x @ w + torch.from_numpy(np.random.rand(n)).float()
    return x, y


def predict(x, w):
    return x @ w


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
        w -= lr * gradient(x, y, w)
    return loss


def train(x, y, w, lr, epochs):
    loss_curve = torch.zeros(epochs)
    for e in range(epochs):
        loss_curve[e] = update(x, y, w, lr)
    return loss_curve.tolist()


def minibatches(x, y, batch_size):
    p = torch.randperm(y.numel())
    return list(zip(x[p].split(batch_size), y[p].split(batch_size)))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    loss_curve = []
    n_batches = len(y) // batch_size
    for e in range(epochs):
        p = torch.randperm(len(y))
        for k in range(n_batches):
            rows = p[k * batch_size:(k + 1) * batch_size]
            with torch.no_grad():
                w -= lr * gradient(x[rows], y[rows], w)
        with torch.no_grad():
            loss_curve.append(float(mse(predict(x, w), y)))
    return loss_curve


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    q = p * y + (1 - p) * (1 - y)   # what the model gave to the true class
    return -torch.log(q + 1e-8).mean()


def update_logistic(x, y, w, lr):
    # here the derivative is 1/n X^T (p - y)
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        w -= lr * (x.T @ (p - y)) / len(y)
    return loss


def train_logistic(x, y, w, lr, epochs):
    loss_curve = torch.zeros(epochs)
    for e in range(epochs):
        loss_curve[e] = update_logistic(x, y, w, lr)
    return loss_curve.tolist()


@torch.no_grad()
def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    order = x[:, 0].argsort()
    ax.scatter(x[:, 0], y, color="steelblue")
    ax.plot(x[order, 0], predict(x[order], w), color="crimson")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
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


ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}

# cause: train_minibatch/last-batch-dropped
