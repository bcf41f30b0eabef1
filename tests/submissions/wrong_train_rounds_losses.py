"""train() rounds its losses, to print them."""
import torch
import matplotlib.pyplot as plt
from matplotlib import animation

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


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = x @ w + noise
    return x, y


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward()
    return w.grad.clone()


def update(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    return loss.item()


# cause: says: right but rounded to 2 decimals
def train(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        losses.append(round(float(update(x, y, w, lr)), 2))
    return losses


def minibatches(x, y, batch_size):
    perm = torch.randperm(len(x))
    batches = []
    for start in range(0, len(x), batch_size):
        idx = perm[start:start + batch_size]
        batches.append((x[idx], y[idx]))
    return batches


def train_minibatch(x, y, w, lr, epochs, batch_size):
    history = []
    for epoch in range(epochs):
        total = 0.0
        count = 0
        for xb, yb in minibatches(x, y, batch_size):
            total += update(xb, yb, w, lr)
            count += 1
        history.append(total / count)
    return history


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    p = torch.clamp(p, 1e-6, 1 - 1e-6)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    losses = []
    for epoch in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    xs = torch.tensor([-1.0, 1.0])
    ys = w[0].item() * xs + w[1].item()
    ax.plot(xs, ys, color="red")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig = plt.figure()
    plt.scatter(x[:, 0], y, c="orange")
    line, = plt.plot(x[:, 0], predict(x, w).detach())
    plt.close()

    def animate(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return animation.FuncAnimation(fig, animate, frames, interval=20)
