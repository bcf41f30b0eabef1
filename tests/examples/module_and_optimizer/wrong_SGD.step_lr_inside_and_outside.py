"""The learning rate is a factor of the velocity, and again of the step."""

import torch
from torch import nn


class HyperParameters:
    def save_hyperparameters(self, **given):
        for name, value in given.items():
            setattr(self, name, value)


def init_weights(layer):
    if type(layer) == nn.Linear:
        nn.init.normal_(layer.weight, mean=0, std=(2 / layer.weight.shape[1]) ** 0.5)
        nn.init.constant_(layer.bias, 0)


class TwoLayerNet(nn.Module, HyperParameters):
    def __init__(self, num_inputs, num_hiddens, num_outputs):
        super().__init__()
        self.save_hyperparameters(num_inputs=num_inputs, num_outputs=num_outputs)
        self.hidden = nn.Linear(num_inputs, num_hiddens)
        self.output = nn.Linear(num_hiddens, num_outputs)
        self.apply(init_weights)

    def forward(self, X):
        H = torch.max(self.hidden(X), torch.zeros(1))
        return self.output(H)


class SGD(HyperParameters):
    """Minibatch stochastic gradient descent."""

    def __init__(self, params, lr, momentum=0.0):
        self.save_hyperparameters(params=[*params], lr=lr, momentum=momentum)
        self.velocities = [None] * len(self.params)

    def step(self):
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            v = self.velocities[i]
            v = param.grad.clone() if v is None else self.momentum * v + self.lr * param.grad
            self.velocities[i] = v
            param.data -= self.lr * v

    def zero_grad(self):
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()


class Accumulator:
    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def __getitem__(self, idx):
        return self.data[idx]


def train(net, trainer, X, y, num_epochs):
    loss = nn.CrossEntropyLoss(reduction="none")
    if isinstance(net, torch.nn.Module):
        net.train()
    history = []
    for _ in range(num_epochs):
        l = loss(net(X), y)
        trainer.zero_grad()
        l.mean().backward()
        trainer.step()
        metric = Accumulator(2)
        metric.add(l.sum(), y.numel())
        history.append(metric[0] / metric[1])
    return history


def accuracy(net, X, y):
    was = net.training
    net.eval()
    y_hat = net(X)
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    if was:
        net.train()
    return float(cmp.type(y.dtype).sum()) / len(y)
