# %% [markdown]
# # Pairs: five classes

# %%
import numpy as np
import torch
from torch import nn


# %%
class Value:
    """A number that knows how it was computed."""

    def __init__(self, data, _parents=()):  # given
        self.data = data
        self.grad = 0.0
        self._parents = _parents
        self._backward = lambda: None

    def __add__(self, other):  # given
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):  # given
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        """Set the gradient of self to 1, and call each number's `_backward` once."""
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value._parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value._backward()


# %%
class Linear(nn.Module):
    """A linear layer with the parameters weight, (n_out, n_in), and bias, (n_out,)."""

    def __init__(self, n_in, n_out):
        """Draw the weight, and start with a bias of zeros."""
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in))
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        """Return x @ weight.T + bias."""
        return x @ self.weight.T + self.bias


# %%
class SGD:
    """Gradient descent with momentum: v = momentum * v + gradient, w -= lr * v."""

    def __init__(self, params, lr, momentum=0.0):
        """Keep the parameters, and start with velocities of zero."""
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.velocities = [torch.zeros_like(one) for one in self.params]

    def step(self):
        """Take a step with each parameter, in place."""
        with torch.no_grad():
            for w, v in zip(self.params, self.velocities):
                v.mul_(self.momentum).add_(w.grad)
                w -= self.lr * v


# %%
class Swish(torch.autograd.Function):
    """The function x * sigmoid(x), with a derivative of its own."""

    @staticmethod
    def forward(ctx, x):
        """Compute x * sigmoid(x)."""
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        """Multiply grad_output by the derivative."""
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * s * (1 + x * (1 - s))


# %%
class Affine:
    """A layer on numpy arrays: out = x @ w + b."""

    def __init__(self, w, b):
        """Keep w, (d, m), and b, (m,)."""
        self.w, self.b = w, b

    def forward(self, x):
        """Return x @ w + b, (n, m)."""
        self.x = x
        return x @ self.w + self.b

    def backward(self, dout):
        """Return the derivative with respect to x, and set those for w and b: dw and db."""
        self.dw, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.w.T
