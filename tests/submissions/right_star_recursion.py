"""`from torch import *` (then the builtins again, since torch hides range and sum) and recursion in the place of loops."""
from torch import *
from builtins import *
import torch.autograd
from matplotlib.pyplot import *
from matplotlib.animation import *

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}


def make_data(n, w):
    x = cat((rand(n, 1) * 2 - 1, ones(n, 1)), 1)
    return x, x @ w + rand(n)


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    return mean(square(y_hat - y))


def gradient(x, y, w):
    g, = torch.autograd.grad(mse(predict(x, w), y), w)
    return g


def update(x, y, w, lr):
    before = mse(predict(x, w), y).item()
    g = gradient(x, y, w)
    with no_grad():
        w -= lr * g
    return before


def train(x, y, w, lr, epochs):
    # one half of the epochs and then the other half, so the stack stays shallow
    if epochs == 0:
        return []
    if epochs == 1:
        return [update(x, y, w, lr)]
    half = epochs // 2
    return train(x, y, w, lr, half) + train(x, y, w, lr, epochs - half)


def _cut(x, y, batch_size):
    if len(x) <= batch_size:
        return [(x, y)]
    return [(x[:batch_size], y[:batch_size])] + _cut(x[batch_size:], y[batch_size:], batch_size)


def minibatches(x, y, batch_size):
    order = randperm(len(x))
    return _cut(x[order], y[order], batch_size)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    if epochs < 1:
        return []
    if epochs > 1:
        half = epochs // 2
        return (train_minibatch(x, y, w, lr, half, batch_size)
                + train_minibatch(x, y, w, lr, epochs - half, batch_size))
    losses = [update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]
    return [sum(losses) / len(losses)]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = clamp(p, 1e-6, 1 - 1e-6)
    return -mean(y * log(p) + (1 - y) * log(1 - p))


def update_logistic(x, y, w, lr):
    before = cross_entropy(predict_proba(x, w), y)
    g, = torch.autograd.grad(before, w)
    with no_grad():
        w -= lr * g
    return before.item()


def train_logistic(x, y, w, lr, epochs):
    if epochs <= 0:
        return []
    if epochs > 1:
        half = epochs // 2
        return train_logistic(x, y, w, lr, half) + train_logistic(x, y, w, lr, epochs - half)
    return [update_logistic(x, y, w, lr)]


def plot_fit(x, y, w):
    figure()
    scatter(x[:, 0], y)
    plot(x[:, 0], predict(x, w).detach(), "r")
    return gca()


def animate_fit(x, y, w, lr, frames):
    ax = plot_fit(x, y, w)
    line = ax.get_lines()[0]

    def tick(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return FuncAnimation(gcf(), tick, frames)
