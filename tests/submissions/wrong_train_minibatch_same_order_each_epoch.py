"""wrong train_minibatch: the batches are made once and used again in each epoch"""
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


def make_data(n, w):
    x = torch.ones(n, 2)
    for row in x:
        row[0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = w[0] * x[:, 0] + w[1] + noise
    return x, y


predict = lambda x, w: x.matmul(w)

def mse(y_hat, y):
    n = y.shape[0]
    return torch.sum((y - y_hat) ** 2) / n

def sigmoid(z):
    # exp(1000) is inf, and 1 / inf is a good 0
    e = torch.exp(-z)
    return 1.0 / (1.0 + e)

predict_proba = lambda x, w: sigmoid(predict(x, w))


def cross_entropy(p, y):
    logs = torch.where(y == 1, p, 1 - p).clamp(min=1e-7).log()
    return logs.mean().neg()


def gradient(x, y, w):
    copy = w.detach().clone().requires_grad_(True)
    mse(predict(x, copy), y).backward()
    return copy.grad


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
    batches = list(minibatches(x, y, batch_size))
    losses = []
    for _ in range(epochs):
        seen = []
        for xb, yb in batches:
            seen.append(model.step(mse(model.forward(xb), yb), lr))
        losses.append(torch.stack(seen).mean().item())
    return losses


def plot_fit(x, y, w):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.plot(x[:, 0], y, ".", label="samples")
    a, b = w.detach()
    ax.plot([-1, 1], [float(b - a), float(a + b)], label="model")
    ax.legend()
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

# cause: train_minibatch/same-batches-each-epoch
