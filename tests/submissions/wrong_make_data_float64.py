"""wrong make_data: numpy's float64 comes through to x and y"""
# -*- coding: utf-8 -*-
# Labor 4, Abgabe
import random
import numpy as np
import torch
import matplotlib.pyplot as plt
from matplotlib import animation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c", "zero_grad": "b",
           "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g", "model": "b", "parameters": "e",
           "loss_function": "c"}


def make_data(n, w):
    merkmal = np.random.uniform(-1, 1, size=n)
    x = torch.from_numpy(np.column_stack([merkmal, np.ones(n)]))
    rauschen = torch.from_numpy(np.random.uniform(0, 1, size=n))
    return x, x @ w.double() + rauschen


def predict(x, w):
    return x @ w


def mse(y_hat, y):
    fehler = y_hat - y
    return (fehler ** 2).sum() / fehler.numel()


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
    pairs = list(zip(x, y))
    random.shuffle(pairs)
    for k in range(0, len(pairs), batch_size):
        xs, ys = zip(*pairs[k:k + batch_size])
        yield torch.stack(xs), torch.stack(ys)


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
    q = p * y + (1 - p) * (1 - y)   # what the model gave to the true class
    return -torch.log(q + 1e-8).mean()


def update_logistic(x, y, w, lr):
    if w.grad is not None:
        w.grad.zero_()
    verlust = cross_entropy(predict_proba(x, w), y)
    verlust.backward()
    with torch.no_grad():
        w.copy_(w - lr * w.grad)
    return verlust.detach().numpy()[()]


def train_logistic(x, y, w, lr, epochs):
    losses = [0.0] * epochs
    for i in range(epochs):
        losses[i] = float(update_logistic(x, y, w, lr))
    return losses


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

# cause: make_data/x-is-float64 | make_data/y-is-float64
