"""Replaces the guest's own functions; what it returns is still wrong."""
# expect: score=0

import sys

import torch

guest = {name: module for name, module in sys.modules.items() if name.startswith("grader.")}
for name, module in guest.items():
    for attribute in ("describe", "describe_tensor", "bind_arguments", "lend", "tell"):
        if hasattr(module, attribute):
            setattr(module, attribute, lambda *args, **kwargs: None)
torch.autograd.grad = lambda *args, **kwargs: (torch.zeros(2),)
torch.Tensor.backward = lambda self, *args, **kwargs: None


def mse(y_hat, y):
    return torch.tensor(1.0, requires_grad=True)


def predict(x, w):
    return torch.ones(len(x), requires_grad=True)


def update(x, y, w, lr):
    return 1.0
