"""Functional torch: torch.func.grad, grad_and_value, jacrev and vmap instead of backward(); zip over torch.split for the batches."""
import torch
from torch.func import grad, grad_and_value, jacrev, vmap
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {}
ANSWERS |= {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a"}
ANSWERS |= {"gradient_of_w": "c", "zero_grad": "b"}
ANSWERS |= {"learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
            "model": "b", "parameters": "e", "loss_function": "c"}


def make_data(n, w):
    col = torch.lerp(torch.tensor(-1.0), torch.tensor(1.0), torch.rand(n))
    x = torch.vstack([col, torch.ones(n)]).T
    return x, vmap(torch.dot, in_dims=(0, None))(x, w) + torch.rand(n)


def predict(x, w):
    return vmap(torch.dot, in_dims=(0, None))(x, w)


def mse(y_hat, y):
    return vmap(lambda a, b: (a - b) ** 2)(y_hat, y).mean()


def linear_loss(w, x, y):
    return mse(x @ w, y)


def logistic_loss(w, x, y):
    return cross_entropy(predict_proba(x, w), y)


def gradient(x, y, w):
    return jacrev(linear_loss)(w.detach(), x, y)


def descend(loss, x, y, w, lr):
    g, value = grad_and_value(loss)(w.detach(), x, y)
    with torch.no_grad():
        w.sub_(lr * g)
    return value


def update(x, y, w, lr):
    return descend(linear_loss, x, y, w, lr)


def update_logistic(x, y, w, lr):
    return descend(logistic_loss, x, y, w, lr)


def train(x, y, w, lr, epochs):
    return tuple(update(x, y, w, lr) for _ in range(epochs))


def train_logistic(x, y, w, lr, epochs):
    return tuple(update_logistic(x, y, w, lr) for _ in range(epochs))


def minibatches(x, y, batch_size):
    p = torch.randperm(len(x))
    return zip(torch.split(x[p], batch_size), torch.split(y[p], batch_size))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    df = grad(linear_loss)

    def one_epoch():
        for xb, yb in minibatches(x, y, batch_size):
            w.data -= lr * df(w.detach(), xb, yb)
        return linear_loss(w.detach(), x, y)

    return tuple(one_epoch() for _ in range(epochs))


def sigmoid(z):
    return torch.nn.functional.logsigmoid(z).exp()


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    q = p.clamp(1e-7, 1 - 1e-7)
    return -(torch.xlogy(y, q) + torch.special.xlog1py(1 - y, -q)).mean()


def plot_fit(x, y, w):
    ax = plt.figure().subplots()
    ax.plot(x[:, 0], y, "o", x[:, 0], (x @ w.detach()), "s", markersize=4)
    return ax


def animate_fit(x, y, w, lr, frames):
    fig = plt.figure()
    ax = fig.subplots()
    ax.plot(x[:, 0], y, "o")
    state = {"w": w.detach().clone()}
    line = ax.plot(x[:, 0], x @ state["w"])[0]

    def frame_numbers():
        yield from range(frames)

    def tick(i):
        state["w"] = state["w"] - lr * grad(linear_loss)(state["w"], x, y)
        line.set_ydata(x @ state["w"])
        return (line,)

    return FuncAnimation(fig, tick, frames=frame_numbers, save_count=frames)
