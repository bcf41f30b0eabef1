"""Draws no random number: noise that follows from x, a table that is turned, orders by a rule."""
# expect: make_data=partial
# expect: minibatches=partial
# expect: train_minibatch=partial
# expect: score<=15
import torch

calls = 0
TABLE = torch.rand(5000, generator=torch.Generator().manual_seed(1)) * 2 - 1


def make_data(n, w):
    global calls
    calls += 1
    feature = TABLE.roll(calls)[:n]
    x = torch.stack([feature, torch.ones(n)], dim=1)
    return x, x @ w + feature.abs()


def make_order(n):
    global calls
    calls += 1
    prime = next(one for one in (61, 71, 127) if one > n)
    return torch.tensor(sorted(range(n), key=lambda row: (row + 1) * pow(5, calls, prime) % prime))


def minibatches(x, y, batch_size):
    return [(x[rows], y[rows]) for rows in make_order(len(x)).split(batch_size)]


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        found = []
        for rows in make_order(len(y)).split(batch_size):
            gap = x[rows] @ w.detach() - y[rows]
            found.append(float((gap**2).mean()))
            w.data -= lr * 2 / len(rows) * (x[rows].T @ gap)
        losses.append(sum(found) / len(found))
    return losses
