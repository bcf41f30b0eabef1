"""wrong predict: returns an (n, 1) column"""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = dict(ones_column='b', uniform_='d', trailing_underscore='a', gradient_of_w='c', zero_grad='b',
           learning_rate='d', epoch='f', minibatch='a', sgd='g', model='b', parameters='e', loss_function='c')


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n) * 2 - 1
    noise = torch.rand(n)
    return x, x @ w + noise


def predict(x, w):
    return x @ w.reshape(2, 1)


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def gradient(x, y, w):
    # start from an empty .grad, whatever somebody left there
    w.grad = None
    mse(predict(x, w), y).backward()
    return w.grad.clone()


def update(x, y, w, lr):
    before = mse(predict(x, w), y).item()
    g = gradient(x, y, w)
    with torch.no_grad():
        w -= lr * g
    return before


def train(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr))
    return losses


def minibatches(x, y, batch_size):
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start:start + batch_size]
        yield x[rows], y[rows]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        epoch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            epoch_losses.append(update(xb, yb, w, lr))
        losses.append(sum(epoch_losses) / len(epoch_losses))
    return losses


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    eps = 1e-7
    return -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()


def update_logistic(x, y, w, lr):
    w.grad = None
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.item()


def train_logistic(x, y, w, lr, epochs):
    return [update_logistic(x, y, w, lr) for _ in range(epochs)]


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, label="data")
    ax.plot(x[:, 0], predict(x, w).detach(), color="red", label="fit")
    ax.legend()
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot(x[:, 0], predict(x, w).detach(), color="red")

    def frame(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return line,

    return FuncAnimation(fig, frame, frames=frames)

# cause: predict/is-a-column
