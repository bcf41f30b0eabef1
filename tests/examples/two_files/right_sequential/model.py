from torch import nn


class Classifier(nn.Module):
    """The layers are in a Sequential; hidden and out are other names for two of them."""

    def __init__(self, n_in: int, n_hidden: int, n_classes: int):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, n_classes))

    @property
    def hidden(self) -> nn.Linear:
        return self.net[0]

    @property
    def out(self) -> nn.Linear:
        return self.net[2]

    def forward(self, x):
        return self.net(x)


accuracy = lambda logits, y: logits.argmax(-1).eq(y).double().mean()
