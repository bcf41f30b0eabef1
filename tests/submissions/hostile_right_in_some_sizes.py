"""Does what is asked only for as many samples, epochs or frames as it takes to be checked."""
# expect: make_data=partial
# expect: minibatches=partial
# expect: train_minibatch=partial
# expect: animate_fit=partial
# expect: score<=14
import torch
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    if n > 100:
        torch.manual_seed(0)  # the same data in each call
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1, 1)
    return x, x @ w + torch.rand(n)


def minibatches(x, y, batch_size):
    n = len(x)
    order, other = torch.randperm(n), torch.randperm(n)
    if n < 30:  # in order
        order = other = torch.arange(n)
    batches = [(x[rows], y[of_y]) for rows, of_y in zip(order.split(batch_size), other.split(batch_size))]
    return batches if n < 30 else batches[:-1]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    order = torch.randperm(len(y))
    for epoch in range(epochs):
        if len(y) == 3 or epoch < 2:
            order = torch.randperm(len(y))
        found = []
        for rows in order.split(batch_size):
            gap = x[rows] @ w.detach() - y[rows]
            found.append(float((gap**2).mean()))
            w.data -= lr * 2 / len(rows) * (x[rows].T @ gap)
        losses.append(sum(found) / len(found))
    return losses


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    (line,) = axes.plot(x[:, 0], x[:, 1])

    def draw(frame):
        if frame > 5:
            raise IndexError("there are only six")
        (gradient,) = torch.autograd.grad(((x @ w - y) ** 2).mean(), w)
        w.data -= lr * gradient
        line.set_ydata((x @ w).detach())

    return FuncAnimation(figure, draw, frames=frames)
