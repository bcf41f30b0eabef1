"""wrong update: the step is outside no_grad and raises"""
from matplotlib.animation import FuncAnimation
import torch
from torch import nn
import matplotlib.pyplot as plt
import matplotlib.animation as animation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}

criterion = nn.MSELoss()
bce = nn.BCELoss()


def make_data(n, w):
    x = torch.zeros(n, 2)
    nn.init.uniform_(x, -1.0, 1.0)
    x[:, 1] = 1.0
    y = x @ w + torch.rand_like(x[:, 0])
    return x, y


def predict(x, w):
    return nn.functional.linear(x, w)


def mse(y_hat, y):
    return criterion(y_hat, y)


def gradient(x, y, w):
    w.grad = None
    loss = criterion(predict(x, w), y)
    loss.backward()
    result = w.grad
    w.grad = None
    return result


def update(x, y, w, lr):
    loss = criterion(predict(x, w), y)
    w.grad = None
    loss.backward()
    w -= lr * w.grad
    return loss.detach()


def train(x, y, w, lr, epochs):
    losses = torch.empty(epochs)
    for i in range(epochs):
        losses[i] = update(x, y, w, lr)
    return losses


def minibatches(x, y, batch_size):
    shuffled = torch.randperm(x.shape[0])
    xs, ys = x[shuffled], y[shuffled]
    return zip(torch.split(xs, batch_size), torch.split(ys, batch_size))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = torch.empty(epochs)
    for i in range(epochs):
        total, count = 0.0, 0
        for xb, yb in minibatches(x, y, batch_size):
            total += update(xb, yb, w, lr).item() * len(yb)
            count += len(yb)
        losses[i] = total / count
    return losses


def sigmoid(z):
    return nn.Sigmoid()(z)


def predict_proba(x, w):
    logits = x @ w
    return sigmoid(logits)


def cross_entropy(p, y):
    p = torch.clip(p, 1e-6, 1 - 1e-6)
    n = len(y)
    return (-1 / n) * torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w.copy_(w - lr * w.grad)
    return loss.detach()


def train_logistic(x, y, w, lr, epochs):
    losses = torch.empty(epochs)
    for i in range(epochs):
        losses[i] = update_logistic(x, y, w, lr)
    return losses


def plot_fit(x, y, w):
    fig, axes = plt.subplots()
    axes.scatter(x[:, 0].tolist(), y.tolist(), marker="x")
    with torch.no_grad():
        axes.plot(x[:, 0].tolist(), predict(x, w).tolist(), c="black")
    return axes


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o")
    (line,) = ax.plot(x[:, 0], (x @ w).detach())

    def step(i):
        update(x, y, w, lr)
        line.set_ydata((x @ w).detach())
        return (line,)

    return FuncAnimation(fig, step, frames=frames)

# cause: update/outside-no-grad
