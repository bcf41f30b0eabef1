# %% [markdown]
# # Lab 8: a classifier in two files
#
# This file has the model, and `train.py` trains it. Hand in both.

# %%
import torch
from torch import Tensor, nn


# %%
class Classifier(nn.Module):
    """A network with one hidden layer that tells classes apart.

    Attributes:
        hidden: The first layer, an nn.Linear from n_in to n_hidden.
        out: The second layer, an nn.Linear from n_hidden to n_classes.
    """

    def __init__(self, n_in: int, n_hidden: int, n_classes: int) -> None:
        """Make the two layers, as `self.hidden` and `self.out`.

        Args:
            n_in: The number of features of a sample.
            n_hidden: The number of hidden units.
            n_classes: The number of classes.
        """
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: the first layer, tanh, and the second layer.

        Args:
            x: Samples, (n, n_in).

        Returns:
            Logits, (n, n_classes), which are not probabilities yet.
        """
        return self.out(torch.tanh(self.hidden(x)))


# %%
def accuracy(logits: Tensor, y: Tensor) -> float:
    """Return the part of the samples whose largest logit is that of their class.

    Args:
        logits: Logits, (n, n_classes).
        y: The classes, (n,), integers from 0.

    Returns:
        A number from 0 to 1, as a float or a tensor with a single number.
    """
    return (logits.argmax(dim=1) == y).float().mean().item()
