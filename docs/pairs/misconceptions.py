"""A wrong way to write each class, on which both forms of the check fail."""

import torch


def Value__backward__on_every_path(self):
    """A number is passed once on each path to it.

    Sort all numbers first.
    """
    self.grad = 1.0

    def go_on(value):
        value._backward()
        for parent in value._parents:
            go_on(parent)

    go_on(self)


class Linear__no_bias(Linear):
    """The bias is not added.

    Add self.bias.
    """

    def forward(self, x):
        return x @ self.weight.T


class SGD__no_momentum(SGD):
    """Each step uses its own gradient only.

    Add momentum times the velocity of before.
    """

    def step(self):
        with torch.no_grad():
            for w in self.params:
                w -= self.lr * w.grad


class Swish__forgets_grad_output(Swish):
    """backward ignores grad_output.

    Multiply by it.
    """

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return s * (1 + x * (1 - s))


class Affine__mean_for_the_biases(Affine):
    """db is a mean over the samples.

    It is their sum.
    """

    def backward(self, dout):
        dx = super().backward(dout)
        self.db = dout.mean(axis=0)
        return dx
