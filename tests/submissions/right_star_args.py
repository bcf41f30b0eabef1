"""Every function takes *args (or a first name and the rest) and unpacks inside; the file starts with a byte order mark."""
import torch
from torch.nn import functional as F
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation as Anim

ANSWERS = {k: v.upper() for k, v in {
    "ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
    "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
    "loss_function": "c"}.items()}


def make_data(*args):
    n, w = args
    x = torch.stack([torch.FloatTensor(n).uniform_(-1, 1), torch.ones(n)], 1)
    return x, torch.mv(x, w) + torch.rand(n)


def predict(*args):
    return torch.mv(*args)


def mse(*pair):
    return F.mse_loss(*pair)


def gradient(*args):
    *data, w = args
    x, y = data
    w.grad = None
    mse(predict(x, w), y).backward()
    return w.grad.clone()


def update(*args):
    x, y, w, lr = args
    loss = mse(predict(x, w), y)
    w.grad = None
    loss.backward()
    w.data -= lr * w.grad.data
    return loss.data


def train(*args):
    *rest, epochs = args
    return [update(*rest) for _ in range(epochs)]


def minibatches(x, *rest):
    y, batch_size = rest
    p = torch.randperm(len(x))
    return [(x[p][i:i + batch_size], y[p][i:i + batch_size]) for i in range(0, len(x), batch_size)]


def train_minibatch(x, y, w, *rest):
    lr, epochs, batch_size = rest
    losses = []
    for _ in range(epochs):
        parts = [(update(*b, w, lr), len(b[1])) for b in minibatches(x, y, batch_size)]
        losses.append(sum(l * k for l, k in parts) / len(x))
    return losses


def sigmoid(*z):
    return F.sigmoid(*z)


def predict_proba(*args):
    return sigmoid(predict(*args))


def cross_entropy(*args):
    p, y = args
    return F.nll_loss(torch.stack([1 - p, p], dim=-1).clamp(min=1e-9).log(), y.long())


def update_logistic(x, y, *rest):
    w, lr = rest
    loss = cross_entropy(predict_proba(x, w), y)
    w.grad = None
    loss.backward()
    w.data -= lr * w.grad.data
    return loss.data


def train_logistic(*args):
    *rest, epochs = args
    return [update_logistic(*rest) for _ in range(epochs)]


def plot_fit(*args):
    x, y, w = (t.detach().numpy() for t in args)
    plt.figure()
    plt.plot(x[:, 0], y, linestyle="", marker="o", mfc="none")
    plt.plot([-1, 1], [w[1] - w[0], w[1] + w[0]])
    return plt.gca()


def animate_fit(*args):
    *rest, frames = args
    x, y, w, lr = rest
    axes = plot_fit(x, y, w)

    def step(*_):
        update(*rest)
        a, b = w.detach().numpy()
        axes.lines[1].set_ydata([b - a, b + a])
        return axes.lines[1:]

    return Anim(axes.get_figure(), step, frames=frames)
