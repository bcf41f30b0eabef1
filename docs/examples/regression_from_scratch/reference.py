# %% [markdown]
# # Lab 6: linear regression from scratch
#
# A library would train a linear model in three lines. You write all of it
# yourself: the data, the minibatches, the model, the loss, the optimizer
# and the training loop. Only the gradients come from autograd.
#
# Write one function after the other, and try each of them in a cell of
# your own before you go on.

# %% tags=["given"]
import random

import torch
from torch import Tensor

# %% [markdown]
# ## 1. Data
#
# If you make the data yourself, you know which parameters training should
# find. The labels of $n$ examples are
#
# $$
# \mathbf{y} = \mathbf{X} \mathbf{w} + b + \boldsymbol\epsilon
# $$
#
# where the features are drawn from the normal distribution with mean 0 and
# standard deviation 1. The noise $\boldsymbol\epsilon$ has mean 0 and
# standard deviation 0.01, and every example has noise of its own.


# %%
def synthetic_data(
    w: Tensor, b: float, num_examples: int
) -> tuple[Tensor, Tensor]:
    """Draw examples of a linear relation, with a little noise.

    Args:
        w: The true weights, (d,).
        b: The true bias.
        num_examples: How many examples to draw.

    Returns:
        The features, (num_examples, d), and the labels, a column of shape
        (num_examples, 1).
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape(-1, 1)


# %% [markdown]
# ## 2. Minibatches
#
# Each pass over the data goes through the examples in a new random order,
# a few at a time. A function with `yield` is a generator: `for X, y in
# data_iter(...)` gets one minibatch after the other, and no more of them
# are made than are asked for.


# %%
def data_iter(batch_size: int, features: Tensor, labels: Tensor):
    """Go through all examples once, in a random order, in minibatches.

    Every call draws a new order.

    Args:
        batch_size: How many examples a minibatch has. The last one has
            those that are left, which may be fewer.
        features: (n, d).
        labels: (n, 1). Row i belongs to row i of the features.

    Yields:
        Pairs of features, (batch_size, d), and their labels,
        (batch_size, 1).
    """
    indices = list(range(len(features)))
    random.shuffle(indices)
    for start in range(0, len(indices), batch_size):
        batch = torch.tensor(indices[start : start + batch_size])
        yield features[batch], labels[batch]


# %% [markdown]
# ## 3. Model
#
# The prediction for an example is the sum of its features, each times its
# weight, plus the bias.


# %%
def linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Compute the predictions of the linear model.

    Args:
        X: Features, (n, d).
        w: Weights, (d, 1).
        b: Bias, (1,).

    Returns:
        Predictions, (n, 1). Autograd can differentiate them.
    """
    return X @ w + b


# %% [markdown]
# ## 4. Loss
#
# The loss of a single example is half the squared error,
# $\frac{1}{2} (\hat y - y)^2$. The half cancels the 2 of the derivative.
#
# Mind the shapes. If $\hat y$ is a column of shape (n, 1) and $y$ has shape
# (n,), then their difference is a table of shape (n, n): every prediction
# minus every label.


# %%
def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Compute half the squared error of each example.

    Args:
        y_hat: Predictions, (n, 1).
        y: Labels, (n, 1) or (n,).

    Returns:
        The losses, one for each example, in the shape of y_hat. Autograd
        can differentiate them.
    """
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


# %% [markdown]
# ## 5. Optimizer
#
# The training loop will call `backward()` on the *sum* of the losses of a
# minibatch. So the step divides by the batch size: then its length does
# not depend on how many examples were added up.
#
# `backward()` adds to the gradients that are stored already. Whoever uses
# them up has to clear them.


# %%
def sgd(params: list[Tensor], lr: float, batch_size: int) -> None:
    """Take one step of minibatch stochastic gradient descent, in place.

    Each parameter moves by -lr * its gradient / batch_size, and stays the
    same leaf that requires grad. Afterwards its gradient is zero or None.

    Args:
        params: The parameters. The gradient of each, of the sum of the
            losses of a minibatch, is stored in its .grad.
        lr: Learning rate.
        batch_size: The number of examples in the minibatch.
    """
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


# %% [markdown]
# ## 6. Training
#
# Now put the parts together. In each epoch, go through all minibatches:
# predict, compute the losses, call `backward()` on their sum, and take a
# step.


# %%
def train(
    w: Tensor,
    b: Tensor,
    features: Tensor,
    labels: Tensor,
    lr: float,
    num_epochs: int,
    batch_size: int,
) -> list[float]:
    """Train the linear model with minibatches, changing w and b in place.

    Args:
        w: Weights to start from, (d, 1), a leaf that requires grad.
        b: Bias to start from, (1,), a leaf that requires grad.
        features: (n, d).
        labels: (n, 1).
        lr: Learning rate.
        num_epochs: How often to go through all examples.
        batch_size: How many examples a minibatch has. It divides n.

    Returns:
        A list with one number for each epoch: the mean loss of all
        examples at the end of that epoch.
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        with torch.no_grad():
            loss = squared_loss(linreg(features, w, b), labels).mean()
        losses.append(float(loss))
    return losses


# %% [markdown] tags=["demo"]
# If all six functions are right, training finds the true parameters.

# %% tags=["demo"]
true_w = torch.tensor([2.0, -3.4])
true_b = 4.2
features, labels = synthetic_data(true_w, true_b, 1000)
w = torch.normal(0, 0.01, (2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
print(train(w, b, features, labels, lr=0.03, num_epochs=3, batch_size=10))
print("weights:", w.reshape(-1), "bias:", b)
