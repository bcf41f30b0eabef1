"""Ends the process in the middle of calls; only mse() is honest."""
# expect: score=6

import os
import sys


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def predict(x, w):
    os._exit(0)


def sigmoid(z):
    sys.exit(0)


def gradient(x, y, w):
    raise KeyboardInterrupt


def update(x, y, w, lr):
    raise SystemExit(0)


def cross_entropy(p, y):
    raise GeneratorExit
