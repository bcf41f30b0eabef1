from model import *


def _loss(model, x, y):
    logits = model(x)
    return (torch.logsumexp(logits, 1) - logits[torch.arange(len(y)), y]).mean()


def train_step(model, optimizer, x, y):
    loss = _loss(model, x, y)
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    loss.backward()
    optimizer.step()
    return loss.item()


def fit(model, x, y, lr, epochs):
    losses = []
    for _ in range(epochs):
        loss = _loss(model, x, y)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for p, g in zip(model.parameters(), gradients):
                p -= lr * g
        losses.append(loss.item())
    return losses
