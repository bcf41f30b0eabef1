"""wrong minibatches: rows are drawn with replacement, so some come twice and some never"""
# -*- coding: utf-8 -*-
# Labor 4, Abgabe
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib import animation

ANSWERS = {'ones_column': 'b', 'uniform_': 'd', 'trailing_underscore': 'a',
           'gradient_of_w': 'c', 'zero_grad': 'b', 'learning_rate': 'd',
           'epoch': 'f', 'minibatch': 'a', 'sgd': 'g',
           'model': 'b', 'parameters': 'e', 'loss_function': 'c'}


def make_data(n, w):
    merkmal = np.random.uniform(-1, 1, size=n).astype(np.float32)
    eins = np.ones(n, dtype=np.float32)
    x = torch.from_numpy(np.column_stack([merkmal, eins]))
    rauschen = torch.from_numpy(np.random.uniform(0, 1, size=n).astype(np.float32))
    return x, x @ w + rauschen


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    fehler = y_hat - y
    return (fehler ** 2).sum() / fehler.numel()


def gradient(x, y, w):
    copy = w.detach().clone().requires_grad_(True)
    mse(predict(x, copy), y).backward()
    return copy.grad


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
    n = x.shape[0]
    for anfang in range(0, n, batch_size):
        anzahl = min(batch_size, n - anfang)
        zeilen = np.random.choice(n, size=anzahl)
        yield x[zeilen], y[zeilen]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    verlauf = []
    for epoche in range(epochs):
        werte = []
        for xb, yb in minibatches(x, y, batch_size):
            werte.append(float(update(xb, yb, w, lr)))
        verlauf.append(float(np.mean(werte)))
    return verlauf


def sigmoid(z):
    return 0.5 + 0.5 * torch.tanh(0.5 * z)


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
        verlauf.append(float(update_logistic(x, y, w, lr)))
    return verlauf


def plot_fit(x, y, w):
    xs = x[:, 0].numpy()
    gewichte = w.detach().numpy()
    bild, achse = plt.subplots()
    achse.scatter(xs, y.numpy(), label="Daten")
    gitter = np.linspace(xs.min(), xs.max(), 20)
    achse.plot(gitter, gewichte[0] * gitter + gewichte[1], "r", label="Modell")
    achse.legend()
    return achse


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

# cause: minibatches/with-replacement
