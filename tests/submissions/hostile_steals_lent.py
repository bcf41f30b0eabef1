"""Keeps the right functions that are lent to update() and hopes to hand them in."""
# expect: score<=30

import torch

loot = {}


def predict(x, w):
    return loot["predict"](x, w) if "predict" in loot else x @ w + 1


def mse(y_hat, y):
    return loot["mse"](y_hat, y) if "mse" in loot else ((y_hat - y) ** 2).sum()


own_predict, own_mse = predict, mse


def gradient(x, y, w):
    if predict is not own_predict:
        loot.update(predict=predict, mse=mse)
        try:
            open("loot", "w").write("x")
        except OSError:
            pass
    return torch.autograd.grad(mse(predict(x, w), y), w)[0]


def update(x, y, w, lr):
    g = gradient(x, y, w)
    loss = mse(predict(x, w), y)
    with torch.no_grad():
        w -= lr * g
    return loss
