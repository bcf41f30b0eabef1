"""Known wrong ways to write a function: the name says which, the docstring is title and hint.

`grader verify` requires that each program loses points only on its own function, and that the
report names it.
"""


def affine_forward__no_bias(x, w, b):
    """The bias is not added.

    Add b to the product: numpy adds it to each row.

    Section: 1. There and back
    """
    return x @ w, (x, w, b)


def affine_backward__dx_divided_by_n(dout, cache):
    """dx is divided by the number of samples.

    Each row of dx belongs to one sample only, so there is nothing to take a mean of.

    Section: 1. There and back
    """
    x, w, _ = cache
    return dout @ w.T / len(x), x.T @ dout, dout.sum(axis=0)


def affine_backward__mean_over_the_samples(dout, cache):
    """dw and db are means over the samples, not sums.

    If the loss is a mean, dout has the factor 1 / n already.

    Section: 1. There and back
    """
    x, w, _ = cache
    return dout @ w.T, x.T @ dout / len(x), dout.mean(axis=0)


def affine_backward__one_bias(dout, cache):
    """db is a single number, summed over all outputs too.

    Each output has a bias of its own: sum over the first axis only.

    Section: 1. There and back
    """
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum()
