"""Zeros of the right shapes, and whatever raises nothing.

# expect: score=0
"""
import numpy as np


def affine_forward(x, w, b):
    return np.zeros((len(x), w.shape[1])), (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)


def relu_forward(x):
    return np.zeros_like(x), x


def relu_backward(dout, cache):
    return np.zeros_like(dout)


def softmax_loss(x, y):
    return 0.0, np.zeros_like(x)


def network_loss(x, y, params, reg):
    return 0.0, {name: np.zeros_like(one) for name, one in params.items()}


def sgd_momentum(w, dw, config):
    return w, config


def adam(w, dw, config):
    return w, config
