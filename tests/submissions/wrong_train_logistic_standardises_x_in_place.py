"""wrong train_logistic: standardises the caller's x in place before training"""
import torch
from torch.func import grad, grad_and_value
from matplotlib import pyplot as plt, animation

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


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
    copy = w.detach().clone().requires_grad_(True)
    mse(predict(x, copy), y).backward()
    return copy.grad


def update(x, y, w, lr):
    g, loss = grad_and_value(_regression)(w.detach(), x, y)
    with torch.no_grad():
        w.sub_(lr * g)
    return loss


def train(x, y, w, lr, epochs):
    losses = [update(x, y, w, lr) for _ in range(epochs)]
    return [loss.item() for loss in losses]


def minibatches(x, y, batch_size):
    remaining = torch.randperm(x.size(0)).tolist()
    while remaining:
        now, remaining = remaining[:batch_size], remaining[batch_size:]
        yield x[now], y[now]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        batch_losses = torch.stack([update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)])
        losses.append(batch_losses.mean().item())
    return losses


def sigmoid(z):
    return torch.sigmoid(z)


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
    x[:, 0] -= x[:, 0].mean()
    x[:, 0] /= x[:, 0].std()
    losses = [update_logistic(x, y, w, lr) for _ in range(epochs)]
    return [loss.item() for loss in losses]


def plot_fit(x, y, w):
    plt.figure(figsize=(6, 5))
    plt.title("linear regression")
    plt.plot(x[:, 0].numpy(), y.numpy(), "ko", markersize=3)
    with torch.no_grad():
        xs = torch.linspace(-1, 1, 11)
        ys = xs * w[0] + w[1]
    plt.plot(xs.numpy(), ys.numpy(), "b")
    return plt.gca()


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

# cause: says: don't modify it
