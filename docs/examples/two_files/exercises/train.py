# %% [markdown]
# # Lab 8: training
#
# The model is in `model.py`, beside this file.

# %%
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from model import Classifier, accuracy


# %%
def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor
) -> float:
    """Take one step on the cross entropy of all samples.

    Args:
        model: The model; its parameters change in place.
        optimizer: An optimizer of its parameters. Old gradients may be stored in these.
        x: Samples, (n, n_in).
        y: The classes, (n,), integers from 0.

    Returns:
        The loss before the step, as a plain number.
    """
    raise NotImplementedError("lab 8: write train_step()")


# %%
def fit(model: nn.Module, x: Tensor, y: Tensor, lr: float, epochs: int) -> list[float]:
    """Train a model by plain gradient descent: one step on all samples in each epoch.

    Args:
        model: The model; its parameters change in place.
        x: Samples, (n, n_in).
        y: The classes, (n,), integers from 0.
        lr: The learning rate.
        epochs: The number of steps.

    Returns:
        The loss before each step: a list of `epochs` plain numbers.
    """
    raise NotImplementedError("lab 8: write fit()")

# %%
if __name__ == "__main__":
    torch.manual_seed(0)
    x = torch.randn(60, 2)
    y = (x[:, 0] * x[:, 1] > 0).long()  # no straight line separates these
    model = Classifier(2, 16, 2)
    losses = fit(model, x, y, lr=0.5, epochs=300)
    print(f"loss {losses[0]:.2f} -> {losses[-1]:.2f}, accuracy {accuracy(model(x), y):.2f}")
