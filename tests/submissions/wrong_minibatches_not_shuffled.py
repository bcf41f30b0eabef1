"""wrong minibatches: the rows always come in their old order"""
import numpy as np
from matplotlib.animation import FuncAnimation
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import matplotlib.pyplot as plt
import matplotlib.animation as anim

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}


def make_data(n, w):
    feature = torch.distributions.Uniform(-1.0, 1.0).sample((n,))
    x = torch.stack([feature, torch.ones(n)], dim=1)
    y = torch.mv(x, w) + torch.rand(n)
    return x, y


def predict(x, w):
    return torch.mv(x, w)


def mse(y_hat, y):
    errors = torch.sub(y_hat, y)
    squares = torch.square(errors)
    return squares.mean()


def gradient(x, y, w):
    return torch.autograd.grad(outputs=mse(predict(x, w), y), inputs=w)[0]


def update(x, y, w, lr):
    optimizer = torch.optim.SGD([w], lr=lr)
    optimizer.zero_grad()
    loss = F.mse_loss(predict(x, w), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train(x, y, w, lr, epochs):
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(predict(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def minibatches(x, y, batch_size):
    return DataLoader(TensorDataset(x, y), batch_size=batch_size)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        running = []
        for xb, yb in minibatches(x, y, batch_size):
            optimizer.zero_grad()
            loss = F.mse_loss(predict(xb, w), yb)
            loss.backward()
            optimizer.step()
            running.append(loss.item())
        losses.append(sum(running) / len(running))
    return losses


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return torch.sigmoid(predict(x, w))


def cross_entropy(p, y):
    return F.binary_cross_entropy(p, y)


def update_logistic(x, y, w, lr):
    optimizer = torch.optim.SGD([w], lr=lr)
    optimizer.zero_grad()
    loss = F.binary_cross_entropy_with_logits(predict(x, w), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy(predict_proba(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def plot_fit(x, y, w):
    fig = plt.figure()
    ax = fig.add_axes([0.1, 0.1, 0.8, 0.8])
    y_hat = (x @ w).detach().numpy()
    ax.scatter(x[:, 0].numpy(), y.numpy(), c="k", label="y")
    ax.scatter(x[:, 0].numpy(), y_hat, c="r", s=5, label="prediction")
    ax.legend()
    return ax


def animate_fit(x, y, w, lr, frames):
    w_anim = w.clone().detach().requires_grad_(True)
    fig = plt.figure()
    ax = fig.gca()
    ax.scatter(x[:, 0].numpy(), y.numpy())
    line = ax.plot([], [], "r")[0]
    grid = np.linspace(-1, 1, 30)

    def step(frame):
        update(x, y, w_anim, lr)
        slope, intercept = w_anim.detach().numpy()
        line.set_data(grid, slope * grid + intercept)
        return [line]

    return FuncAnimation(fig, step, frames=frames, interval=40)

# cause: minibatches/not-shuffled
