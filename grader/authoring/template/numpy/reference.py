# %% [markdown]
# # Lab 0: a layer in numpy
#
# This file is the single source of the lab, in jupytext's percent format:
# text cells like this one, and code cells. `grader release` writes what
# students get: the same file without the bodies of the functions.

# %%
import numpy as np

# %% [markdown]
# ## 1. There and back
#
# The way forward keeps what the way back needs, in a *cache*. The way back
# gets `dout`, the derivative of a loss with respect to the output, and
# computes those with respect to the inputs.


# %%
def affine_forward(x, w, b):
    """Compute x @ w + b.

    Args:
        x: Inputs, (n, d).
        w: Weights, (d, m).
        b: Biases, (m,).

    Returns:
        out: The output, (n, m).
        cache: The tuple (x, w, b).
    """
    return x @ w + b, (x, w, b)


# %%
def affine_backward(dout, cache):
    """Compute the derivatives with respect to x, w and b.

    Args:
        dout: The derivative with respect to the output, (n, m).
        cache: What affine_forward has kept.

    Returns:
        dx, dw and db, in the shapes of x, w and b.
    """
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% [markdown] tags=["demo"]
# Cells tagged `demo` stay in their places in the notebook; in the script
# they move to the end.

# %% tags=["demo"]
print(affine_forward(np.ones((2, 3)), np.ones((3, 1)), np.zeros(1))[0])
