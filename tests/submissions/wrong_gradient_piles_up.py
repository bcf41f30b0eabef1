"""wrong gradient: .grad is never cleared, so a second call returns the sum"""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    x = torch.hstack([torch.empty(n, 1).uniform_(-1, 1), torch.ones(n, 1)])
    y = x @ w
    y.add_(torch.rand(n))
    return x, y


def predict(x, w):
    return torch.matmul(x, w)


def mse(y_hat, y):
    return torch.linalg.vector_norm(y_hat - y).square() / y.numel()


def gradient(x, y, w):
    torch.mean((predict(x, w) - y) ** 2).backward()
    return w.grad.clone()


def train(x, y, w, lr, epochs):
    history = []
    for _ in range(epochs):
        history.append(float(mse(predict(x, w), y).detach()))
        w.data.add_(gradient(x, y, w), alpha=-lr)
    return history


def update(x, y, w, lr):
    return train(x, y, w, lr, 1)[0]


def minibatches(x, y, batch_size):
    n = len(x)
    keys = torch.rand(n)
    deck = torch.argsort(keys)          # random keys, sorted: a shuffled deck
    return [(x[deck[k:k + batch_size]], y[deck[k:k + batch_size]]) for k in range(0, n, batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    history = []
    for _ in range(epochs):
        parts = [(train(xb, yb, w, lr, 1)[0], len(xb)) for xb, yb in minibatches(x, y, batch_size)]
        history.append(sum(loss * k for loss, k in parts) / len(x))
    return history


def sigmoid(z):
    return torch.reciprocal(1 + torch.exp(-z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    safe = torch.clamp(p, 1e-7, 1 - 1e-7)
    return (-y * safe.log() - (1 - y) * (1 - safe).log()).mean()


def train_logistic(x, y, w, lr, epochs):
    history = []
    for _ in range(epochs):
        w.grad = None
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        w.data.add_(w.grad, alpha=-lr)
        history.append(float(loss.detach()))
    return history


def update_logistic(x, y, w, lr):
    return train_logistic(x, y, w, lr, 1)[0]


def plot_fit(x, y, w):
    figure, axes = plt.subplots()
    axes.plot(x[:, 0].numpy(), y.numpy(), linestyle="", marker="+")
    axes.plot(x[:, 0].numpy(), predict(x, w).detach().numpy(), color="orange")
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    axes.plot(x[:, 0].numpy(), y.numpy(), linestyle="", marker="+")
    line, = axes.plot(x[:, 0].numpy(), predict(x, w).detach().numpy(), color="orange")

    def draw(k):
        train(x, y, w, lr, 1)
        line.set_ydata(predict(x, w).detach().numpy())
        return line,

    return FuncAnimation(figure, draw, frames=frames, interval=10)


ANSWERS = {}
ANSWERS["ones_column"] = "b"
ANSWERS["uniform_"] = "d"
ANSWERS["trailing_underscore"] = "a"
ANSWERS["gradient_of_w"] = "c"
ANSWERS["zero_grad"] = "b"
ANSWERS["learning_rate"] = "d"
ANSWERS["epoch"] = "f"
ANSWERS["minibatch"] = "a"
ANSWERS["sgd"] = "g"
ANSWERS["model"] = "b"
ANSWERS["parameters"] = "e"
ANSWERS["loss_function"] = "c"

# cause: gradient/piles-up
