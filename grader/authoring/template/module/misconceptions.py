"""Known wrong ways to write a unit: the name says which, the docstring is title and hint.

A method is written as a function with its parameters: Linear__init__... is a wrong
Linear.__init__. `grader verify` requires that each program loses points only on its own unit, and
that the report names it.
"""

import torch
from torch import nn


def Linear__init__plain_tensors(self, n_in, n_out):
    """The weight and the bias are plain tensors, which the module doesn't know.

    An optimizer gets what parameters() lists. Wrap both in nn.Parameter.

    Section: 1. A linear layer
    """
    super().__init__()
    self.weight = (torch.rand(n_out, n_in) - 0.5).requires_grad_()
    self.bias = torch.zeros(n_out, requires_grad=True)


def Linear__init__zeros(self, n_in, n_out):
    """The weight starts with zeros.

    Then all outputs are equal, and stay so. Draw random numbers.

    Section: 1. A linear layer
    """
    super().__init__()
    self.weight = nn.Parameter(torch.zeros(n_out, n_in))
    self.bias = nn.Parameter(torch.zeros(n_out))


def Linear__forward__no_bias(self, x):
    """The bias is not added.

    Add self.bias: it is added to each row.

    Section: 1. A linear layer
    """
    return x @ self.weight.T


def Linear__forward__cut_off(self, x):
    """The result doesn't know how it was computed from the weight.

    .data and .detach() give the numbers without their history. Use self.weight itself.

    Section: 1. A linear layer
    """
    return x @ self.weight.data.T + self.bias
