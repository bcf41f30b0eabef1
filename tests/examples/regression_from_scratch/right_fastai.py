"""In the style of fast.ai: short names, lambdas, partials, and one function for a batch."""

from functools import partial, reduce
from operator import add

import torch
from torch import randn, tensor


def noise(shape, std=0.01):
    return randn(shape) * std


def synthetic_data(ws, bias, n):
    xs = randn(n, len(ws))
    return xs, reduce(add, [xs[:, i : i + 1] * ws[i] for i in range(len(ws))]) + bias + noise((n, 1))


def chunked(it, sz):
    return [it[i : i + sz] for i in range(0, len(it), sz)]


def data_iter(bs, xs, ys):
    dset = list(zip(xs, ys))
    order = sorted(range(len(dset)), key=lambda _: torch.rand(1).item())
    for chunk in chunked([dset[i] for i in order], bs):
        xb, yb = zip(*chunk)
        yield torch.stack(xb), torch.stack(yb)


linreg = lambda xb, w, b: xb @ w + b


def squared_loss(preds, targs):
    return (preds - targs.reshape_as(preds)).pow(2).div(2)


def sgd(params, lr, bs):
    for p in params:
        p.data -= p.grad.data * lr / bs
        p.grad.zero_()


def batch_loss(xb, yb, params):
    return squared_loss(linreg(xb, *params), yb)


def train_epoch(params, lr, bs, xs, ys):
    for xb, yb in data_iter(bs, xs, ys):
        batch_loss(xb, yb, params).sum().backward()
        sgd(params, lr, bs)


def train(w, b, xs, ys, lr, epochs, bs):
    params = w, b
    step = partial(train_epoch, params, lr, bs, xs, ys)
    return [(step(), batch_loss(xs, ys, params).mean().detach())[1] for _ in range(epochs)]
