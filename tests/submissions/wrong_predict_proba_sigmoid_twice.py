"""wrong predict_proba: the sigmoid is applied twice"""
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

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


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    z = sigmoid(predict(x, w))
    return sigmoid(z)


def cross_entropy(p, y):
    eps = 1e-7
    return -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()


def update_logistic(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    p = predict_proba(x, w)
    loss = cross_entropy(p, y)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n) * 2 - 1
    noise = torch.rand(n)
    return x, x @ w + noise


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    # start from an empty .grad, whatever somebody left there
    w.grad = None
    mse(predict(x, w), y).backward()
    return w.grad.clone()


def update(x, y, w, lr):
    before = mse(predict(x, w), y).item()
    g = gradient(x, y, w)
    with torch.no_grad():
        w -= lr * g
    return before


def train(x, y, w, lr, epochs):
    return tuple(float(update(x, y, w, lr)) for _ in range(epochs))


def minibatches(x, y, batch_size):
    idx = torch.randperm(len(y))
    return [(x[i], y[i]) for i in idx.split(batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        epoch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            epoch_losses.append(update(xb, yb, w, lr))
        losses.append(sum(epoch_losses) / len(epoch_losses))
    return losses


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, label="data")
    ax.plot(x[:, 0], predict(x, w).detach(), color="red", label="fit")
    ax.legend()
    return ax


def animate_fit(x, y, w, lr, frames):
    w_anim = w.clone().detach().requires_grad_(True)
    fig = plt.figure()
    ax = fig.gca()
    ax.scatter(x[:, 0].numpy(), y.numpy())
    line = ax.plot([], [], "r")[0]
    grid = np.linspace(-1, 1, 30)

    def step(frame):
        update(x, y, w_anim, lr)
        slope, intercept = w_anim.detach().numpy()
        line.set_data(grid, slope * grid + intercept)
        return [line]

    return FuncAnimation(fig, step, frames=frames, interval=40)

# cause: predict_proba/sigmoid-twice
