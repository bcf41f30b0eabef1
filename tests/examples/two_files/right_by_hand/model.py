import math

import torch


class Layer(torch.nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        bound = 1 / math.sqrt(n_in)
        self.weight = torch.nn.Parameter(torch.empty(n_out, n_in).uniform_(-bound, bound))
        self.bias = torch.nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class Classifier(torch.nn.Module):
    def __init__(self, n_in, n_hidden, n_classes):
        super().__init__()
        self.hidden, self.out = Layer(n_in, n_hidden), Layer(n_hidden, n_classes)

    def forward(self, x):
        e = torch.exp(2 * self.hidden(x))
        return self.out((e - 1) / (e + 1))


def accuracy(logits, y):
    right = 0
    for row, label in zip(logits.tolist(), y.tolist()):
        right += row.index(max(row)) == label
    return right / len(y)
