"""Known wrong ways to write a function: the name says which, the docstring is title and hint.

`grader verify` requires that each program loses points only on its own function, and that the
report names it.
"""

import torch


def relu__absolute_value(z):
    """Negative numbers lose their sign instead of becoming zero.

    abs(-2) is 2, but max(0, -2) is 0. Look at torch.clamp or torch.relu.

    Section: 1. Activation
    """
    return z.abs()


def relu__cuts_the_graph(z):
    """The result no longer knows how it was computed.

    torch.tensor(...), .item() and .detach() drop the history. Use torch operations on z itself.

    Section: 1. Activation
    """
    return torch.clamp(z, min=0).detach()


def mean_relu__sum_not_mean(z):
    """The sum is returned, not the mean.

    Divide by the number of entries, or call .mean().

    Section: 1. Activation
    """
    return relu(z).sum()


def mean_relu__mean_first(z):
    """The mean is taken before the activation.

    Apply relu to every entry first, then take the mean of the results.

    Section: 1. Activation
    """
    return relu(z.mean())
