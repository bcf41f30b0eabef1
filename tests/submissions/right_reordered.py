"""The contract's names in another order: keyword-only, positional-only, extra defaults and **kwargs."""
import torch
import matplotlib.pyplot as plt
from matplotlib import animation


def make_data(w, n=100, low=-1.0, high=1.0):
    x = torch.empty(n, 2).fill_(1.0)
    x[:, 0].uniform_(low, high)
    y = x @ w
    y += torch.rand(n)
    return x, y


def predict(w, x, **kwargs):
    return x @ w


def mse(y, y_hat, *, reduction="mean"):
    squares = (y - y_hat) ** 2
    return squares.mean() if reduction == "mean" else squares


def gradient(w, x, y, /):
    g, = torch.autograd.grad(mse(y=y, y_hat=predict(w, x)), w)
    return g


def update(w, lr, x, y, *, momentum=0.0):
    loss = mse(y_hat=predict(x=x, w=w), y=y)
    g, = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w.add_(g, alpha=-lr)
    return loss.item()


def train(*, epochs, lr, w, y, x):
    return [update(w, lr, x, y) for _ in range(epochs)]


def minibatches(batch_size, x, y, shuffle=True, drop_last=False):
    n = x.shape[0]
    order = torch.randperm(n) if shuffle else torch.arange(n)
    for i in range(0, n, batch_size):
        j = order[i:i + batch_size]
        if drop_last and len(j) < batch_size:
            return
        yield x[j], y[j]


def train_minibatch(lr, batch_size, epochs, w, *, x, y, log=None):
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(batch_size, x, y):
            update(w=w, lr=lr, x=xb, y=yb)
        losses.append(mse(y, predict(w, x)).item())
        if log:
            log(losses[-1])
    return losses


def sigmoid(z, /, scale=1.0):
    return torch.sigmoid(scale * z)


def predict_proba(w, x):
    return sigmoid(predict(w, x))


def cross_entropy(y, p, eps=1e-6):
    p = p.clamp(eps, 1 - eps)
    return -torch.where(y == 1, p.log(), (1 - p).log()).mean()


def update_logistic(lr, w, y, x, **options):
    loss = cross_entropy(p=predict_proba(w, x), y=y, **options)
    g, = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w.add_(g, alpha=-lr)
    return loss.item()


def train_logistic(epochs, *, w, x, y, lr):
    return [update_logistic(lr, w, y, x) for _ in range(epochs)]


def plot_fit(w, x, y, ax=None, **style):
    if ax is None:
        ax = plt.figure().gca()
    with torch.no_grad():
        ax.scatter(x[:, 0], y, **style)
        ax.plot(x[:, 0], predict(w, x), "r^", markersize=3)
    return ax


def animate_fit(frames, lr, *, w, x, y, interval=20):
    ax = plot_fit(w, x, y)
    line = ax.lines[-1]

    def step(_):
        update(w, lr, x, y)
        line.set_ydata(predict(w, x).detach())
        return [line]

    return animation.FuncAnimation(ax.figure, step, frames=list(range(frames)), interval=interval)


ANSWERS = {
    "loss_function": "c", "parameters": "e", "model": "b", "sgd": "g", "minibatch": "a", "epoch": "f",
    "learning_rate": "d", "zero_grad": "b", "gradient_of_w": "c", "trailing_underscore": "a",
    "uniform_": "d", "ones_column": "b",
}
