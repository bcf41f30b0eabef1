import torch
import torch.nn as nn
import torch.nn.functional as F


class Classifier(nn.Module):
    def __init__(self, n_in, n_hidden, n_classes):
        super(Classifier, self).__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_classes)

    def forward(self, x):
        x = self.hidden(x)
        x = F.tanh(x)
        x = self.out(x)
        return x


def accuracy(logits, y):
    predicted = torch.max(logits, 1)[1]
    correct = (predicted == y).sum().item()
    return correct / y.size(0)
