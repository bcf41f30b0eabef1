"""As little own code as possible: names bound straight to torch callables (torch.mv, nn.MSELoss(), nn.BCELoss(), torch.func.grad(...))."""
import torch
from torch import nn
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

predict = torch.mv
mse = nn.MSELoss()
sigmoid = torch.sigmoid
cross_entropy = nn.BCELoss()
predict_proba = lambda x, w: torch.sigmoid(torch.mv(x, w))


def loss_of(x, y, w):
    return mse(predict(x, w), y)


def logistic_loss_of(x, y, w):
    return cross_entropy(predict_proba(x, w), y)


gradient = torch.func.grad(loss_of, argnums=2)


def make_data(n, w):
    x = torch.nn.functional.pad(torch.rand(n, 1) * 2 - 1, (0, 1), value=1.0)
    return x, torch.mv(x, w) + torch.rand(n)


def sgd_step(closure_loss, x, y, w, lr):
    opt = torch.optim.SGD((w,), lr=lr)

    def closure():
        opt.zero_grad()
        loss = closure_loss(x, y, w)
        loss.backward()
        return loss

    return opt.step(closure)


def update(x, y, w, lr):
    return sgd_step(loss_of, x, y, w, lr)


def update_logistic(x, y, w, lr):
    return sgd_step(logistic_loss_of, x, y, w, lr)


def train(x, y, w, lr, epochs):
    return torch.tensor([update(x, y, w, lr).item() for _ in range(epochs)])


def train_logistic(x, y, w, lr, epochs):
    return torch.tensor([update_logistic(x, y, w, lr).item() for _ in range(epochs)])


def minibatches(x, y, batch_size):
    from torch.utils.data import BatchSampler, RandomSampler
    for rows in BatchSampler(RandomSampler(range(len(x))), batch_size, drop_last=False):
        yield x[rows], y[rows]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    out = torch.empty(epochs)
    for e in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        out[e] = loss_of(x, y, w).detach()
    return out


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.scatter(*torch.stack([x[:, 0], y]))
    ax.plot(*torch.stack([x[:, 0], predict(x, w)]).detach())
    return ax


def animate_fit(x, y, w, lr, frames):
    ax = plot_fit(x, y, w)

    def func(i):
        update(x, y, w, lr)
        ax.lines[0].set_data(*torch.stack([x[:, 0], predict(x, w)]).detach())

    return FuncAnimation(ax.figure, func, frames)


ANSWERS = dict(ones_column="b", uniform_="d", trailing_underscore="a", gradient_of_w="c", zero_grad="b",
               learning_rate="d", epoch="f", minibatch="a", sgd="g", model="b", parameters="e", loss_function="c")
