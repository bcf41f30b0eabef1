# The files import each other.
import train
from torch import nn, tanh


class Classifier(nn.Module):
    def __init__(self, n_in, n_hidden, n_classes):
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_classes)

    def forward(self, x):
        return self.out(tanh(self.hidden(x)))

    def learn(self, *data, lr=0.1, epochs=10):
        return train.fit(self, *data, lr, epochs)


def accuracy(logits, y):
    return 1 - (logits.topk(1).indices[:, 0] != y).float().mean()
