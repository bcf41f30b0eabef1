"""Known wrong ways, each a program: the name says whose, the docstring is the hint.

`grader verify` wants each of them to lose points on its own function only, and to be named as
itself in the report.
"""

import torch


def relu__absolute_value(z):
    """Negative numbers lose their sign, instead of becoming zero.

    abs(-2) is 2, but max(0, -2) is 0. Look at torch.clamp or torch.relu.

    Section: 1. Activation
    """
    return z.abs()


def relu__cuts_the_graph(z):
    """The result no longer knows how it was computed.

    torch.tensor(...), .item() and .detach() leave the history behind. Use torch operations on z
    itself.

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

    Apply relu to every entry first, then take the mean of what comes out.

    Section: 1. Activation
    """
    return relu(z.mean())
