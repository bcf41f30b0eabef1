# %% [markdown]
# # Lab 7: functions of your own
#
# Autograd can differentiate whatever is made of its own operations. With a
# `torch.autograd.Function` you add an operation, and say yourself what its
# derivative is: because your formula is faster, because it needs less
# memory, or because the true derivative is of no use.
#
# A Function has two static methods. `forward` computes the result, without
# autograd looking on. `backward` gets the slope of the loss at the result,
# `grad_output`, and returns the slope at each argument of `forward`: one
# value for each of them, in order, and None for what has no slope. The same
# `ctx` is handed to both. `ctx.save_for_backward(...)` keeps tensors,
# `ctx.saved_tensors` has them again; a plain number can be kept as an
# attribute, `ctx.name = ...`.
#
# A Function is never called itself: `y = Swish.apply(x)`.
#
# Work from top to bottom, and replace each `raise NotImplementedError(...)`
# with your code. `grade custom_function.ipynb` says what is right.

# %%
import torch

# %% [markdown]
# ## 1. Swish
#
# With $\sigma(x) = 1 / (1 + e^{-x})$,
#
# $$
# f(x) = x\,\sigma(x), \qquad
# f'(x) = \sigma(x) + x\,\sigma(x)\,(1 - \sigma(x)) .
# $$
#
# Save tensors with `save_for_backward`, and not as attributes: then autograd
# notices if somebody changes them in place before `backward` runs.


# %%
class Swish(torch.autograd.Function):
    """x * sigmoid(x), element by element, for tensors of any shape."""

    @staticmethod
    def forward(ctx, x):
        """Return x * sigmoid(x), and save what backward needs."""
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the slope at x. grad_output doesn't change."""
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s + x * s * (1 - s))


# %% [markdown]
# ## 2. A square for outliers
#
# A squared error is ruled by its largest members. This one never gets larger
# than $s^2$, where the scale $s$ says what counts as far away:
#
# $$
# f(x) = \frac{x^2}{1 + (x / s)^2}, \qquad
# f'(x) = \frac{2 x}{\left(1 + (x / s)^2\right)^2}
# $$
#
# The scale is a plain number. It has no slope, but `backward` returns a value
# for it all the same: None.


# %%
class RobustSquare(torch.autograd.Function):
    """x^2 / (1 + (x / scale)^2), element by element."""

    @staticmethod
    def forward(ctx, x, scale):
        """Return the function at x; scale is a number greater than 0."""
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x**2 / (1 + (x / scale) ** 2)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the slope at x, and None for scale."""
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x / (1 + (x / ctx.scale) ** 2) ** 2, None


# %% [markdown]
# ## 3. Two tensors
#
# For $Y = X W$, the slopes at $X$ and $W$ are
#
# $$
# dX = dY\, W^\top, \qquad dW = X^\top dY .
# $$
#
# Often only one of them is wanted: data need no gradient, and neither do
# weights that are frozen. `ctx.needs_input_grad` is a tuple of True and
# False, one for each argument of `forward`. Return None in place of a slope
# that is not needed, and save the product.


# %%
class MatMul(torch.autograd.Function):
    """x @ w for two matrices."""

    @staticmethod
    def forward(ctx, x, w):
        """Return x @ w, (n, m), of x (n, d) and w (d, m)."""
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx, grad_output):
        """Return the slopes at x and w, and None for what needs none."""
        x, w = ctx.saved_tensors
        dx = grad_output @ w.T if ctx.needs_input_grad[0] else None
        dw = x.T @ grad_output if ctx.needs_input_grad[1] else None
        return dx, dw


# %% [markdown]
# ## 4. A slope where there is none
#
# A weight of -1 or 1 fits in one bit. But the derivative of a step is 0
# wherever it exists, so such weights would never learn anything.
#
# The *straight-through estimator* pretends: on the way back, the step is
# treated as if it were $x$ itself, and slopes pass unchanged. Only where
# $|x| > 1$ they are stopped, so that weights don't run away for ever.


# %%
class Binarise(torch.autograd.Function):
    """-1 for negative numbers and 1 for all others; straight through on the way back."""

    @staticmethod
    def forward(ctx, x):
        """Return 1 where x >= 0 and -1 elsewhere, in the shape and dtype of x."""
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(ctx, grad_output):
        """Return grad_output where -1 <= x <= 1, and 0 elsewhere."""
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() <= 1)


# %% [markdown]
# The layer below keeps ordinary numbers as weights, moves them by ordinary
# steps, and computes with their signs.


# %%
def binary_layer(x, w):
    """Compute x @ (w as -1 and 1).

    Args:
        x: Inputs, (n, d).
        w: Weights, (d, m), any numbers.

    Returns:
        Outputs, (n, m). Autograd finds slopes at x and, straight through the
        binarisation, at w.
    """
    return x @ Binarise.apply(w)


# %% [markdown] tags=["demo"]
# Weights that can only be -1 or 1 find a secret pattern of signs.

# %% tags=["demo"]
torch.manual_seed(0)
secret = torch.where(torch.rand(12, 1) < 0.5, -1.0, 1.0)
x = torch.randn(200, 12)
y = x @ secret
w = (0.1 * torch.randn(12, 1)).requires_grad_()
for step in range(60):
    loss = RobustSquare.apply(binary_layer(x, w) - y, 5.0).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad = None
    if step % 20 == 0:
        print(step, loss.item())
print((torch.sign(w.detach()) == secret).all())
