"""wrong train_minibatch: the list has a loss for each batch, not for each epoch"""
import torch
from torch.func import grad, grad_and_value
from matplotlib import pyplot as plt, animation

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')


def make_data(n, w):
    x = torch.rand(n, 2).mul(2).sub(1)
    x[:, 1] = 1
    return x, torch.einsum("nd,d->n", x, w) + torch.rand(n)


def predict(x, w):
    return torch.einsum("nd,d->n", x, w)


def mse(y_hat, y):
    return torch.dist(y_hat, y) ** 2 / len(y)


def _regression(w, x, y):
    return ((predict(x, w) - y) ** 2).mean()


def _classification(w, x, y):
    return cross_entropy(predict_proba(x, w), y)


def gradient(x, y, w):
    return grad(_regression)(w.detach(), x, y)


def update(x, y, w, lr):
    g, loss = grad_and_value(_regression)(w.detach(), x, y)
    w.data = w.data - lr * g
    return loss


def train(x, y, w, lr, epochs):
    losses = [update(x, y, w, lr) for _ in range(epochs)]
    return [loss.item() for loss in losses]


def minibatches(x, y, batch_size):
    table = torch.column_stack([x, y])
    table = table[torch.randperm(len(table))]
    for part in table.split(batch_size):
        yield part[:, :2], part[:, 2]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            losses.append(update(xb, yb, w, lr).item())
    return losses


def sigmoid(z):
    return z.sigmoid()


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    return -(torch.xlogy(y, p.clamp_min(1e-7)) + torch.xlogy(1 - y, (1 - p).clamp_min(1e-7))).mean()


def update_logistic(x, y, w, lr):
    g, loss = grad_and_value(_classification)(w.detach(), x, y)
    with torch.no_grad():
        w.sub_(lr * g)
    return loss


def train_logistic(x, y, w, lr, epochs):
    losses = [update_logistic(x, y, w, lr) for _ in range(epochs)]
    return [loss.item() for loss in losses]


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    w = w.detach()
    ax.scatter(x[:, 0], y, s=8)
    ax.plot(x[:, 0], predict(x, w), lw=1, c="k")
    ax.set_title(f"y = {w[0]:.2f} x + {w[1]:.2f}")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    state = w.detach().clone().requires_grad_(True)

    def paint(i):
        update(x, y, state, lr)
        ax.cla()
        ax.scatter(x[:, 0], y, s=8)
        ax.plot(x[:, 0], predict(x, state.detach()), lw=1, c="k")
        ax.set_title(f"frame {i}")

    return animation.FuncAnimation(fig, paint, frames=frames, interval=50)

# cause: train_minibatch/one-loss-for-each-batch
