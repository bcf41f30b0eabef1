"""Floods the report with names, texts, notes and output that are as long as can be."""
# expect: score=0
# expect: max_seconds=120

import torch

LONG = "\u202e" + "A" * 1_000_000

for line in range(200):
    print(LONG[:20_000])


def _odd():
    return type(LONG, (), {"__repr__": lambda self: LONG})()


class Loud(Exception):
    def __str__(self):
        return LONG


Loud.__name__ = LONG


def make_data(n, w):
    return _odd()


def predict(x, w):
    raise Loud(LONG)


def mse(y_hat, y):
    raise type(LONG, (ValueError,), {})(LONG)


def gradient(x, y, w):
    return [_odd()] * 9_999


def update(x, y, w, lr):
    return {LONG + str(key): LONG for key in range(2_000)}


def train(x, y, w, lr, epochs):
    return [LONG] * epochs


def minibatches(x, y, batch_size):
    return [(LONG, _odd())] * 1_000


def sigmoid(z):
    return torch.full((1_000_000,), 1e-300, dtype=torch.float64)


def predict_proba(x, w):
    exec(f"def f_{'a' * 100_000}(): raise ValueError('x' * 10 ** 7)\nf_{'a' * 100_000}()")


def cross_entropy(p, y):
    return [[[[[[LONG] * 100] * 10] * 10] * 10] * 10]


ANSWERS = {LONG: LONG, "epoch": LONG, "sgd": _odd(), **{str(key): "a" * 1_000 for key in range(20_000)}}
