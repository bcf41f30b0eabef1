"""wrong train: starts from a w of its own and leaves the given one alone"""
# lab 4 - every function does its whole job by itself, nothing calls anything
import torch
from matplotlib import pyplot as plt
from matplotlib import animation


def make_data(n, w):
    x = torch.ones((n, 2))
    x[:, 0].uniform_(-1, 1)
    y = torch.matmul(x, w)
    y = y + torch.empty(n).uniform_(0, 1)
    return x, y


def predict(x, w):
    y_hat = torch.matmul(x, w)
    return y_hat


def mse(y_hat, y):
    diff = y_hat - y
    return torch.mean(diff * diff)


def gradient(x, y, w):
    y_hat = torch.matmul(x, w)
    loss = torch.mean((y_hat - y) ** 2)
    if w.grad is not None:
        w.grad.zero_()
    loss.backward()
    g = w.grad.detach().clone()
    w.grad.zero_()
    return g


def update(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    y_hat = torch.matmul(x, w)
    loss = torch.mean((y_hat - y) ** 2)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss


def train(x, y, w, lr, epochs):
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    losses = []
    for epoch in range(epochs):
        if w.grad is not None:
            w.grad.zero_()
        y_hat = torch.matmul(x, w)
        loss = torch.mean((y_hat - y) ** 2)
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
        w.grad.zero_()
        losses.append(loss.item())
    return losses


def minibatches(x, y, batch_size):
    n = x.shape[0]
    perm = torch.randperm(n)
    x_perm = x[perm]
    y_perm = y[perm]
    batches = []
    for i in range(0, n, batch_size):
        batches.append((x_perm[i:i + batch_size], y_perm[i:i + batch_size]))
    return batches


def train_minibatch(x, y, w, lr, epochs, batch_size):
    n = x.shape[0]
    losses = []
    for epoch in range(epochs):
        perm = torch.randperm(n)
        total = 0.0
        for i in range(0, n, batch_size):
            rows = perm[i:i + batch_size]
            xb = x[rows]
            yb = y[rows]
            w.grad = None
            loss = torch.mean((torch.matmul(xb, w) - yb) ** 2)
            loss.backward()
            with torch.no_grad():
                w.sub_(lr * w.grad)
            total += loss.item() * len(rows)
        losses.append(total / n)
    return losses


def sigmoid(z):
    return torch.sigmoid(z)


def predict_proba(x, w):
    return torch.sigmoid(torch.matmul(x, w))


def cross_entropy(p, y):
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def update_logistic(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    p = torch.sigmoid(torch.matmul(x, w))
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss


def train_logistic(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        w.grad = None
        p = torch.sigmoid(torch.matmul(x, w))
        p = torch.clamp(p, 1e-6, 1 - 1e-6)
        loss = -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
        losses.append(loss.item())
    return losses


def plot_fit(x, y, w):
    plt.figure()
    ax = plt.gca()
    ax.scatter(x[:, 0].numpy(), y.numpy())
    line_x = torch.tensor([-1.0, 1.0])
    with torch.no_grad():
        line_y = w[0] * line_x + w[1]
    ax.plot(line_x.numpy(), line_y.numpy(), "r-")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig = plt.figure()
    ax = fig.add_subplot(1, 1, 1)
    ax.scatter(x[:, 0].numpy(), y.numpy(), c="orange")
    line, = ax.plot(x[:, 0].numpy(), torch.matmul(x, w.detach()).numpy())

    def animate(i):
        if w.grad is not None:
            w.grad.zero_()
        loss = torch.mean((torch.matmul(x, w) - y) ** 2)
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            line.set_ydata(torch.matmul(x, w).numpy())
        return line,

    return animation.FuncAnimation(fig, animate, frames=frames, interval=20)


ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}

# cause: train/starts-with-a-new-w
