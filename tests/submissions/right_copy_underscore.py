"""torch.autograd.grad everywhere (no .grad is ever filled) and w.copy_ for the step; losses come back as one 1-d tensor."""

import torch
from torch.autograd import grad as autograd_grad
from matplotlib import pyplot as plt
from matplotlib import animation as anim

ANSWERS = dict(
    ones_column="b", uniform_="d", trailing_underscore="a", gradient_of_w="c",
    zero_grad="b", learning_rate="d", epoch="f", minibatch="a", sgd="g",
    model="b", parameters="e", loss_function="c",
)


def make_data(n, w):
    feature = torch.empty(n, 1).uniform_(-1.0, 1.0)
    x = torch.cat((feature, torch.ones_like(feature)), dim=1)
    y = predict(x, w).add(torch.empty(n).uniform_())
    return x, y


def predict(x, w):
    return torch.matmul(x, w)


def mse(y_hat, y):
    return torch.square(y_hat - y).mean()


def gradient(x, y, w):
    (g,) = autograd_grad(mse(predict(x, w), y), w)
    return g


def _step(loss, w, lr):
    (g,) = autograd_grad(loss, w)
    with torch.no_grad():
        w.copy_(w - lr * g)
    return loss.detach()


def update(x, y, w, lr):
    return _step(mse(predict(x, w), y), w, lr)


def update_logistic(x, y, w, lr):
    return _step(cross_entropy(predict_proba(x, w), y), w, lr)


def train(x, y, w, lr, epochs):
    losses = torch.zeros(epochs)
    for k in range(epochs):
        losses[k] = update(x, y, w, lr)
    return losses


def train_logistic(x, y, w, lr, epochs):
    losses = torch.zeros(epochs)
    for k in range(epochs):
        losses[k] = update_logistic(x, y, w, lr)
    return losses


def minibatches(x, y, batch_size):
    for rows in torch.randperm(x.size(0)).split(batch_size):
        yield x.index_select(0, rows), y.index_select(0, rows)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = torch.zeros(epochs)
    for k in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        with torch.no_grad():                      # loss on everything, once the epoch is over
            losses[k] = mse(predict(x, w), y)
    return losses


def sigmoid(z):
    return torch.where(z > 0, 1.0 / (1.0 + torch.exp(-z.clamp(min=0))), torch.exp(z.clamp(max=0)) / (1.0 + torch.exp(z.clamp(max=0))))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log1p(-p).clamp(min=-100)
    return -(y * log_p + (1 - y) * log_q).mean()


def plot_fit(x, y, w):
    w = w.detach()
    fig = plt.figure()
    axes = fig.add_subplot(1, 1, 1)
    axes.scatter(x[:, 0].numpy(), y.numpy(), s=8)
    axes.scatter(x[:, 0].numpy(), predict(x, w).numpy(), s=8, marker="x")
    return axes


def animate_fit(x, y, w, lr, frames):
    moving = w.detach().clone().requires_grad_(True)
    fig, axes = plt.subplots()
    axes.scatter(x[:, 0], y, alpha=0.5)
    (line,) = axes.plot([], [], "k")
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])

    def draw(_):
        update(x, y, moving, lr)
        line.set_data(ends[:, 0].numpy(), predict(ends, moving).detach().numpy())
        return (line,)

    return anim.FuncAnimation(fig, draw, frames=frames, interval=40, repeat=False)
