"""Half classroom style: each function takes only what changes (lr, epochs, batch_size) and uses global x, y, w; w becomes a new leaf at each step."""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}

x = y = None
w = torch.zeros(2, requires_grad=True)
loss = None


def make_data(n):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1, 1)
    return x, x @ w + torch.rand(n)


def predict(x):
    return x @ w


def mse(y_hat):
    return ((y_hat - y) ** 2).mean()


def gradient():
    return torch.autograd.grad(mse(predict(x)), w)[0].detach()


def update(lr):
    global w, loss
    loss = mse(predict(x))
    g = torch.autograd.grad(loss, w)[0]
    w = (w - lr * g).detach().requires_grad_(True)


def train(lr, epochs):
    history = []
    for _ in range(epochs):
        update(lr)
        history.append(loss.item())
    return history


def minibatches(batch_size):
    order = torch.randperm(len(y))
    return [(x[i], y[i]) for i in order.split(batch_size)]


def train_minibatch(lr, epochs, batch_size):
    # lets update() see one batch at a time under the names x and y
    global x, y
    all_x, all_y = x, y
    history = []
    try:
        for _ in range(epochs):
            x, y = all_x, all_y
            parts = []
            for x, y in minibatches(batch_size):
                update(lr)
                parts.append(loss.item())
            history.append(sum(parts) / len(parts))
    finally:
        x, y = all_x, all_y
    return history


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x):
    return sigmoid(predict(x))


def cross_entropy(p):
    return -(y * torch.log(p + 1e-7) + (1 - y) * torch.log(1 - p + 1e-7)).mean()


def update_logistic(lr):
    global w, loss
    loss = cross_entropy(predict_proba(x))
    g = torch.autograd.grad(loss, w)[0]
    w = (w - lr * g).detach().requires_grad_(True)
    return loss.item()


def train_logistic(lr, epochs):
    return [update_logistic(lr) for _ in range(epochs)]


def plot_fit():
    fig, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o")
    ax.plot(x[:, 0], predict(x).detach(), "-")
    return ax


def animate_fit(lr, frames):
    ax = plot_fit()

    def animate(i):
        update(lr)
        ax.lines[1].set_ydata(predict(x).detach())
        return ax.lines[1],

    return FuncAnimation(ax.figure, animate, frames=frames)


with torch.no_grad():
    x, y = make_data(50)
train(0.1, 5)
