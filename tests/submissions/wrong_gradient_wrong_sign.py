"""wrong gradient: the residual is turned round, so the sign is wrong"""
# All derivatives were worked out with pencil and paper, so autograd has nothing to do here.
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation


def make_data(n, w):
    x = torch.empty(n, 2)
    x[:, 0].uniform_(-1, 1)
    x[:, 1].fill_(1)
    y = x[:, 0] * w[0] + w[1] + torch.rand(n)
    return x, y


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    r = y_hat - y
    return (r @ r) / len(r)


def gradient(x, y, w):
    # L = 1/n sum (y - xw)^2   =>   dL/dw = 2/n X^T (y - Xw)
    with torch.no_grad():
        residual = y - predict(x, w)
        return 2 * x.T @ residual / len(y)


def update(x, y, w, lr):
    loss = mse(predict(x, w), y).detach()
    step = lr * gradient(x, y, w)
    with torch.no_grad():
        w -= step
    return loss


def train(x, y, w, lr, epochs):
    curve = torch.zeros(epochs)
    for e in range(epochs):
        curve[e] = update(x, y, w, lr)
    return curve.tolist()


def minibatches(x, y, batch_size):
    p = torch.randperm(y.numel())
    return list(zip(x[p].split(batch_size), y[p].split(batch_size)))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    curve = []
    for e in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            step = lr * gradient(xb, yb, w)
            w.data.sub_(step)
        curve.append(float(mse(predict(x, w.detach()), y)))
    return curve


def sigmoid(z):
    # sigmoid and tanh are the same curve, stretched; this one never overflows
    return 0.5 * (1 + torch.tanh(z / 2))


def predict_proba(x, w):
    return sigmoid(x @ w)


def cross_entropy(p, y):
    tiny = 1e-8
    return -torch.mean(y * torch.log(p + tiny) + (1 - y) * torch.log(1 - p + tiny))


def update_logistic(x, y, w, lr):
    # here the derivative is 1/n X^T (p - y)
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        w -= lr * (x.T @ (p - y)) / len(y)
    return loss


def train_logistic(x, y, w, lr, epochs):
    curve = torch.zeros(epochs)
    for e in range(epochs):
        curve[e] = update_logistic(x, y, w, lr)
    return curve.tolist()


@torch.no_grad()
def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    order = x[:, 0].argsort()
    ax.scatter(x[:, 0], y, color="steelblue")
    ax.plot(x[order, 0], predict(x[order], w), color="crimson")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    return ax


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y, color="steelblue")
    ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
    line, = ax.plot(ends[:, 0], predict(ends, w).detach(), color="crimson")

    def frame(i):
        update(x, y, w, lr)
        line.set_ydata(predict(ends, w).detach())
        return line,

    return FuncAnimation(fig, frame, frames=frames, interval=40)


ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}

# cause: gradient/wrong-sign
