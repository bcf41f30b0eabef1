# %% [markdown]
# # Lab 0: an activation function
#
# This file is the one source of the lab, in jupytext's percent format: text
# cells like this one, and code cells. `grader release` makes of it what
# students get: the bodies of the functions go, docstrings and text stay.

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## 1. Activation
#
# The *rectified linear unit* lets positive numbers through and makes the
# negative ones zero: $\max(0, z)$.


# %%
def relu(z: Tensor) -> Tensor:
    """Compute max(0, z), entry by entry.

    Args:
        z: Any real numbers, of any shape.

    Returns:
        The same shape. Autograd can differentiate it with respect to z.
    """
    return torch.clamp(z, min=0)


# %%
def mean_relu(z: Tensor) -> Tensor:
    """Compute the mean of relu(z) over all entries.

    Args:
        z: Any real numbers, of any shape.

    Returns:
        The mean, 0-d. Autograd can differentiate it with respect to z.
    """
    return relu(z).mean()


# %% [markdown] tags=["demo"]
# A cell tagged `demo` runs at the end of the script, and in its place in
# the notebook.

# %% tags=["demo"]
print(relu(torch.tensor([-1.0, 2.0])))
