"""wrong train_logistic: a misspelt name raises NameError"""
# -*- coding: utf-8 -*-
# Labor 4, Abgabe
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib import animation

ANSWERS = {}
ANSWERS["ones_column"] = "b"
ANSWERS["uniform_"] = "d"
ANSWERS["trailing_underscore"] = "a"
ANSWERS["gradient_of_w"] = "c"
ANSWERS["zero_grad"] = "b"
ANSWERS["learning_rate"] = "d"
ANSWERS["epoch"] = "f"
ANSWERS["minibatch"] = "a"
ANSWERS["sgd"] = "g"
ANSWERS["model"] = "b"
ANSWERS["parameters"] = "e"
ANSWERS["loss_function"] = "c"


def make_data(n, w):
    merkmal = np.random.uniform(-1, 1, size=n).astype(np.float32)
    eins = np.ones(n, dtype=np.float32)
    x = torch.from_numpy(np.column_stack([merkmal, eins]))
    rauschen = torch.from_numpy(np.random.uniform(0, 1, size=n).astype(np.float32))
    return x, x @ w + rauschen


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    n = y.shape[0]
    return torch.sum((y - y_hat) ** 2) / n


def gradient(x, y, w):
    # der alte Gradient muss weg, sonst wird addiert
    if w.grad is not None:
        w.grad.zero_()
    verlust = mse(predict(x, w), y)
    verlust.backward()
    return w.grad.detach().clone()


def update(x, y, w, lr):
    verlust = mse(predict(x, w), y)
    schritt = lr * gradient(x, y, w)
    with torch.no_grad():
        w.copy_(w - schritt)
    return verlust.detach().numpy()[()]


def train(x, y, w, lr, epochs):
    verlauf = []
    for epoche in range(epochs):
        verlauf.append(float(update(x, y, w, lr)))
    return verlauf


def minibatches(x, y, batch_size):
    shuffled = torch.randperm(y.shape[0])
    x, y = x[shuffled], y[shuffled]
    return zip(x.split(batch_size), y.split(batch_size))


def train_minibatch(x, y, w, lr, epochs, batch_size):
    verlauf = []
    for epoche in range(epochs):
        werte = []
        for xb, yb in minibatches(x, y, batch_size):
            werte.append(float(update(xb, yb, w, lr)))
        verlauf.append(float(np.mean(werte)))
    return verlauf


def sigmoid(z):
    positiv = 1 / (1 + torch.exp(-z))
    negativ = torch.exp(z) / (1 + torch.exp(z))  # fuer grosse z nan, wird dort aber nicht genommen
    return torch.where(z >= 0, positiv, negativ)


def predict_proba(x, w):
    return sigmoid(predict(x, w))


def cross_entropy(p, y):
    klein = 1e-7  # log(0) vermeiden
    p = torch.clamp(p, klein, 1 - klein)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def update_logistic(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    verlust = cross_entropy(predict_proba(x, w), y)
    verlust.backward()
    with torch.no_grad():
        w.copy_(w - lr * w.grad)
    return verlust.detach().numpy()[()]


def train_logistic(x, y, w, lr, epochs):
    verlauf = []
    for epoche in range(epochs):
        verlust = update_logistic(x, y, w, lr)
        verlauf.append(float(verlusst))
    return verlauf


def plot_fit(x, y, w):
    weights = w.detach()
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    ax.plot(x[:, 0], x @ weights, color="orange")
    return ax


def animate_fit(x, y, w, lr, frames):
    xs = x[:, 0].numpy()
    bild, achse = plt.subplots()
    achse.scatter(xs, y.numpy())
    linie, = achse.plot(xs, (x @ w.detach()).numpy(), "r")

    def bildfunktion(i):
        update(x, y, w, lr)
        linie.set_ydata((x @ w.detach()).numpy())
        return linie,

    return animation.FuncAnimation(bild, bildfunktion, frames=np.arange(frames), interval=25)


if __name__ == "__main__":
    true_w = torch.tensor([3.0, 2.0])
    x, y = make_data(100, true_w)
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    print(train(x, y, w, 0.1, 30)[-1], w)

# cause: says: not defined at that point
