"""Replaces every function that could compare; nothing else is right."""
# expect: score=0

import numpy
import torch

torch.allclose = torch.equal = torch.isclose = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
torch.Tensor.__eq__ = lambda self, other: True
numpy.allclose = numpy.array_equal = numpy.isclose = lambda *args, **kwargs: True


def predict(x, w):
    return torch.zeros(len(x), requires_grad=True) * w[0] * 0


def mse(y_hat, y):
    return (y_hat * 0).sum()


def gradient(x, y, w):
    return torch.zeros(2)


def update(x, y, w, lr):
    return torch.tensor(0.0)


def train(x, y, w, lr, epochs):
    return [0.0] * epochs
