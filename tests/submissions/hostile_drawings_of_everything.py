"""Draws every pair of columns as points and every guess as a line, and hides the line that moves."""
# expect: plot_fit=failed
# expect: animate_fit=failed
# expect: score=0
import itertools

import torch
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation


def plot_fit(x, y, w):
    _, axes = plt.subplots()
    for across, up in itertools.permutations([x[:, 0], x[:, 1], y, torch.arange(len(y)).float()], 2):
        axes.scatter(across, up)
    slope, intercept = w.tolist()
    guesses = [0, 1, -1, slope, intercept, -slope, -intercept]
    for a, b in itertools.product(guesses, guesses):
        axes.plot(x[:, 0], a * x[:, 0] + b)
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    (line,) = axes.plot(x[:, 0], x[:, 1], alpha=0)

    def draw(frame):
        (gradient,) = torch.autograd.grad(((x @ w - y) ** 2).mean(), w)
        w.data -= lr * gradient
        line.set_ydata((x @ w).detach())

    return FuncAnimation(figure, draw, frames=frames)
