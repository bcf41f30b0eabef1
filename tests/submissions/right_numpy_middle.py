"""Somebody who thinks in numpy: numpy draws, numpy gradients, w moved through the array that shares its memory; losses are numpy scalars."""
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib import animation

rng = np.random.default_rng(2024)

ANSWERS = dict(zip(
    "ones_column uniform_ trailing_underscore gradient_of_w zero_grad learning_rate "
    "epoch minibatch sgd model parameters loss_function".split(),
    "b d a c b d f a g b e c".split()))


def make_data(n, w):
    w = w.numpy()
    x = np.ones((n, 2))
    x[:, 0] = rng.uniform(-1, 1, size=n)
    y = x @ w + rng.random(n)
    return torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.float32))


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    return torch.mean((y_hat - y) ** 2)


def to_np(*tensors):
    return [t.detach().cpu().numpy() for t in tensors]


def gradient(x, y, w):
    X, Y, W = to_np(x, y, w)
    g = 2 * X.T.dot(X.dot(W) - Y) / len(Y)
    return torch.from_numpy(g)


def update(x, y, w, lr):
    X, Y, W = to_np(x, y, w)
    r = X.dot(W) - Y
    loss = np.mean(r ** 2)
    W -= lr * 2 * X.T.dot(r) / len(Y)      # W is a view: this moves the tensor as well
    return loss


def train(x, y, w, lr, epochs):
    losses = []
    for i in range(epochs):
        losses.append(update(x, y, w, lr))
    return losses


def minibatches(x, y, batch_size):
    p = np.random.permutation(len(x))
    X, Y = x.numpy()[p], y.numpy()[p]
    cuts = range(batch_size, len(x), batch_size)
    return [(torch.from_numpy(a), torch.from_numpy(b)) for a, b in zip(np.split(X, cuts), np.split(Y, cuts))]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for i in range(epochs):
        batch = []
        sizes = []
        for xb, yb in minibatches(x, y, batch_size):
            batch.append(update(xb, yb, w, lr))
            sizes.append(len(yb))
        losses.append(np.average(batch, weights=sizes))
    return losses


def sigmoid(z):
    return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = p.clip(1e-6, 1 - 1e-6)
    return torch.mean(-y * torch.log(p) - (1 - y) * torch.log(1 - p))


def update_logistic(x, y, w, lr):
    X, Y, W = to_np(x, y, w)
    P = 1 / (1 + np.exp(-X.dot(W)))
    Q = np.clip(P, 1e-6, 1 - 1e-6)
    loss = -np.mean(Y * np.log(Q) + (1 - Y) * np.log(1 - Q))
    new = W - lr * X.T.dot(P - Y) / len(Y)
    with torch.no_grad():
        w.copy_(torch.from_numpy(new))
    return loss


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for i in range(epochs)]


def plot_fit(x, y, w):
    X, Y, W = to_np(x, y, w)
    order = np.argsort(X[:, 0])
    fig = plt.figure()
    plt.scatter(X[:, 0], Y, s=12, c="k")
    plt.plot(X[order, 0], X[order] @ W, lw=2)
    plt.grid(True)
    return plt.gca()


def animate_fit(x, y, w, lr, frames):
    X, Y, W = to_np(x, y, w)
    fig, ax = plt.subplots()
    ax.scatter(X[:, 0], Y, s=12, c="k")
    grid = np.linspace(-1, 1, 50)
    line, = ax.plot(grid, W[0] * grid + W[1])

    def func(i):
        update(x, y, w, lr)
        line.set_ydata(W[0] * grid + W[1])
        return line,

    return animation.FuncAnimation(fig, func, frames=np.arange(frames), interval=20)
