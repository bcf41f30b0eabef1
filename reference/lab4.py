# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 4: a line, a loss and autograd
#
# In this lab you fit a line to noisy points by gradient descent, and let
# PyTorch work out the gradients. The same recipe, with a different model
# and a different loss, then separates two classes.
#
# **How to work**
#
# - Work from top to bottom. Each function comes with a description and the
#   line `raise NotImplementedError(...)`: replace that line with your code,
#   and keep the names of the function and its parameters.
# - The demos try out your functions. In the notebook they follow the
#   functions; in the script they are all together at the end. If a demo
#   stops with `NotImplementedError: lab 4: write predict()`, nothing is
#   broken: it tells you what to write next. A `NameError` means that a demo
#   further up has not run to its end yet.
# - The **questions** come up along the way. The answers to choose from are
#   in section 8.
# - If the grader is installed, run `grade lab4.ipynb` (or `grade lab4.py`)
#   as often as you like. It says what is right, what is not, and why.
# - Hand in this file. A function that you leave out costs only its own
#   points.

# %%
from collections.abc import Iterable

import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from torch import Tensor

# %% [markdown]
# ## 1. Data
#
# A *tensor* holds numbers in rows and columns, as a numpy array does. Two
# things are new: a tensor can live on a GPU, and it can remember how it was
# computed. The second is what this lab is about. (If tensors are new to
# you, start with PyTorch's
# [tutorial](https://docs.pytorch.org/tutorials/beginner/blitz/tensor_tutorial.html).)
#
# We write a data set of $n$ samples as a tensor `x` of shape `(n, 2)`. Its
# first column is the *feature*, and its second column is all ones:
#
# $$
# X = \begin{pmatrix} x_1 & 1 \\ x_2 & 1 \\ \vdots & \vdots \\
#     x_n & 1 \end{pmatrix}
# $$

# %% [markdown] tags=["demo"]
# Five samples, for a first look. This demo runs even before you have
# written anything.

# %% tags=["demo"]
x = torch.ones(5, 2)
x[:, 0].uniform_(-1.0, 1.0)
print(x)

# %% [markdown]
# > **Question 1** (`ones_column`). What is the column of ones for?
# >
# > **Question 2** (`uniform_`). What has `uniform_(-1.0, 1.0)` done to the
# > first column?
# >
# > **Question 3** (`trailing_underscore`). PyTorch has `add_`, `zero_`,
# > `sub_` and many more. What does the underscore at the end of a method's
# > name tell you?

# %% [markdown] tags=["demo"]
# `torch.from_numpy` turns a numpy array into a tensor. We choose the *true*
# weights, slope 3 and intercept 2, and training should find them again.

# %% tags=["demo"]
w_true = torch.from_numpy(np.array([3.0, 2.0], dtype=np.float32))
print(w_true, w_true.dtype)

# %% [markdown]
# The targets lie near a line with slope $w_1$ and intercept $w_2$:
#
# $$ y_i = w_1 x_i + w_2 + \varepsilon_i $$
#
# or, for all samples at once, `y = x @ w + noise`. The operator `@`
# multiplies matrices: `(n, 2) @ (2,)` gives `(n,)`. The noise
# $\varepsilon_i$ is uniform in $[0, 1)$ and drawn separately for each
# sample.

# %%
def make_data(n: int, w: Tensor) -> tuple[Tensor, Tensor]:
    """Draw a training set of n samples around the line given by w.

    The feature is uniform in [-1, 1). The noise is uniform in [0, 1) and
    drawn separately for each sample. Every call draws new data.

    Args:
        n: Number of samples.
        w: True slope and intercept, (2,).

    Returns:
        The inputs x, (n, 2): the feature, then a column of ones.
        The targets y, (n,): x @ w plus the noise.
        Both are float32, and neither requires grad.
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    noise = torch.rand(n)
    y = x @ w + noise
    return x, y


# %% [markdown] tags=["demo"]
# The training set: 100 samples. The fixed seed keeps the pictures below the
# same from run to run.

# %% tags=["demo"]
torch.manual_seed(4)
x, y = make_data(100, w_true)
print(x[:5])
print(y[:5])

plt.scatter(x[:, 0], y)
plt.xlabel("feature")
plt.ylabel("target")
plt.show()

# %% [markdown]
# ## 2. Model and loss
#
# Forget the true weights: from here on, only `x` and `y` are known. Our
# *model* is a line,
#
# $$ \hat y = X w $$
#
# and `w`, of shape `(2,)`, holds its two *parameters*.

# %%
def predict(x: Tensor, w: Tensor) -> Tensor:
    """Compute the predictions of the linear model, y_hat = x @ w.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        w: Slope and intercept, (2,).

    Returns:
        The predictions y_hat, (n,), in units of y. Autograd can
        differentiate them with respect to w.
    """
    return x @ w


# %% [markdown]
# How good is a line? A *loss function* answers with a single number, and
# smaller is better. For regression, the usual choice is the mean squared
# error:
#
# $$ L(w) = \frac{1}{n} \sum_{i=1}^{n} \left( \hat y_i - y_i \right)^2 $$

# %%
def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """Compute the mean squared error of the predictions.

    Args:
        y_hat: Predictions, (n,).
        y: Targets, (n,).

    Returns:
        The mean of the n squared differences, 0-d, in units of y squared.
        Autograd can differentiate it with respect to y_hat.
    """
    return ((y_hat - y) ** 2).mean()


# %% [markdown] tags=["demo"]
# Suppose somebody claims that slope -1 and intercept 1 will do. The loss
# says how good that line is. The loss is itself a tensor, with no
# dimensions (0-d).

# %% tags=["demo"]
w = torch.tensor([-1.0, 1.0])
loss = mse(predict(x, w), y)
print(loss, loss.shape)

# %% [markdown]
# A picture shows where the line is wrong. Matplotlib refuses a tensor that
# autograd is tracking; `.detach()` gives you the same numbers without their
# history.

# %%
def plot_fit(x: Tensor, y: Tensor, w: Tensor) -> Axes:
    """Plot the data as points and the model as a line, in a new figure.

    Works whether or not w requires grad.

    Args:
        x: Inputs, (n, 2): the feature (horizontal axis), then ones.
        y: Targets, (n,), on the vertical axis.
        w: Slope and intercept, (2,).

    Returns:
        The Axes with the scatter of the data and the line of the model.
    """
    y_hat = predict(x, w).detach()
    _, axes = plt.subplots()
    axes.scatter(x[:, 0], y, label="data")
    axes.plot(x[:, 0], y_hat, color="tab:orange", label="model")
    axes.set_xlabel("feature")
    axes.set_ylabel("target")
    axes.legend()
    return axes


# %% [markdown] tags=["demo"]
# The line before any training.

# %% tags=["demo"]
plot_fit(x, y, w)
plt.show()

# %% [markdown]
# ## 3. Autograd
#
# We have a model and a loss. What is missing is *optimization*: a way to
# the `w` with the smallest loss. The gradient shows which way to go,
#
# $$
# \nabla L(w) = \left( \frac{\partial L}{\partial w_1},
#     \frac{\partial L}{\partial w_2} \right)
# $$
#
# because the loss rises fastest in the direction of the gradient, and falls
# fastest in the opposite one. PyTorch's *autograd* computes it for us:
#
# 1. Autograd records every operation on a tensor with `requires_grad=True`
#    as it happens. You don't declare the computation in a separate step:
#    what runs is what gets differentiated, and it can be different each
#    time.
# 2. The record is a graph without cycles. A tensor that was computed has a
#    `grad_fn`, the node that made it; a tensor that you created, such as
#    `w`, is a *leaf* and has none.
# 3. `loss.backward()` walks the graph from the loss back to the leaves, by
#    the chain rule. For each leaf that requires grad, the result is **added
#    to** the gradient that is already stored.

# %% [markdown] tags=["demo"]
# Watch how the printed tensors change: `w` says that it requires grad, and
# the loss now knows how it was computed.

# %% tags=["demo"]
w.requires_grad = True
print(w)

loss = mse(predict(x, w), y)
print(loss)
print(loss.grad_fn)

# %% [markdown] tags=["demo"]
# Now walk back through the graph. This prints nothing: the gradient is
# computed and stored.

# %% tags=["demo"]
loss.backward()

# %% [markdown]
# > **Question 4** (`gradient_of_w`). Where has `backward()` put the
# > gradient of the loss with respect to `w`? Use `print` to look for it.
#
# Now put that into a function. For this loss, you can also derive the
# gradient by hand and compare:
#
# $$ \nabla L(w) = \frac{2}{n} X^\top (X w - y) $$

# %%
def gradient(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Compute the gradient of the mse with respect to w, at w.

    A second call with the same arguments returns the same values. w itself
    does not move. It does not matter whether w.grad holds a gradient
    afterwards.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Targets, (n,).
        w: Slope and intercept, (2,), a leaf that requires grad.

    Returns:
        The gradient of mse(predict(x, w), y), (2,), in units of y squared
        per unit of w.
    """
    loss = mse(predict(x, w), y)
    # autograd.grad returns the gradient and leaves w.grad alone.
    (grad,) = torch.autograd.grad(loss, w)
    return grad


# %% [markdown] tags=["demo"]
# Both entries are negative: a larger slope and a larger intercept would
# make the loss smaller. The formula gives the same numbers.

# %% tags=["demo"]
print(gradient(x, y, w))
print(2 / len(y) * x.T @ (x @ w.detach() - y))

# %% [markdown]
# ## 4. Gradient descent
#
# *Gradient descent* starts anywhere and takes small steps against the
# gradient. The *learning rate* $\eta$ sets their length:
#
# $$ w \leftarrow w - \eta \, \nabla L(w) $$
#
# In PyTorch a step has four parts: compute the loss, call `backward()`,
# change `w` in place, clear the stored gradient. The last two are not part
# of the model, so autograd must not record them. Put them inside a block
#
# ```python
# with torch.no_grad():
#     ...
# ```

# %%
def update(x: Tensor, y: Tensor, w: Tensor, lr: float) -> Tensor:
    """Take one step of gradient descent on the mse, moving w in place.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Targets, (n,).
        w: Slope and intercept, (2,), a leaf that requires grad. Afterwards
            it is the same leaf, moved by -lr times the gradient; it still
            requires grad and has no ``grad_fn``. The next call must not add
            its gradient to the one of this call.
        lr: Learning rate, greater than 0.

    Returns:
        The loss before the step, 0-d, in units of y squared.
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss.detach()


# %% [markdown]
# > **Question 5** (`zero_grad`). What does `w.grad.zero_()` do, and what
# > goes wrong without it?
#
# One step is not enough. An *epoch* has passed when every sample has been
# used once. Here each step uses all samples, so one step is one epoch.

# %%
def train(
    x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int
) -> list[float]:
    """Run gradient descent on the mse, moving w in place.

    Every epoch is one update with all samples.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Targets, (n,).
        w: Slope and intercept, (2,), a leaf that requires grad. Changed in
            place; no gradient is carried from one step to the next.
        lr: Learning rate, greater than 0.
        epochs: Number of steps.

    Returns:
        One loss per epoch, from before its step, in units of y squared.
    """
    losses = []
    for _ in range(epochs):
        loss = update(x, y, w, lr)
        losses.append(loss.item())
    return losses


# %% [markdown] tags=["demo"]
# Start from the bad line again, with a new `w`: the old one still holds the
# gradient of section 3. The loss, printed every tenth epoch, should fall
# and then level off.

# %% tags=["demo"]
w = torch.tensor([-1.0, 1.0], requires_grad=True)
losses = train(x, y, w, lr=0.1, epochs=100)
for epoch in range(0, 100, 10):
    print(f"epoch {epoch:2d}: loss {float(losses[epoch]):.4f}")
print(w)

# %% [markdown] tags=["demo"]
# The fitted line. Its intercept is near 2.5, although the true one is 2.
# Can you see why? (What is the mean of the noise?)

# %% tags=["demo"]
plot_fit(x, y, w)
plt.show()

# %% [markdown]
# ## 5. Watch it learn
#
# A `FuncAnimation` calls a function of yours once per frame. Let that
# function take one update and then move the line: `axes.plot` returns a
# list with one `Line2D`, whose `set_ydata` gives the line new heights.

# %%
def animate_fit(
    x: Tensor, y: Tensor, w: Tensor, lr: float, frames: int
) -> FuncAnimation:
    """Animate gradient descent on the mse, one update for each frame.

    Args:
        x: Inputs, (n, 2): the feature (horizontal axis), then ones.
        y: Targets, (n,), on the vertical axis.
        w: Slope and intercept at the start, (2,), a leaf that requires
            grad. You may move w itself or a copy of it.
        lr: Learning rate, greater than 0.
        frames: Number of frames.

    Returns:
        The animation: the data, and the line after each update.
    """
    # A copy, so that the caller's w stays where it is.
    w = w.detach().clone().requires_grad_()
    axes = plot_fit(x, y, w)
    (line,) = axes.lines

    def draw_frame(_frame: int) -> None:
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw_frame, frames=frames, interval=50)


# %% [markdown] tags=["demo"]
# A notebook shows a picture of the start, then a player. A script opens a
# window.

# %% tags=["demo"]
plt.rcParams["animation.html"] = "jshtml"
w = torch.tensor([-1.0, 1.0], requires_grad=True)
movie = animate_fit(x, y, w, lr=0.1, frames=30)
plt.show()
movie

# %% [markdown]
# ## 6. Minibatches
#
# With a million samples, computing the gradient over all of them is a long
# wait for a single step. In practice, each step uses a *minibatch*, a few
# samples picked at random. Its gradient is a noisy estimate of the full
# one, but many cheap steps beat a few exact ones. This is *stochastic
# gradient descent* (SGD).
#
# In every epoch the samples are shuffled, then cut into batches. Each row
# of `x` has to stay with its entry of `y`.

# %%
def minibatches(
    x: Tensor, y: Tensor, batch_size: int
) -> Iterable[tuple[Tensor, Tensor]]:
    """Go through the samples once, in random order, batch by batch.

    Every call draws a new order. x and y do not change.

    Args:
        x: Inputs, (n, 2).
        y: Targets, (n,); y[i] belongs to x[i].
        batch_size: Number of samples in a batch, at least 1.

    Returns:
        The batches, as a generator or in a list: pairs (xb, yb) of shapes
        (batch_size, 2) and (batch_size,). The last one is smaller if
        batch_size does not divide n. Every sample is in exactly one batch.
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


# %%
def train_minibatch(
    x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int, batch_size: int
) -> list[float]:
    """Run stochastic gradient descent on the mse, moving w in place.

    Every epoch goes through the minibatches in a new random order, with
    one update for each.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Targets, (n,).
        w: Slope and intercept, (2,), a leaf that requires grad. Changed in
            place; no gradient is carried from one step to the next.
        lr: Learning rate, greater than 0.
        epochs: Number of passes over the samples.
        batch_size: Number of samples in a batch, at least 1.

    Returns:
        One loss per epoch, the mean over its batches, in units of y
        squared.
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            loss = update(xb, yb, w, lr)
            batch_losses.append(loss.item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


# %% [markdown] tags=["demo"]
# With ten samples in a batch, an epoch takes ten steps. Compare that with
# section 4, where ten epochs took ten steps.

# %% tags=["demo"]
w = torch.tensor([-1.0, 1.0], requires_grad=True)
losses = train_minibatch(x, y, w, lr=0.1, epochs=10, batch_size=10)
for epoch in range(10):
    print(f"epoch {epoch}: loss {float(losses[epoch]):.4f}")
print(w)

# %% [markdown]
# ## 7. Going further: logistic regression
#
# Now the target is a class, $y_i \in \{0, 1\}$, and the model should give
# the probability of class 1. The recipe stays the same; the model and the
# loss change.
#
# **Model.** The *sigmoid* squeezes any number into the range from 0 to 1:
#
# $$
# \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \hat p = \sigma(X w)
# $$

# %%
def sigmoid(z: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-z)), entry by entry.

    Args:
        z: Real numbers, of any shape. The result must be finite at least
            for z from -1000 to 1000.

    Returns:
        Probabilities, in the shape of z. Autograd can differentiate them
        with respect to z.
    """
    # Typed out, the formula has right values but a nan for its gradient
    # below z = -88, where exp(-z) is too large for float32.
    return torch.sigmoid(z)


# %%
def predict_proba(x: Tensor, w: Tensor) -> Tensor:
    """Compute the probability of class 1, sigmoid(x @ w).

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        w: Slope and intercept, (2,).

    Returns:
        The probabilities p, (n,), each between 0 and 1. Autograd can
        differentiate them with respect to w.
    """
    return sigmoid(predict(x, w))


# %% [markdown]
# **Loss.** The *cross entropy*, also called negative log likelihood, is
# large where the model is sure and wrong, and still above zero where it is
# right but unsure:
#
# $$
# L = -\frac{1}{n} \sum_{i=1}^{n}
#     \bigl( y_i \log \hat p_i + (1 - y_i) \log (1 - \hat p_i) \bigr)
# $$
#
# Watch out for $\log 0$: a probability that rounds to exactly 0 or 1 must
# not make the loss infinite or `nan`.

# %%
def cross_entropy(p: Tensor, y: Tensor) -> Tensor:
    """Compute the mean cross entropy of the probabilities.

    The loss is finite for all p from 0 to 1, including both ends.

    Args:
        p: Probabilities of class 1, (n,).
        y: Classes, (n,): 0.0 or 1.0, float32.

    Returns:
        The mean of -(y log p + (1 - y) log(1 - p)), 0-d, in nats. Autograd
        can differentiate it with respect to p.
    """
    p = p.clamp(1e-7, 1 - 1e-7)
    log_likelihood = y * torch.log(p) + (1 - y) * torch.log(1 - p)
    return -log_likelihood.mean()


# %% [markdown]
# **Optimization.** This is the same step as before, with a different model
# and a different loss.

# %%
def update_logistic(x: Tensor, y: Tensor, w: Tensor, lr: float) -> Tensor:
    """Take one step of gradient descent on the cross entropy, in place.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Classes, (n,): 0.0 or 1.0, float32.
        w: Slope and intercept, (2,), a leaf that requires grad. Afterwards
            it is the same leaf, moved by -lr times the gradient; it still
            requires grad and has no ``grad_fn``. The next call must not add
            its gradient to the one of this call.
        lr: Learning rate, greater than 0.

    Returns:
        The loss before the step, 0-d, in nats.
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w.sub_(lr * w.grad)
        w.grad.zero_()
    return loss.detach()


# %%
def train_logistic(
    x: Tensor, y: Tensor, w: Tensor, lr: float, epochs: int
) -> list[float]:
    """Run gradient descent on the cross entropy, moving w in place.

    Every epoch is one update with all samples.

    Args:
        x: Inputs, (n, 2): the feature, then a column of ones.
        y: Classes, (n,): 0.0 or 1.0, float32.
        w: Slope and intercept, (2,), a leaf that requires grad. Changed in
            place; no gradient is carried from one step to the next.
        lr: Learning rate, greater than 0.
        epochs: Number of steps.

    Returns:
        One loss per epoch, from before its step, in nats.
    """
    losses = []
    for _ in range(epochs):
        loss = update_logistic(x, y, w, lr)
        losses.append(loss.item())
    return losses


# %% [markdown] tags=["demo"]
# Classes drawn at random from a model with slope 4 and intercept 1. The
# curve that training finds is the probability of class 1.

# %% tags=["demo"]
classes = torch.bernoulli(predict_proba(x, torch.tensor([4.0, 1.0])))
w = torch.zeros(2, requires_grad=True)
losses = train_logistic(x, classes, w, lr=1.0, epochs=100)
print(f"loss {float(losses[0]):.4f} to {float(losses[-1]):.4f}")
print(w)

plt.scatter(x[:, 0], classes, label="data")
plt.scatter(x[:, 0], predict_proba(x, w).detach(), label="model")
plt.xlabel("feature")
plt.ylabel("class, probability of class 1")
plt.legend()
plt.show()

# %% [markdown]
# ## 8. Questions
#
# Choose one answer for each question. The letters go into `ANSWERS`, at
# the end of this section.
#
# **Question 1** (`ones_column`). What is the column of ones in `x` for?
#
# - **a**: It brings the feature into the range from 0 to 1.
# - **b**: It multiplies the second weight, so that the line can have an
#   intercept and need not pass through the origin.
# - **c**: It marks the samples that belong to the training set.
# - **d**: It is a place for the noise, which is added to it later.
#
# **Question 2** (`uniform_`). What does `x[:, 0].uniform_(-1.0, 1.0)` do?
#
# - **a**: It returns a new tensor of random numbers; `x` stays as it was.
# - **b**: It shifts and scales the numbers in the column until they lie
#   between -1 and 1.
# - **c**: It fills the column with equal steps, from -1 up to 1.
# - **d**: It overwrites the column with random numbers, every value
#   between -1 and 1 being equally likely.
#
# **Question 3** (`trailing_underscore`). What does a trailing underscore in
# a method's name mean in PyTorch?
#
# - **a**: The method changes its tensor in place.
# - **b**: The method is private and not meant to be called by you.
# - **c**: The method runs on the GPU, if there is one.
# - **d**: The method returns a numpy array.
#
# **Question 4** (`gradient_of_w`). After `loss.backward()`, where is the
# gradient of the loss with respect to `w`?
#
# - **a**: In the value that `backward()` returned.
# - **b**: In `loss.grad`.
# - **c**: In `w.grad`.
# - **d**: In `w.grad_fn`.
#
# **Question 5** (`zero_grad`). What does `w.grad.zero_()` do, and why is it
# needed?
#
# - **a**: It sets the weights to zero, so that every epoch starts from the
#   same place.
# - **b**: It sets the stored gradient to zero, because `backward()` adds to
#   it: otherwise the next step would follow the sum of the old gradients
#   and the new one.
# - **c**: It makes the learning rate smaller after every step, so that
#   training settles down.
# - **d**: It switches off `requires_grad`, because a tensor that requires
#   grad can never be changed.
#
# **Vocabulary.** Which meaning belongs to which term? Every letter is used
# once.
#
# | term                  | in `ANSWERS`    |
# | --------------------- | --------------- |
# | learning rate         | `learning_rate` |
# | epoch                 | `epoch`         |
# | minibatch             | `minibatch`     |
# | SGD                   | `sgd`           |
# | model (architecture)  | `model`         |
# | parameters            | `parameters`    |
# | loss function         | `loss_function` |
#
# - **a**: A few samples, picked at random and used together for one step.
# - **b**: The form of the function from inputs to predictions, whatever
#   numbers are put into it later.
# - **c**: A single number for how far the predictions are from the
#   targets.
# - **d**: The factor between the gradient and the step.
# - **e**: The numbers that training changes.
# - **f**: One pass in which every sample is used once.
# - **g**: Descent in which each step follows the gradient over only a
#   random subset of the samples.

# %%
ANSWERS = {
    "ones_column": "b",
    "uniform_": "d",
    "trailing_underscore": "a",
    "gradient_of_w": "c",
    "zero_grad": "b",
    "learning_rate": "d",
    "epoch": "f",
    "minibatch": "a",
    "sgd": "g",
    "model": "b",
    "parameters": "e",
    "loss_function": "c",
}
