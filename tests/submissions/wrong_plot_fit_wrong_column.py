"""wrong plot_fit: the column of ones is plotted instead of the feature"""
import random
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}


def _descend(objective, w, lr):
    """One downhill step on objective(w); gives back objective(w) from before."""
    w.grad = None
    value = objective(w)
    value.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
    w.grad = None
    return value.item()


def _linear_loss(inputs, targets):
    return lambda weights: mse(predict(inputs, weights), targets)


def _logistic_loss(inputs, targets):
    return lambda weights: cross_entropy(predict_proba(inputs, weights), targets)


def animate_fit(inputs, targets, weights, eta, n_frames):
    ax = plt.subplots()[1]
    ax.scatter(inputs[:, 0], targets, alpha=0.5)
    with torch.no_grad():
        (line,) = ax.plot(inputs[:, 0], predict(inputs, weights), "C1")

    def advance(_):
        _descend(_linear_loss(inputs, targets), weights, eta)
        with torch.no_grad():
            line.set_ydata(predict(inputs, weights))
        return (line,)

    return FuncAnimation(ax.get_figure(), advance, frames=n_frames, interval=30)


def cross_entropy(p, y):
    return torch.nn.functional.binary_cross_entropy(p, y)


def gradient(x, y, w):
    w.requires_grad_(True)
    if w.grad is not None:
        w.grad.zero_()
    error = mse(predict(x, w), y)
    error.backward()
    return w.grad.clone().detach()


def make_data(n, w):
    inputs = torch.ones(n, 2)
    inputs[:, 0].uniform_(-1, 1)
    targets = predict(inputs, w) + torch.rand(n)
    return inputs, targets


def minibatches(x, y, batch_size):
    pairs = list(zip(x, y))
    random.shuffle(pairs)
    for k in range(0, len(pairs), batch_size):
        xs, ys = zip(*pairs[k:k + batch_size])
        yield torch.stack(xs), torch.stack(ys)


def mse(prediction, target):
    return torch.mean((prediction - target) ** 2)


def plot_fit(inputs, targets, weights):
    ax = plt.subplots()[1]
    ax.scatter(inputs[:, 1], targets, alpha=0.5)
    with torch.no_grad():
        ax.plot(inputs[:, 1], predict(inputs, weights), "C1")
    return ax


def predict(inputs, weights):
    return torch.einsum("ij,j->i", inputs, weights)


def predict_proba(inputs, weights):
    return sigmoid(predict(inputs, weights))


def sigmoid(a):
    return torch.exp(torch.nn.functional.logsigmoid(a))


def train(inputs, targets, weights, eta, n_epochs):
    return [_descend(_linear_loss(inputs, targets), weights, eta) for _ in range(n_epochs)]


def train_logistic(inputs, targets, weights, eta, n_epochs):
    return [_descend(_logistic_loss(inputs, targets), weights, eta) for _ in range(n_epochs)]


def train_minibatch(inputs, targets, weights, eta, n_epochs, size):
    per_epoch = []
    for _ in range(n_epochs):
        values = [_descend(_linear_loss(Xb, tb), weights, eta) for Xb, tb in minibatches(inputs, targets, size)]
        per_epoch.append(sum(values) / len(values))
    return per_epoch


def update(inputs, targets, weights, eta):
    return _descend(_linear_loss(inputs, targets), weights, eta)


def update_logistic(inputs, targets, weights, eta):
    return _descend(_logistic_loss(inputs, targets), weights, eta)

# cause: plot_fit/all-over-the-column-of-ones | plot_fit/column-of-ones
