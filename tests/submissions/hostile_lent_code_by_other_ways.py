"""Attacks lending: tells what it reads in a lent child by names, lines, numbers, statuses and output."""
# expect: score=0

import builtins
import gc
import linecache
import os
import sys

import torch

MARK = "LE" + "AK:"  # not as such in any line that a report may quote


def _lent():
    """Return what can be read of the lent functions, or nothing in a child without any."""
    codes = [
        one.__code__
        for one in gc.get_objects()
        if type(one).__name__ == "function" and one.__code__.co_filename == "<lent>"
    ]
    return MARK + " ".join(f"{one.co_names} {one.co_consts}" for one in codes) if codes else ""


def gradient(x, y, w):
    told = _lent()
    if told:
        raise type(told[:150], (Exception,), {})(told)
    return 1


def update(x, y, w, lr):
    told = _lent()
    if told:
        print(told, flush=True)
        os.write(2, told.encode())
        linecache.cache[__file__] = (1, None, [told + "\n"] * 500, __file__)
        code = compile("\n" * 40 + "def f():\n    raise ValueError(told)", os.path.basename(__file__), "exec")
        exec(code, {"told": told})
        sys.modules["submission"].f = None
        raise ValueError(told)
    return 2


def train(x, y, w, lr, epochs):
    told = _lent()
    if told:
        return type(told[:150], (list,), {})(float(ord(letter)) for letter in told[:epochs])
    return 3


def train_minibatch(x, y, w, lr, epochs, batch_size):
    told = _lent()
    if told:
        os._exit(ord(told[6]))
    return 4


def predict_proba(x, w):
    told = _lent()
    if told:
        return type(told[:150], (), {"__repr__": lambda self: told, "__module__": told})()
    return 5


def update_logistic(x, y, w, lr):
    told = _lent()
    if told:
        builtins.Told = type("Told", (Exception,), {"__qualname__": told})
        raise NotImplementedError(told) from builtins.Told(told)
    return 6


def train_logistic(x, y, w, lr, epochs):
    told = _lent()
    if told:
        return {told: [told]}
    return 7


def plot_fit(x, y, w):
    told = _lent()
    if told:
        raise AttributeError(told, name=told, obj=told)
    return 8


def animate_fit(x, y, w, lr, frames):
    told = _lent()
    if told:
        raise ExceptionGroup(told, [ValueError(told)])
    return torch.tensor(9)
