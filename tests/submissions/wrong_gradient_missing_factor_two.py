"""wrong gradient: derived by hand, the 2 of the square is missing"""
import torch, random, math
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}


def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    line, = ax.plot([-1, 1], [0, 0], linewidth=2)

    def show():
        slope, intercept = float(w[0]), float(w[1])
        line.set_data([-1, 1], [intercept - slope, intercept + slope])

    show()

    def next_frame(i):
        update(x, y, w, lr)
        show()
        return line,

    return FuncAnimation(fig, next_frame, frames=frames)


def cross_entropy(p, y):
    loss_if_one = -torch.log(p + 1e-7)
    loss_if_zero = -torch.log(1 - p + 1e-7)
    return torch.mean(torch.where(y > 0.5, loss_if_one, loss_if_zero))


def gradient(x, y, w):
    r = (predict(x, w) - y).detach()
    d_slope = (r * x[:, 0]).mean()
    d_intercept = r.mean()
    return torch.stack([d_slope, d_intercept])


# I like to see the slope and the intercept by name

def make_data(n, w):
    x = torch.ones(n, 2)
    for row in x:
        row[0].uniform_(-1, 1)
    noise = torch.rand(n)
    y = w[0] * x[:, 0] + w[1] + noise
    return x, y


def minibatches(x, y, batch_size):
    remaining = torch.randperm(x.size(0)).tolist()
    while remaining:
        now, remaining = remaining[:batch_size], remaining[batch_size:]
        yield x[now], y[now]


def mse(y_hat, y):
    total = 0
    for i in range(len(y)):
        total = total + (y_hat[i] - y[i]) ** 2
    return total / len(y)


def plot_fit(x, y, w):
    fig, ax = plt.subplots()
    order = torch.argsort(x[:, 0])
    xs = x[order]
    ax.plot(xs[:, 0], y[order], "x")
    ax.plot(xs[:, 0], (xs @ w).detach(), "-")
    return ax


def predict(x, w):
    slope, intercept = w[0], w[1]
    return slope * x[:, 0] + intercept * x[:, 1]


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def sigmoid(z):
    return 1 / (1 + math.e ** (-z))


def train(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update(x, y, w, lr))
    return losses


def train_logistic(x, y, w, lr, epochs):
    losses = []
    while len(losses) < epochs:
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for epoch in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            update(xb, yb, w, lr)
        losses.append(float(mse(predict(x, w), y).detach()))
    return losses


def update(x, y, w, lr):
    old_loss = mse(predict(x, w), y).item()
    d_slope, d_intercept = gradient(x, y, w)
    with torch.no_grad():
        w[0] = w[0] - lr * d_slope
        w[1] = w[1] - lr * d_intercept
    return old_loss


def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    d_slope, d_intercept = torch.autograd.grad(loss, w)[0]
    with torch.no_grad():
        w[0] -= lr * d_slope
        w[1] -= lr * d_intercept
    return loss.item()

# cause: gradient/factor-two-missing
