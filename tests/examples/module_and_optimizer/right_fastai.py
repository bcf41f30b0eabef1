"""As in fast.ai: small steps of an optimizer as functions, decorators, a learner with a context."""

from contextlib import contextmanager
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn, tensor


class TwoLayerNet(nn.Module):
    def __init__(self, n_in, nh, n_out):
        super().__init__()
        self.hidden, self.output = nn.Linear(n_in, nh), nn.Linear(nh, n_out)
        for l in self.children():
            l.weight.data = torch.randn(l.weight.shape) * (2 / l.in_features) ** 0.5
            l.bias.data.fill_(0.0)

    def forward(self, xb):
        return self.output(self.hidden(xb).clamp_min(0.0))


def average_grad(p, mom, grad_avg=None, **kwargs):
    if grad_avg is None:
        grad_avg = torch.zeros_like(p.grad.data)
    return {"grad_avg": grad_avg * mom + p.grad.data}


def momentum_step(p, lr, grad_avg, **kwargs):
    p.data.add_(grad_avg, alpha=-lr)


class SGD:
    def __init__(self, params, lr, momentum=0.0, cbs=(average_grad, momentum_step)):
        self.params, self.lr, self.momentum = list(params), lr, momentum
        self.state = {}
        self.cbs = cbs

    def step(self):
        for p in filter(lambda p: p.grad is not None, self.params):
            for cb in self.cbs:
                state = self.state.get(p, {})
                new = cb(p, lr=self.lr, mom=self.momentum, **state)
                if new is not None:
                    self.state[p] = {**state, **new}

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.detach_()
                p.grad = torch.zeros_like(p.grad)


@contextmanager
def mode(model, training):
    old = model.training
    model.train(training)
    try:
        yield model
    finally:
        model.train(old)


class Learner:
    def __init__(self, model, opt, loss_func=F.cross_entropy):
        self.model, self.opt, self.loss_func = model, opt, loss_func
        self.losses = []

    def one_batch(self, xb, yb):
        self.loss = self.loss_func(self.model(xb), yb)
        self.loss.backward()
        self.opt.step()
        self.opt.zero_grad()
        self.losses.append(self.loss.detach())

    def fit(self, n, xb, yb):
        self.opt.zero_grad()
        with mode(self.model, True):
            for _ in range(n):
                self.one_batch(xb, yb)


def train(net, optimizer, x, y, epochs):
    learn = Learner(net, optimizer)
    learn.fit(epochs, x, y)
    return torch.stack(learn.losses)


@torch.no_grad()
def accuracy(net, x, y):
    with mode(net, False) as model:
        return (model(x).argmax(dim=-1) == y).float().mean()
