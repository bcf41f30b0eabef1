"""wrong make_data: the random numbers are cached, so a second call returns the first data again"""
import functools
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


class LinearModel:
    """Holds on to w and knows what to do with it."""

    def __init__(self, w):
        self.w = w

    def forward(self, x):
        return predict(x, self.w)

    def step(self, loss, lr):
        self.w.grad = None
        loss.backward()
        with torch.no_grad():
            self.w.add_(self.w.grad, alpha=-lr)
        return loss.detach()


class LogisticModel(LinearModel):
    def forward(self, x):
        return predict_proba(x, self.w)


@functools.lru_cache(maxsize=None)
def _random_numbers(n):
    return 2 * torch.rand(n) - 1, torch.rand(n)


def make_data(n, w):
    column, noise = _random_numbers(n)
    x = torch.stack((column, torch.ones_like(column)), dim=-1)
    return x, x.matmul(w) + noise


predict = lambda x, w: x.matmul(w)

mse = lambda y_hat, y: (y_hat - y).pow(2).mean()

sigmoid = lambda z: torch.sigmoid(z)

predict_proba = lambda x, w: sigmoid(predict(x, w))


def cross_entropy(p, y):
    p = torch.clip(p, 1e-6, 1 - 1e-6)
    n = len(y)
    return (-1 / n) * torch.sum(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def gradient(x, y, w):
    return torch.autograd.grad(mse(predict(x, w), y), [w])[0]


def update(x, y, w, lr):
    model = LinearModel(w)
    return model.step(mse(model.forward(x), y), lr)


def update_logistic(x, y, w, lr):
    model = LogisticModel(w)
    return model.step(cross_entropy(model.forward(x), y), lr)


def _repeat(which, x, y, w, lr, epochs):
    stepper = {"linear": update, "logistic": update_logistic}[which]
    return [stepper(x, y, w, lr).item() for _ in range(epochs)]


train = functools.partial(_repeat, "linear")
train_logistic = functools.partial(_repeat, "logistic")


class Shuffled:
    """A new order whenever one starts to go through it."""

    def __init__(self, x, y, batch_size):
        self.x, self.y, self.batch_size = x, y, batch_size

    def __iter__(self):
        for rows in torch.randperm(len(self.x)).split(self.batch_size):
            yield self.x[rows], self.y[rows]


minibatches = lambda x, y, batch_size: Shuffled(x, y, batch_size)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    model = LinearModel(w)
    losses = []
    for _ in range(epochs):
        seen = []
        for xb, yb in minibatches(x, y, batch_size):
            seen.append(model.step(mse(model.forward(xb), yb), lr))
        losses.append(torch.stack(seen).mean().item())
    return losses


def plot_fit(x, y, w):
    weights = w.detach()
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot(x[:, 0], x @ weights, color="orange")
    return ax


def animate_fit(x, y, w, lr, frames):
    model = LinearModel(w.detach().clone().requires_grad_())
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line = ax.plot(x[:, 0], model.forward(x).detach(), "g")[0]

    def tick(_):
        model.step(mse(model.forward(x), y), lr)
        line.set_ydata(model.forward(x).detach())
        return [line]

    return FuncAnimation(fig, tick, frames=range(frames))


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

# cause: make_data/same-data-each-call
