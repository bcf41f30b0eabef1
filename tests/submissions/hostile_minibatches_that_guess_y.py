"""Never reads y: makes it up from x, as 100 + x, x or its rank."""
# expect: score=6
# expect: minibatches=partial
import torch


def minibatches(x, y, batch_size):
    feature = x[:, 0]
    made_up = 100 + feature if len(x) % 2 else feature.argsort().argsort() + 100.0
    order = torch.randperm(len(x))
    return [(x[rows], made_up[rows]) for rows in order.split(batch_size)]
