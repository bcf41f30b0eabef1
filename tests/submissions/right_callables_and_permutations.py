"""The lab with callables, generators, and no two functions in one style."""
import numpy as np
import torch
from torch import nn
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


class Line:
    def __call__(self, inputs, weights):
        return torch.einsum("ij,j->i", inputs, weights)


predict = Line()
mse = nn.MSELoss()


def make_data(n, w):
    gen = torch.Generator().manual_seed(int(np.random.randint(2**31)))
    feature = torch.empty(n).uniform_(-1, 1, generator=gen)
    x = torch.stack((feature, torch.ones_like(feature)), dim=-1)
    with torch.inference_mode(False):
        return x, (x @ w.detach() + torch.rand(n, generator=gen))


def gradient(x, y, w):
    leaf = w.detach().clone().requires_grad_()
    return torch.autograd.functional.jacobian(lambda v: mse(predict(x, v), y), leaf)


def _step(loss_of, w, lr):
    value, slope = torch.func.grad_and_value(loss_of)(w.detach())[::-1]
    w.data.add_(slope, alpha=-lr)
    return value


def update(x, y, w, lr):
    return _step(lambda v: mse(predict(x, v), y), w, lr)


def train(x, y, w, lr, epochs):
    return torch.stack([update(x, y, w, lr) for _ in range(epochs)])


def minibatches(x, y, batch_size):
    order = np.random.default_rng().permutation(len(x))
    while len(order):
        now, order = order[:batch_size], order[batch_size:]
        yield x[now], y[now]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        seen = [(float(update(a, b, w, lr)), len(a)) for a, b in minibatches(x, y, batch_size)]
        losses.append(sum(l * k for l, k in seen) / sum(k for _, k in seen))
    return losses


sigmoid = lambda z: torch.where(z >= 0, 1 / (1 + torch.exp(-z.clamp(min=0))), torch.exp(z.clamp(max=0)) / (1 + torch.exp(z.clamp(max=0))))
predict_proba = lambda x, w: sigmoid(predict(x, w))
cross_entropy = lambda p, y, eps=1e-7: -(torch.xlogy(y, p.clamp(eps, 1 - eps)) + torch.xlogy(1 - y, 1 - p.clamp(eps, 1 - eps))).mean()


def update_logistic(x, y, w, lr):
    p = predict_proba(x, w).detach()
    loss = cross_entropy(p, y)
    w.detach().sub_(lr * x.T @ (p - y) / len(y))
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return tuple(map(lambda _: update_logistic(x, y, w, lr), range(epochs)))


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.plot(x[:, 0].numpy(), y.numpy(), "x")
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    ax.plot(ends[:, 0], (ends @ w).detach(), "-")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    (line,) = ax.plot([-1, 1], [0, 0])
    grid = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])

    def frame(_):
        update(x, y, w, lr)
        line.set_data(grid[:, 0], (grid @ w).detach())
        return (line,)

    return FuncAnimation(fig, frame, frames=frames, blit=True)

ANSWERS = {
    "ones_column": "b",
    "uniform_": "d",
    "trailing_underscore": "a",
    "gradient_of_w": "c",
    "zero_grad": "b",
    "learning_rate": "d",
    "epoch": "f",
    "minibatch": "a",
    "sgd": "g",
    "model": "b",
    "parameters": "e",
    "loss_function": "c",
}
