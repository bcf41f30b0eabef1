# %% [markdown]
# # Lab 0: a layer
#
# This file is the single source of the lab, in jupytext's percent format:
# text cells like this one, and code cells. `grader release` writes what
# students get: the same file without the bodies of the methods.

# %%
import torch
from torch import Tensor, nn

# %% [markdown]
# ## 1. A linear layer
#
# It computes $y = x W^T + b$, for all rows of x at once. Write it without
# `nn.Linear`.


# %%
class Linear(nn.Module):
    """A linear layer with the attributes `weight` and `bias`."""

    def __init__(self, n_in: int, n_out: int) -> None:
        """Make the parameters.

        `weight`, (n_out, n_in), has random numbers between -0.5 and 0.5;
        `bias`, (n_out,), is zero. Both are parameters of the module.
        """
        super().__init__()
        self.weight = nn.Parameter(torch.rand(n_out, n_in) - 0.5)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x: Tensor) -> Tensor:
        """Return x @ weight.T + bias, (n, n_out), for x of shape (n, n_in)."""
        return x @ self.weight.T + self.bias


# %% [markdown] tags=["demo"]
# Cells tagged `demo` stay in their places in the notebook; in the script
# they move to the end.

# %% tags=["demo"]
print(Linear(3, 2)(torch.ones(1, 3)))
