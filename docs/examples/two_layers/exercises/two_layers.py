# %% [markdown]
# # Lab 5: a network by hand
#
# So far, autograd has computed your gradients. In this lab you compute them
# yourself, with the chain rule, for a network of two layers:
#
# $$
# H = \tanh(X W_1 + b_1), \qquad \hat Y = H W_2 + b_2
# $$
#
# Work from top to bottom, and replace each `raise NotImplementedError(...)`
# with your code. `grade two_layers.ipynb` says what is right.

# %%
import torch
from torch import Tensor

# %% [markdown]
# ## 1. Parameters
#
# If all weights started equal, all hidden units would stay equal: every
# step would move them alike. So the weights start at random. The more
# numbers a unit adds up, the smaller its weights are, so that the sums stay
# moderate.


# %%
def init_params(
    n_in: int, n_hidden: int, n_out: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw the parameters of a network that has not learnt anything yet.

    Weights are drawn from the normal distribution with mean 0 and standard
    deviation 1 / sqrt(number of inputs of the layer); biases are 0.

    Args:
        n_in: Number of features of a sample.
        n_hidden: Number of hidden units.
        n_out: Number of outputs.

    Returns:
        w1 (n_in, n_hidden), b1 (n_hidden,), w2 (n_hidden, n_out) and b2
        (n_out,): four leaves that require grad.
    """
    raise NotImplementedError("lab 5: write init_params()")


# %% [markdown]
# ## 2. Forward
#
# Each row of $X$ is a sample. The first layer turns it into a row of $H$,
# with one number for each hidden unit; the second layer turns that into the
# outputs.


# %%
def hidden(x: Tensor, w1: Tensor, b1: Tensor) -> Tensor:
    """Compute the values of the hidden units, tanh(x @ w1 + b1).

    Args:
        x: Inputs, (n, n_in).
        w1: Weights of the first layer, (n_in, n_hidden).
        b1: Biases of the first layer, (n_hidden,).

    Returns:
        Numbers between -1 and 1, (n, n_hidden). Autograd can differentiate
        them.
    """
    raise NotImplementedError("lab 5: write hidden()")


# %%
def forward(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> Tensor:
    """Compute the network's predictions; the second layer has no tanh.

    Args:
        x: Inputs, (n, n_in).
        w1: Weights of the first layer, (n_in, n_hidden).
        b1: Biases of the first layer, (n_hidden,).
        w2: Weights of the second layer, (n_hidden, n_out).
        b2: Biases of the second layer, (n_out,).

    Returns:
        Predictions, (n, n_out). Autograd can differentiate them.
    """
    raise NotImplementedError("lab 5: write forward()")


# %% [markdown]
# ## 3. Loss
#
# The error of a sample is the squared length of $\hat y - y$: the squares,
# summed over the outputs. The loss is half the mean error of the $n$
# samples. The half cancels the 2 of the derivative.


# %%
def loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Compute half the squared error: summed over outputs, mean over samples.

    Args:
        y_hat: Predictions, (n, n_out).
        y: Targets, (n, n_out).

    Returns:
        The loss, 0-d. Autograd can differentiate it.
    """
    raise NotImplementedError("lab 5: write loss()")


# %% [markdown]
# ## 4. Gradients
#
# Go backwards, one factor at a time. At the outputs, the slope of the loss
# is $D_2 = (\hat Y - Y) / n$. Before the second layer it is
# $D_2 W_2^\top$, and before the tanh it is
#
# $$
# D_1 = D_2 W_2^\top \odot (1 - H \odot H)
# $$
#
# since $\tanh' = 1 - \tanh^2$. The gradient of a layer's weights is the
# input of the layer times the slope after the product, $X^\top D_1$ and
# $H^\top D_2$. A bias is added to every sample, so its gradient is the sum
# of the slope over the rows.


# %%
def gradients(
    x: Tensor, y: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute the gradients of the loss, without changing anything.

    Args:
        x: Inputs, (n, n_in).
        y: Targets, (n, n_out).
        w1: Weights of the first layer, (n_in, n_hidden).
        b1: Biases of the first layer, (n_hidden,).
        w2: Weights of the second layer, (n_hidden, n_out).
        b2: Biases of the second layer, (n_out,).

    Returns:
        The gradients with respect to w1, b1, w2 and b2, in this order, each
        in the shape of its parameter.
    """
    raise NotImplementedError("lab 5: write gradients()")


# %% [markdown]
# ## 5. A step
#
# All four parameters move at once, against the gradients at the place where
# they were before the step.


# %%
def step(
    x: Tensor,
    y: Tensor,
    w1: Tensor,
    b1: Tensor,
    w2: Tensor,
    b2: Tensor,
    lr: float,
) -> Tensor:
    """Take one step of gradient descent, moving all parameters in place.

    Args:
        x: Inputs, (n, n_in).
        y: Targets, (n, n_out).
        w1: Weights of the first layer, (n_in, n_hidden).
        b1: Biases of the first layer, (n_hidden,).
        w2: Weights of the second layer, (n_hidden, n_out).
        b2: Biases of the second layer, (n_out,).
        lr: Learning rate, greater than 0.

    Returns:
        The loss before the step, 0-d.
    """
    raise NotImplementedError("lab 5: write step()")

# %%
if __name__ == "__main__":
    # Exclusive or, which no single layer can learn.
    torch.manual_seed(0)
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    parameters = init_params(2, 4, 1)
    for epoch in range(500):
        value = step(x, y, *parameters, lr=0.5)
    print(value)
    print(forward(x, *parameters))
