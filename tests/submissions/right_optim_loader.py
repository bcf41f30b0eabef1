"""Library all the way: torch.optim.SGD (built per step, once per training), DataLoader minibatches, F.mse_loss, BCE with logits."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a",
           "gradient_of_w": "c", "zero_grad": "b", "learning_rate": "d",
           "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b",
           "parameters": "e", "loss_function": "c"}


def make_data(n, w):
    x = torch.cat([torch.distributions.Uniform(-1.0, 1.0).sample((n, 1)), torch.ones(n, 1)], dim=1)
    y = F.linear(x, w) + torch.rand(n)
    return x, y


def predict(x, w):
    return F.linear(x, w)


def mse(y_hat, y):
    return F.mse_loss(y_hat, y)


def gradient(x, y, w):
    optim.SGD([w], lr=1.0).zero_grad()
    mse(predict(x, w), y).backward()
    return w.grad.detach().clone()


def update(x, y, w, lr):
    optimizer = optim.SGD([w], lr=lr)
    optimizer.zero_grad()
    loss = F.mse_loss(predict(x, w), y)
    loss.backward()
    optimizer.step()
    return loss


def train(x, y, w, lr, epochs):
    optimizer = optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(predict(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


def minibatches(x, y, batch_size):
    return DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    optimizer = optim.SGD([w], lr=lr)
    loader = minibatches(x, y, batch_size)      # shuffles again every time it is iterated
    losses = []
    for _ in range(epochs):
        running = []
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(predict(xb, w), yb)
            loss.backward()
            optimizer.step()
            running.append(loss.item())
        losses.append(sum(running) / len(running))
    return losses


def sigmoid(z):
    return torch.special.expit(z)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    return F.binary_cross_entropy(p, y)


def update_logistic(x, y, w, lr):
    criterion = nn.BCEWithLogitsLoss()
    optimizer = optim.SGD([w], lr=lr)
    optimizer.zero_grad()
    loss = criterion(predict(x, w), y)
    loss.backward()
    optimizer.step()
    return loss


def train_logistic(x, y, w, lr, epochs):
    criterion = nn.BCEWithLogitsLoss()
    optimizer = optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        loss = criterion(predict(x, w), y)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


def plot_fit(x, y, w):
    with torch.no_grad():
        fig, ax = plt.subplots(figsize=(5, 4))
        ax.plot(x[:, 0], y, ".", color="tab:gray")
        ax.plot(x[:, 0], predict(x, w), "-", color="tab:red")
    fig.tight_layout()
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()

    def redraw(frame):
        loss = update(x, y, w, lr)
        ax.clear()
        ax.scatter(x[:, 0], y)
        with torch.no_grad():
            ax.plot(x[:, 0], predict(x, w), color="C1")
        ax.set_title(f"step {frame}, loss {loss.item():.3f}")

    return FuncAnimation(fig, redraw, frames=frames)
