"""wrong make_data: the noise is normal, not uniform"""
import torch
import numpy as np
from matplotlib import pyplot as plt
from matplotlib import animation


def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1., 1)
    y = x@w + torch.randn(n)
    return x, y


n = 60
w = torch.tensor([3., 2.])
x, y = make_data(n, w)


def predict(x, w):
    return x@w


def mse(y_hat, y):
    return ((y_hat-y)**2).mean()


w = torch.tensor([-1., 1.])
w.requires_grad = True


def gradient(x, y, w):
    if w.grad is not None:
        w.grad.zero_()
    loss = mse(predict(x, w), y)
    loss.backward()
    g = w.grad.clone()
    w.grad.zero_()
    return g


lr = 1e-1
epochs = 20
epoch = 0
batch_size = 16
frames = 40


def update():
    y_hat = predict(x, w)
    loss = mse(y_hat, y)
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
    if w.grad is not None:
        w.grad.zero_()
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()


def train():
    global epoch
    losses = []
    for epoch in range(epochs):
        losses.append(mse(predict(x, w), y).item())
        update()
    return losses


def minibatches(x, y, batch_size):
    order = torch.randperm(len(y))
    for i in range(0, len(y), batch_size):
        yield x[order[i:i+batch_size]], y[order[i:i+batch_size]]


def train_minibatch():
    # update() looks at the globals x and y, so they are swapped for the batch
    global x, y, epoch
    all_x, all_y = x, y
    losses = []
    for epoch in range(epochs):
        for x, y in minibatches(all_x, all_y, batch_size):
            update()
        losses.append(mse(predict(all_x, w), all_y).item())
    x, y = all_x, all_y
    return losses


def sigmoid(z):
    return 1/(1+torch.exp(-z))


def predict_proba(x, w):
    return sigmoid(x@w)


def cross_entropy(p, y):
    p = p.clamp(1e-7, 1-1e-7)
    return -(y*torch.log(p) + (1-y)*torch.log(1-p)).mean()


def update_logistic():
    loss = cross_entropy(predict_proba(x, w), y)
    if w.grad is not None:
        w.grad.zero_()
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()


def train_logistic():
    global epoch
    losses = []
    for epoch in range(epochs):
        losses.append(cross_entropy(predict_proba(x, w), y).item())
        update_logistic()
    return losses


def plot_fit(x, y, w):
    plt.figure()
    plt.scatter(x[:, 0], y)
    plt.scatter(x[:, 0], (x@w).detach())
    return plt.gca()


def animate_fit():
    fig = plt.figure()
    plt.scatter(x[:, 0], y, c='orange')
    line, = plt.plot(x[:, 0], (x@w).detach())
    plt.close()

    def animate(i):
        update()
        line.set_ydata((x@w).detach())
        return line,

    return animation.FuncAnimation(fig, animate, np.arange(0, frames), interval=20)


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

# cause: make_data/gaussian-noise
