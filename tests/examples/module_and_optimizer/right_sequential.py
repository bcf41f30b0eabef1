"""A Sequential inside, whose layers have names of their own; foreach operations; keyword arguments."""

import collections

import torch
from torch import nn
from torch.nn import functional

Pair = collections.namedtuple("Pair", "param velocity")


class TwoLayerNet(nn.Module):
    """The layers are those of a Sequential, and properties give them their names."""

    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        sizes = [n_in, n_hidden, n_out]
        self.layers = nn.Sequential(
            nn.Linear(*sizes[:2]), nn.ReLU(inplace=True), nn.Linear(*sizes[1:])
        )
        with torch.no_grad():
            for name, p in self.named_parameters():
                if name.endswith("weight"):
                    p.normal_().mul_((2 / p.size(1)) ** 0.5)
                else:
                    p.zero_()

    @property
    def hidden(self):
        return self.layers[0]

    @property
    def output(self):
        return self.layers[-1]

    def forward(self, x):
        return self.layers(x)


class SGD:
    __slots__ = ("pairs", "lr", "momentum")

    def __init__(self, params, lr, momentum=0.0):
        self.pairs = [Pair(p, torch.zeros_like(p)) for p in params]
        self.lr = lr
        self.momentum = momentum

    @torch.no_grad()
    def step(self):
        ready = [pair for pair in self.pairs if pair.param.grad is not None]
        if not ready:
            return
        params, velocities = map(list, zip(*ready))
        torch._foreach_mul_(velocities, self.momentum)
        torch._foreach_add_(velocities, [p.grad for p in params])
        torch._foreach_add_(params, velocities, alpha=-self.lr)

    def zero_grad(self, set_to_none=True):
        for param, _ in self.pairs:
            if set_to_none:
                param.grad = None
            elif param.grad is not None:
                param.grad.zero_()


def _epoch(net, optimizer, *, inputs, labels):
    optimizer.zero_grad()
    loss = functional.nll_loss(functional.log_softmax(net(inputs), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss


def train(net, optimizer, x, y, epochs):
    net.train(True)
    return [_epoch(net, optimizer, inputs=x, labels=y) for _ in range(epochs)]


def accuracy(net, x, y):
    training, _ = net.training, net.train(False)
    with torch.inference_mode():
        right = net(x).topk(1).indices.squeeze(1).eq(y)
    net.train(training)
    return right.double().mean().item()
