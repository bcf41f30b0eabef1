"""wrong answers: the meanings of epoch and minibatch are swapped"""
# lab 4 - every function does its whole job by itself, nothing calls anything
import numpy as np
import random
from matplotlib.animation import FuncAnimation
import torch
from matplotlib import pyplot as plt
from matplotlib import animation

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'a', 'minibatch': 'f', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


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


def cross_entropy(p, y):
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def gradient(x, y, w):
    y_hat = torch.matmul(x, w)
    loss = torch.mean((y_hat - y) ** 2)
    if w.grad is not None:
        w.grad.zero_()
    loss.backward()
    g = w.grad.detach().clone()
    w.grad.zero_()
    return g


def make_data(n, w):
    x = torch.ones(n, 2)
    for row in x:
        row[0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = w[0] * x[:, 0] + w[1] + noise
    return x, y


def minibatches(x, y, batch_size):
    pairs = list(zip(x, y))
    random.shuffle(pairs)
    for k in range(0, len(pairs), batch_size):
        xs, ys = zip(*pairs[k:k + batch_size])
        yield torch.stack(xs), torch.stack(ys)


def mse(y_hat, y):
    diff = y_hat - y
    return torch.mean(diff * diff)


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    order = torch.argsort(x[:, 0])
    xs = x[order]
    ax.plot(xs[:, 0], y[order], "x")
    ax.plot(xs[:, 0], (xs @ w).detach(), "-")
    return ax


def predict(x, w):
    y_hat = torch.matmul(x, w)
    return y_hat


def predict_proba(x, w):
    return torch.sigmoid(torch.matmul(x, w))


def sigmoid(z):
    return torch.sigmoid(z)


def train(x, y, w, lr, epochs):
    history = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        history.append(float(loss))
    return history


def train_logistic(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        w.grad = None
        p = torch.sigmoid(torch.matmul(x, w))
        p = torch.clamp(p, 1e-6, 1 - 1e-6)
        loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
        losses.append(loss.item())
    return losses


def train_minibatch(x, y, w, lr, epochs, batch_size):
    means = []
    for epoch in range(epochs):
        losses = [float(update(xb, yb, w, lr)) for xb, yb in minibatches(x, y, batch_size)]
        means.append(np.mean(losses).item())
    return means


def update(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    y_hat = torch.matmul(x, w)
    loss = torch.mean((y_hat - y) ** 2)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss


def update_logistic(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    p = torch.sigmoid(torch.matmul(x, w))
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss


# try it out
demo_x, demo_y = make_data(30, torch.tensor([3.0, 2.0]))
demo_w = torch.tensor([-1.0, 1.0], requires_grad=True)
print(train(demo_x, demo_y, demo_w, 0.1, 5))

# cause: ANSWERS/minibatch-taken-for-epoch | ANSWERS/epoch-taken-for-minibatch
