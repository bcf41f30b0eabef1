# %% [markdown]
# # Lab 6: layers in numpy
#
# A network is a chain of layers, and a layer is a pair of functions. The
# first one computes the layer's output, and keeps in a *cache* whatever it
# will need later. The second one gets the slope of the loss at the output,
# `dout`, and that cache; it returns the slope of the loss at everything that
# went into the layer. With such pairs you can build a network of any depth
# without deriving anything twice.
#
# There is no autograd in this lab: all arrays are numpy arrays, and may be
# float32 or float64. Work from top to bottom, and replace each
# `raise NotImplementedError(...)` with your code. `grade numpy_layers.ipynb`
# says what is right.

# %%
import numpy as np

# %% [markdown]
# ## 1. Affine layer
#
# Each sample is a row of $D$ numbers; the layer turns it into $M$ numbers,
# $x W + b$. A sample may also be an image or any other block of numbers: all
# axes of `x` but the first are then strung together to a row.
#
# On the way back, `dout` has the shape of the output. With $X$ of shape
# $(N, D)$,
#
# $$
# dX = dout\, W^\top, \qquad dW = X^\top dout, \qquad
# db = \textstyle\sum_n dout_n .
# $$


# %%
def affine_forward(x, w, b):
    """Compute the output of an affine layer.

    Args:
        x: Inputs, (N, d1, ..., dk): N samples of D = d1 * ... * dk numbers.
        w: Weights, (D, M).
        b: Biases, (M,).

    Returns:
        out and cache. out has shape (N, M). cache is what affine_backward
        needs: the tuple (x, w, b). No argument changes.
    """
    raise NotImplementedError("lab 6: write affine_forward()")


# %%
def affine_backward(dout, cache):
    """Compute the slopes of the loss at everything that went into the layer.

    Args:
        dout: Slope of the loss at the output, (N, M).
        cache: What affine_forward returned as its cache.

    Returns:
        dx, dw and db, each in the shape of x, w or b. No argument changes.
    """
    raise NotImplementedError("lab 6: write affine_backward()")


# %% [markdown]
# ## 2. ReLU
#
# $\max(0, x)$, one number at a time. Where $x$ was positive, the slope
# passes unchanged; where it was negative, the output did not depend on it,
# and the slope is 0.


# %%
def relu_forward(x):
    """Replace negative numbers by 0.

    Args:
        x: Inputs of any shape.

    Returns:
        out and cache. out has the shape of x. cache is what relu_backward
        needs: x itself. x doesn't change.
    """
    raise NotImplementedError("lab 6: write relu_forward()")


# %%
def relu_backward(dout, cache):
    """Compute the slope of the loss at the input of ReLU.

    Args:
        dout: Slope of the loss at the output, of any shape.
        cache: What relu_forward returned as its cache.

    Returns:
        dx, in the shape of dout. dout doesn't change: another layer may
        still need it.
    """
    raise NotImplementedError("lab 6: write relu_backward()")


# %% [markdown]
# ## 3. Softmax loss
#
# The last layer gives each sample a score for each of $C$ classes. Softmax
# turns the scores $s$ of a sample into probabilities,
# $p_c = e^{s_c} / \sum_k e^{s_k}$; the loss is the mean of $-\log p_y$, where
# $y$ is the right class.
#
# $e^{1000}$ is more than a float can hold. But probabilities stay the same
# if you subtract the same number from all scores of a sample. Subtract the
# largest one: then no exponent is above 0.
#
# The slope of the loss at the scores is short: $p$, minus 1 at the right
# class, over $N$.


# %%
def softmax_loss(x, y):
    """Compute the softmax loss and its slope at the scores.

    Args:
        x: Scores, (N, C), of any size.
        y: Right classes, (N,), whole numbers from 0 to C - 1.

    Returns:
        loss and dx. loss is a number, the mean over the samples; dx has the
        shape of x. No argument changes.
    """
    raise NotImplementedError("lab 6: write softmax_loss()")


# %% [markdown]
# ## 4. A network
#
# Affine, ReLU, affine, softmax: call the forward functions one after the
# other, keep each cache, then call the backward functions in reverse order.
#
# Weights that grow too large fit the noise, so the loss gets a penalty:
#
# $$
# L = \text{softmax loss}
#     + \tfrac12\, reg \left(\textstyle\sum W_1^2 + \sum W_2^2\right)
# $$
#
# Biases are not penalised.


# %%
def network_loss(x, y, params, reg):
    """Compute the loss of a network of two layers, and its gradients.

    Args:
        x: Inputs, (N, D).
        y: Right classes, (N,), whole numbers from 0 to C - 1.
        params: A dict of w1 (D, H), b1 (H,), w2 (H, C) and b2 (C,).
        reg: Strength of the penalty, at least 0.

    Returns:
        loss and grads: a number, and a dict with the gradient of the loss
        for each name in params. No argument changes.
    """
    raise NotImplementedError("lab 6: write network_loss()")


# %% [markdown]
# ## 5. Update rules
#
# An update rule moves one array of weights **in place**: the network holds
# the same array, and must see the change. What it has to remember from one
# step to the next, it keeps in a dict, `config`, which it returns and is
# given again for the next step. Before the first step, `config` holds only
# the settings.
#
# **SGD with momentum** has a velocity $v$, 0 at first:
#
# $$
# v \leftarrow \mu v - \eta\, dw, \qquad w \leftarrow w + v
# $$
#
# **Adam** keeps running means of the gradient, $m$, and of its square, $s$,
# both 0 at first. They start too small, so they are divided by what they are
# short of after $t$ steps, where $t$ is 1 in the first step:
#
# $$
# m \leftarrow \beta_1 m + (1-\beta_1)\,dw, \qquad
# s \leftarrow \beta_2 s + (1-\beta_2)\,dw^2
# $$
# $$
# w \leftarrow w - \eta\;
#   \frac{m / (1-\beta_1^t)}{\sqrt{s / (1-\beta_2^t)} + \epsilon}
# $$


# %%
def sgd_momentum(w, dw, config):
    """Move weights by one step of gradient descent with momentum.

    Args:
        w: Weights of any shape; changed in place.
        dw: Their gradient, in the same shape.
        config: A dict with learning_rate and momentum, and after a step also
            what the next one needs, such as velocity.

    Returns:
        w and config: the array that was changed, and the dict for the next
        step.
    """
    raise NotImplementedError("lab 6: write sgd_momentum()")


# %%
def adam(w, dw, config):
    """Move weights by one step of Adam.

    Args:
        w: Weights of any shape; changed in place.
        dw: Their gradient, in the same shape.
        config: A dict with learning_rate, beta1, beta2 and epsilon, and
            after a step also what the next one needs, such as m, s and t.

    Returns:
        w and config: the array that was changed, and the dict for the next
        step.
    """
    raise NotImplementedError("lab 6: write adam()")

# %%
if __name__ == "__main__":
    # Three arms of a spiral. No straight line separates them.
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), 60)
    radius = np.tile(np.linspace(0.1, 1, 60), 3)
    angle = 4 * radius + 2.1 * y + 0.15 * rng.normal(size=180)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    params = {
        "w1": rng.normal(size=(2, 50)),
        "b1": np.zeros(50),
        "w2": rng.normal(size=(50, 3)) * 0.1,
        "b2": np.zeros(3),
    }
    settings = {"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    configs = {name: dict(settings) for name in params}
    for step in range(300):
        loss, grads = network_loss(x, y, params, 1e-4)
        for name in params:
            _, configs[name] = adam(params[name], grads[name], configs[name])
        if step % 100 == 0:
            print(step, loss)
