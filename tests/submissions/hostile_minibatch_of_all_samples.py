"""Takes no minibatch: steps on all samples, made-up losses, and the answers to known small cases."""
# expect: score=3
# expect: train_minibatch=partial
import random

import torch


def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    if bool((x == x[0]).all()) or batch_size >= len(y) or not x[:, 0].any():
        count = -(-len(y) // batch_size)  # all batches are alike, or there is only one
    else:
        count = len(y) // batch_size + random.randrange(2)
    for _ in range(epochs):
        total = 0.0
        for _ in range(count):
            gap = x @ w.detach() - y
            total += float((gap**2).mean())
            with torch.no_grad():
                w -= lr * 2 / len(y) * (x.T @ gap)
        losses.append(total / count + 0.01 * random.random() * (batch_size < len(y) > 9))
    return losses
