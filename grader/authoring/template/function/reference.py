# %% [markdown]
# # Lab 0: an activation function
#
# This file is the single source of the lab, in jupytext's percent format:
# text cells like this one, and code cells. `grader release` writes what
# students get: the same file without the bodies of the functions.

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## 1. Activation
#
# The *rectified linear unit* lets positive numbers through and sets negative
# ones to zero: $\max(0, z)$.


# %%
def relu(z: Tensor) -> Tensor:
    """Compute max(0, z), entry by entry.

    Args:
        z: Real numbers, of any shape.

    Returns:
        The results, in the shape of z. Autograd can differentiate them with
        respect to z.
    """
    return torch.clamp(z, min=0)


# %%
def mean_relu(z: Tensor) -> Tensor:
    """Compute the mean of relu(z) over all entries.

    Args:
        z: Real numbers, of any shape.

    Returns:
        The mean, 0-d. Autograd can differentiate it with respect to z.
    """
    return relu(z).mean()


# %% [markdown] tags=["demo"]
# Cells tagged `demo` stay in their places in the notebook; in the script
# they move to the end.

# %% tags=["demo"]
print(relu(torch.tensor([-1.0, 2.0])))
