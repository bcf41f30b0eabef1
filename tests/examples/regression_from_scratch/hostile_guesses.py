"""Returns things of the right shape without solving anything; it earns nothing for that."""
# expect: score=4

import torch


def synthetic_data(w, b, num_examples):
    # The shapes are right, and every call draws anew; but nothing is normal.
    return torch.rand(num_examples, len(w)), torch.rand(num_examples, 1)


def data_iter(batch_size, features, labels):
    while True:
        yield features[:batch_size], labels[:batch_size]


def linreg(X, w, b):
    return torch.zeros(len(X), 1) * w.sum() * b


class Losses(torch.Tensor):
    def __eq__(self, other):
        return True

    __hash__ = None


def squared_loss(y_hat, y):
    return torch.zeros_like(y_hat).as_subclass(Losses)


def sgd(params, lr, batch_size):
    params.clear()


def train(w, b, features, labels, lr, num_epochs, batch_size):
    global data_iter
    data_iter = None
    return [0.0] * num_epochs
