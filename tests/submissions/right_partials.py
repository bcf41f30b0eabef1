"""Point-free taste: nearly every function is a functools.partial of a more general one, with functools.reduce and operator helpers."""
from functools import partial, reduce
from itertools import repeat
from operator import matmul
from statistics import fmean

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from matplotlib.animation import FuncAnimation

predict = matmul
mse = partial(F.mse_loss, reduction="mean")
sigmoid = partial(torch.special.expit)


def _after(outer, inner, *args):
    return outer(inner(*args))


predict_proba = partial(_after, sigmoid, predict)


def _nll(p, y, eps):
    return F.binary_cross_entropy(p.clamp(eps, 1 - eps), y)


cross_entropy = partial(_nll, eps=1e-6)


def _loss(model, cost, x, y, w):
    return cost(model(x, w), y)


_linear = partial(_loss, predict, mse)
_logistic = partial(_loss, predict_proba, cross_entropy)


def _slope(objective, x, y, w):
    return torch.autograd.grad(objective(x, y, w), [w])[0]


gradient = partial(_slope, _linear)


def _step(objective, x, y, w, lr):
    with torch.no_grad():
        before = objective(x, y, w)
    shift = _slope(objective, x, y, w).mul_(lr)
    with torch.no_grad():
        w.subtract_(shift)
    return before.numpy()


update = partial(_step, _linear)
update_logistic = partial(_step, _logistic)


def _many(step, x, y, w, lr, epochs):
    return reduce(lambda done, _: done + [step(x, y, w, lr)], repeat(None, epochs), [])


train = partial(_many, update)
train_logistic = partial(_many, update_logistic)


def _deal(shuffler, x, y, batch_size):
    order = shuffler(len(y))
    return list(zip(*(t[order].split(batch_size) for t in (x, y))))


minibatches = partial(_deal, torch.randperm)


def _many_batches(step, deal, x, y, w, lr, epochs, batch_size):
    return [fmean(float(step(xb, yb, w, lr)) for xb, yb in deal(x, y, batch_size)) for _ in repeat(None, epochs)]


train_minibatch = partial(_many_batches, update, minibatches)


def _sample(low, high, noise, n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(low, high)
    return x, matmul(x, w) + noise(n)


make_data = partial(_sample, -1.0, 1.0, torch.rand)


def _draw(x, y, w, style, colour):
    _, ax = plt.subplots()
    ax.scatter(x[:, 0], y, color="silver")
    ax.plot(x[:, 0], matmul(x, w.detach()), style, color=colour)
    return ax


plot_fit = partial(_draw, style="-", colour="crimson")


def _film(step, x, y, w, lr, frames, *, pause=25):
    ax = _draw(x, y, w, "-", "crimson")
    line = ax.lines[0]

    def tick(line, _):
        step(x, y, w, lr)
        line.set_ydata(matmul(x, w.detach()))
        return (line,)

    return FuncAnimation(ax.figure, partial(tick, line), frames=frames, interval=pause)


animate_fit = partial(_film, update, pause=10)

ANSWERS = {"ones_column": "B", "uniform_": "d", "trailing_underscore": "A", "gradient_of_w": "c",
           "zero_grad": "B", "learning_rate": "d", "epoch": "F", "minibatch": "a", "sgd": "G",
           "model": "b", "parameters": "E", "loss_function": "c"}
