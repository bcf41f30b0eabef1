"""wrong animate_fit: the line gets heights that still require grad"""
# lab 4 - every function does its whole job by itself, nothing calls anything
import torch
from matplotlib import pyplot as plt
from matplotlib import animation


def make_data(n, w):
    features = 2.0 * torch.rand(n, 1) - 1.0
    x = torch.cat((features, torch.ones(n, 1)), 1)
    y = x.mv(w) + torch.rand(n)
    return x, y


def predict(x, w):
    return w[0] * x[:, 0] + w[1] * x[:, 1]


def mse(y_hat, y):
    n = y.shape[0]
    return torch.sum((y - y_hat) ** 2) / n


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
    return tuple(float(update(x, y, w, lr)) for _ in range(epochs))


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
    q = p * y + (1 - p) * (1 - y)   # what the model gave to the true class
    return -torch.log(q + 1e-8).mean()


def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    g = torch.autograd.grad(loss, w)[0]
    with torch.no_grad():
        w -= lr * g
    return loss.item()


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
        loss = update(x, y, w, lr)
        line.set_ydata(torch.matmul(x, w))
        ax.set_title("loss %.3f" % loss)
        return line,

    return animation.FuncAnimation(fig, animate, frames=frames, interval=20)


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

# cause: animate_fit/model-not-detached
