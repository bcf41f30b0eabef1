"""wrong make_data: the ones are in column 0, the feature in column 1"""
import torch
from torch import nn
import matplotlib.pyplot as plt
import matplotlib.animation as animation

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}

criterion = nn.MSELoss()
bce = nn.BCELoss()


def make_data(n, w):
    x = torch.zeros(n, 2)
    nn.init.uniform_(x, -1.0, 1.0)
    x[:, 0] = 1.0
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
    with torch.no_grad():
        w.copy_(w - lr * w.grad)
    return loss.detach()


def train(x, y, w, lr, epochs):
    losses = torch.empty(epochs)
    for i in range(epochs):
        losses[i] = update(x, y, w, lr)
    return losses


def minibatches(x, y, batch_size):
    remaining = torch.randperm(x.size(0)).tolist()
    while remaining:
        now, remaining = remaining[:batch_size], remaining[batch_size:]
        yield x[now], y[now]


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
    return torch.special.expit(z)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    return bce(p, y)


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
    ax = plt.subplots()[1]
    a, b = w.tolist()
    lo, hi = x[:, 0].min().item(), x[:, 0].max().item()
    ax.scatter(x[:, 0].tolist(), y.tolist(), marker="+")
    ax.plot([lo, hi], [a * lo + b, a * hi + b], "g-")
    ax.grid(True)
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, axes = plt.subplots()

    def redraw(frame_number):
        update(x, y, w, lr)
        axes.clear()
        axes.scatter(x[:, 0].tolist(), y.tolist(), marker="x")
        axes.plot(x[:, 0].tolist(), predict(x, w.detach()).tolist(), c="black")

    return animation.FuncAnimation(fig, redraw, frames=frames)

# cause: make_data/ones-first
