"""With what PyTorch has for it: TensorDataset, DataLoader, torch.optim and nn.functional."""

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def synthetic_data(w, b, num_examples):
    X = torch.distributions.Normal(0.0, 1.0).sample((num_examples, w.shape[0]))
    y = F.linear(X, w[None], torch.tensor([b]))
    return X, y + torch.empty_like(y).normal_(std=0.01)


def data_iter(batch_size, features, labels):
    return DataLoader(TensorDataset(features, labels), batch_size=batch_size, shuffle=True)


def linreg(X, w, b):
    return F.linear(X, w.T, b)


def squared_loss(y_hat, y):
    return F.mse_loss(y_hat, y.reshape(y_hat.shape), reduction="none") / 2


def sgd(params, lr, batch_size):
    optimizer = torch.optim.SGD(params, lr=lr / batch_size)
    optimizer.step()
    optimizer.zero_grad()


def train(w, b, features, labels, lr, num_epochs, batch_size):
    optimizer = torch.optim.SGD([w, b], lr=lr)
    loader = DataLoader(TensorDataset(features, labels), batch_size, shuffle=True)
    losses = []
    for _ in range(num_epochs):
        for X, y in loader:
            optimizer.zero_grad()
            (F.mse_loss(linreg(X, w, b), y) / 2).backward()
            optimizer.step()
        optimizer.zero_grad()
        losses.append(F.mse_loss(linreg(features, w, b), labels) / 2)
    return losses
