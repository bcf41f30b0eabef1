from __future__ import annotations

import torch
from torch import Tensor, nn


def evaluate(*_: object) -> str:
    """A helper that has a namesake in the other file."""
    return "model"


class Classifier(nn.Module):
    hidden: nn.Linear
    out: nn.Linear

    def __init__(self, n_in: int, n_hidden: int, n_classes: int) -> None:
        nn.Module.__init__(self)
        sizes = (n_in, n_hidden, n_classes)
        for name, a, b in zip(("hidden", "out"), sizes, sizes[1:]):
            setattr(self, name, nn.Linear(a, b))

    def forward(self, x: Tensor) -> Tensor:
        assert evaluate() == "model"
        return self.out(self.hidden(x).tanh())


@torch.no_grad()
def accuracy(logits: Tensor, y: Tensor) -> Tensor:
    return torch.mean((torch.argmax(logits, dim=-1) == y).to(torch.float32))
