"""Decorators of all sorts: with and without functools.wraps, with arguments, as a class, and one that turns a loss into a training step."""
import functools
import time

import torch
import matplotlib.pyplot as plt
from matplotlib import animation

timings = {}


def timed(func):
    @functools.wraps(func)
    def inner(*args, **kwargs):
        t = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            timings[func.__name__] = time.perf_counter() - t
    return inner


def chatty(func):
    # no wraps here on purpose, the name of the inner function stays
    def wrapper(*args):
        result = func(*args)
        chatty.last = result
        return result
    return wrapper


class counted:
    def __init__(self, func):
        functools.update_wrapper(self, func)
        self.func = func
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.func(*args, **kwargs)


def descent_step(objective):
    """Makes `step(x, y, w, lr)` of an objective(x, y, w)."""
    def step(x, y, w, lr):
        if w.grad is not None:
            w.grad.zero_()
        loss = objective(x, y, w)
        loss.backward()
        with torch.no_grad():
            w.add_(w.grad, alpha=-lr)
        return loss.detach()
    return step


def repeat(step):
    def decorate(func):
        @functools.wraps(func)
        def many(x, y, w, lr, epochs):
            return func([step(x, y, w, lr) for _ in range(epochs)])
        del many.__wrapped__      # otherwise help() shows the parameter of the inner one
        return many
    return decorate


@timed
@torch.no_grad()
def make_data(n, w):
    x = torch.ones((n, 2))
    x[:, 0] = torch.rand(n) * 2 - 1
    return x, x @ w + torch.rand(n)


@counted
def predict(x, w):
    return torch.einsum("ij,j->i", x, w)


@chatty
def mse(y_hat, y):
    return (y_hat - y).pow(2).sum() / y.numel()


@timed
@torch.enable_grad()
def gradient(x, y, w):
    w.grad = None
    mse(predict(x, w), y).backward()
    answer, w.grad = w.grad, None
    return answer


@descent_step
def update(x, y, w):
    return mse(predict(x, w), y)


@repeat(update)
def train(losses):
    return [loss.item() for loss in losses]


@chatty
def minibatches(x, y, batch_size):
    p = torch.randperm(x.shape[0])
    starts = range(0, x.shape[0], batch_size)
    return [(x[p[s:s + batch_size]], y[p[s:s + batch_size]]) for s in starts]


@timed
@counted
def train_minibatch(x, y, w, lr, epochs, batch_size):
    result = []
    for _ in range(epochs):
        losses = [update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]
        result.append(torch.stack(losses).mean().item())
    return result


@chatty
def sigmoid(z):
    return torch.reciprocal(1 + torch.exp(-z))


@counted
def predict_proba(x, w):
    return sigmoid(predict(x, w))


@timed
@chatty
def cross_entropy(p, y):
    p = p.clamp(min=1e-6, max=1 - 1e-6)
    return torch.neg(torch.mean(y * p.log() + (1 - y) * (1 - p).log()))


@chatty
@descent_step
def update_logistic(x, y, w):
    return cross_entropy(predict_proba(x, w), y)


@repeat(update_logistic)
def train_logistic(losses):
    return [loss.item() for loss in losses]


@timed
@torch.no_grad()
def plot_fit(x, y, w):
    ax = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    ax.scatter(x[:, 0], y, c="tab:blue")
    ax.axline((-1.0, float(w[1] - w[0])), (1.0, float(w[1] + w[0])), c="tab:orange")
    return ax


@counted
def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot((-1, 1), (0, 0))

    @timed
    def show(_):
        update(x, y, w, lr)
        a, b = w.tolist()
        line.set_data((-1, 1), (b - a, b + a))
        return line,

    return animation.FuncAnimation(fig, show, frames=frames)


ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}
