"""Misconceptions about make_data(): wrong programs with their hints."""

import numpy as np
import torch


def make_data__gaussian_noise(n, w):
    """The noise comes from a normal distribution.

    torch.randn draws from a normal distribution, torch.rand uniformly from [0,
    1). Draw the noise with torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.randn(n)


def make_data__noise_from_minus_one(n, w):
    """The noise is centred at 0, and about as wide as the feature.

    Only the feature is drawn from [-1, 1). The noise is uniform and starts at
    0: torch.rand(n) draws from [0, 1).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    noise = torch.empty(n).uniform_(-1.0, 1.0)
    return x, x @ w + noise


def make_data__noise_around_zero(n, w):
    """The noise is centred at 0.

    In this lab the noise is uniform in [0, 1), so its mean is 0.5. Add
    torch.rand(n) as it is, with nothing subtracted.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    noise = torch.rand(n) - 0.5
    return x, x @ w + noise


def make_data__noise_too_small(n, w):
    """The noise is too small.

    It should be uniform in the whole of [0, 1). Add torch.rand(n) as it is.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + 0.1 * torch.rand(n)


def make_data__one_noise_for_all(n, w):
    """All samples get the same noise.

    One number shifts the whole line and scatters nothing. Draw n of them:
    torch.rand(n), not torch.rand(1) or torch.rand(()).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(1)


def make_data__no_noise(n, w):
    """The targets lie exactly on the line: they have no noise.

    Add a random number to each target: y = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w


def make_data__noise_of_whole_numbers(n, w):
    """The noise is always 0 or 1, with nothing in between.

    randint and rounding give whole numbers. torch.rand(n) draws any number
    from [0, 1).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.randint(0, 2, (n,))


def make_data__noise_grows_with_the_line(n, w):
    """The size of the noise depends on x @ w.

    Is it multiplied by x @ w? It should be the same size everywhere along the
    line. Add it: y = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w * (1 + torch.rand(n))


def make_data__noise_goes_through_the_weights(n, w):
    """The noise is added before the product, and so multiplied by the weights.

    Compute x @ w first and add the noise to that, so that the size of the
    noise doesn't depend on the slope.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, (x + torch.rand(n, 2)) @ w


def make_data__noise_added_to_x(n, w):
    """The noise is in the feature, and the targets lie exactly on the line.

    Leave the feature as uniform_ drew it, and add the noise to the targets: y
    = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    x[:, 0] += torch.rand(n)
    return x, x @ w


def make_data__same_noise_each_call(n, w):
    """Every call draws the same noise.

    A seed that is set inside the function, by manual_seed, restarts the random
    numbers in each call, and what is kept from the first call never changes.
    Draw new numbers in each call, and set a seed only outside, once.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    generator = torch.Generator().manual_seed(0)
    return x, x @ w + torch.rand(n, generator=generator)


def make_data__same_data_each_call(n, w):
    """Every call returns the same data.

    A seed that is set inside the function, by manual_seed, restarts the random
    numbers in each call, and what is kept from the first call never changes.
    Draw new numbers in each call, and set a seed only outside, once.

    Section: 1. Data
    """
    torch.manual_seed(4)
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__feature_from_zero(n, w):
    """The feature lies between about 0 and 1: its negative half is missing.

    torch.rand draws from [0, 1). Fill column 0 with uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n)
    return x, x @ w + torch.rand(n)


def make_data__feature_too_narrow(n, w):
    """The feature lies between about -0.5 and 0.5: half as wide as it should.

    torch.rand(n) - 0.5 has a range of width 1, and [-1, 1) has width 2. Fill
    column 0 with uniform_(-1.0, 1.0), or use 2 * torch.rand(n) - 1.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n) - 0.5
    return x, x @ w + torch.rand(n)


def make_data__feature_gaussian(n, w):
    """The feature comes from a normal distribution.

    torch.randn and normal_ draw from a normal distribution. Fill column 0 with
    uniform_(-1.0, 1.0) instead.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.randn(n)
    return x, x @ w + torch.rand(n)


def make_data__feature_of_whole_numbers(n, w):
    """The feature is always -1 or 0, with nothing in between.

    randint draws whole numbers. Fill column 0 with uniform_(-1.0, 1.0), which
    draws any number from that range.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.randint(-1, 1, (n,))
    return x, x @ w + torch.rand(n)


def make_data__feature_evenly_spaced(n, w):
    """The feature is an even grid, the same in every call, instead of random.

    linspace and arange draw nothing. Fill column 0 with random numbers: x[:,
    0].uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.linspace(-1.0, 1.0, n)
    return x, x @ w + torch.rand(n)


def make_data__one_feature_for_all(n, w):
    """All samples have the same feature.

    If you draw one number, it is copied into the whole column. Draw one for
    each sample: x[:, 0].uniform_(-1.0, 1.0) fills all n entries.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.empty(1).uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__first_row_instead_of_column(n, w):
    """Only the first row of x is random, not the first column.

    x[0] is the first sample, x[:, 0] is the first column. Fill the column:
    x[:, 0].uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__ones_first(n, w):
    """The columns of x are swapped: the ones come first.

    Column 0 is the feature and column 1 is all ones, because w holds the slope
    first, then the intercept. Fill x[:, 0], and leave x[:, 1] at one.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 1].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__ones_first__but_the_slope_for_the_feature(n, w):
    x = torch.ones(n, 2)
    x[:, 1].uniform_(-1.0, 1.0)
    return x, w[0] * x[:, 1] + w[1] + torch.rand(n)


def make_data__both_columns_random(n, w):
    """Both columns of x are random: there is no column of ones.

    uniform_ fills the whole tensor that it is called on. Start with
    torch.ones(n, 2) and call it on the first column only, x[:, 0].

    Section: 1. Data
    """
    x = torch.empty(n, 2).uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__zeros_instead_of_ones(n, w):
    """Column 1 of x is all zeros, so the intercept is lost.

    The intercept w[1] is multiplied by column 1. Start with torch.ones(n, 2),
    so that it counts once for each sample.

    Section: 1. Data
    """
    x = torch.zeros(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__x_has_one_dimension(n, w):
    """x has one dimension, but should have shape (n, 2).

    Is it the feature alone, or are x and y returned in the wrong order? x
    holds the feature and a column of ones: start with torch.ones(n, 2), fill
    its first column, and end with return x, y.

    Section: 1. Data
    """
    x = torch.empty(n).uniform_(-1.0, 1.0)
    return x, w[0] * x + w[1] + torch.rand(n)


def make_data__x_has_other_columns(n, w):
    """x has two dimensions, but not the shape (n, 2).

    x has one row per sample and two columns, the feature and the ones; it is
    neither (n, 1) nor (2, n). Start with torch.ones(n, 2) and fill x[:, 0].

    Section: 1. Data
    """
    x = torch.empty(n, 1).uniform_(-1.0, 1.0)
    return x, w[0] * x[:, 0] + w[1] + torch.rand(n)


def make_data__y_is_a_table(n, w):
    """y has two dimensions, but should have shape (n,).

    Adding a column (n, 1) and a row (n,), or subtracting them, gives a table.
    Keep to one dimension: x @ w with w of shape (2,), and torch.rand(n) for
    the noise.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w.reshape(2, 1) + torch.rand(n, 1)


def make_data__noise_is_a_column(n, w):
    """y is a table of n x n numbers, but should have shape (n,).

    x @ w has shape (n,), and adding noise of shape (n, 1) to it gives a table.
    Draw the noise with torch.rand(n), which has the same shape as x @ w.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n, 1)


def make_data__shapes_do_not_fit(n, w):
    """A tensor of shape (n, 2) is combined with one of shape (n,).

    x * w, or noise with the shape of x, is (n, 2), but a target is one number
    per sample. x @ w multiplies and sums, so (n, 2) @ (2,) gives (n,), and
    torch.rand(n) fits that.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x * w + torch.rand(n)


def make_data__factors_swapped(n, w):
    """The factors of w @ x are in the wrong order.

    The columns of the first factor are matched with the entries of the second:
    (n, 2) @ (2,) gives (n,). Write x @ w.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, w @ x + torch.rand(n)


def make_data__intercept_ignored(n, w):
    """The intercept is missing from the targets.

    A target is w[0] times the feature, plus w[1], plus noise. x @ w gives the
    first two at once, thanks to the column of ones.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, w[0] * x[:, 0] + torch.rand(n)


def make_data__weights_swapped(n, w):
    """Slope and intercept are swapped in the targets.

    w[0] is the slope, which multiplies the feature; w[1] is the intercept. x @
    w puts both in their places.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, w[1] * x[:, 0] + w[0] + torch.rand(n)


def make_data__x_is_float64(n, w):
    """x is float64, but should be float32.

    numpy works in float64 by default. Stay with torch (torch.ones, uniform_,
    torch.rand), which makes float32, or convert what comes from numpy with
    .float().

    Section: 1. Data
    """
    feature = np.random.uniform(-1.0, 1.0, n)
    x = torch.from_numpy(np.stack([feature, np.ones(n)], axis=1))
    return x, x @ w.double() + torch.rand(n)


def make_data__y_is_float64(n, w):
    """y is float64, but should be float32.

    One float64 term makes the whole sum float64, and numpy draws float64 by
    default. Draw the noise with torch.rand(n), or convert it with .float()
    before you add it.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.from_numpy(np.random.rand(n))


def make_data__float64_times_float32(n, w):
    """x is float64 and w is float32, but @ needs both to be of the same type.

    numpy makes float64 by default. Build x with torch.ones(n, 2) and uniform_,
    or convert it with .float() before you multiply.

    Section: 1. Data
    """
    feature = np.random.uniform(-1.0, 1.0, n)
    x = torch.from_numpy(np.stack([feature, np.ones(n)], axis=1))
    return x, x @ w + torch.rand(n)


def make_data__x_requires_grad(n, w):
    """x requires grad.

    Data is given, not learnt; only the weights need gradients. Leave out
    requires_grad here.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x.requires_grad_(), y


def make_data__y_requires_grad(n, w):
    """y requires grad.

    Targets are given, not learnt. Compute them from a w without requires_grad,
    and don't switch it on for y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x, y.requires_grad_()


def make_data__uniform_without_underscore(n, w):
    """Tensors have no method uniform, only uniform_.

    The underscore is part of the name: uniform_ changes the tensor in place.
    Write x[:, 0].uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = x[:, 0].uniform(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__returns_y_only(n, w):
    """Only one tensor is returned.

    Return both the inputs and the targets: return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x @ w + torch.rand(n)


def make_data__returns_one_table(n, w):
    """A single table is returned, not a pair.

    Return two tensors, x of shape (n, 2) and y of shape (n,): return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return torch.cat([x, y.unsqueeze(1)], dim=1)


def make_data__returns_nothing(n, w):
    """Nothing is returned.

    A function's own variables are lost when it ends, even if it has printed
    them. Return the tensors in the last line: return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    print(x, y)


def make_data__only_x_returned(n, w):
    """Only x is returned, without y.

    End with return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x


def make_data__noise_drawn_into_x(n, w):
    """Column 0 of x looks like the noise, and y doesn't belong to it.

    x[:, 0].uniform_(0, 1) draws into x itself, in place of the feature. Draw
    the noise as a tensor of its own: y = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w
    y += x[:, 0].uniform_(0.0, 1.0)
    return x, y


def make_data__pairs_torn(n, w):
    """y doesn't belong to x: the pairs are torn apart.

    Is x or y sorted, shuffled or drawn again after y is computed? Then y[i] is
    that of another row. Compute y last, from the very x that is returned.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x[torch.randperm(n)], y


def make_data__pairs_torn__x_sorted(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x[torch.argsort(x[:, 0])], y


def make_data__noise_on_the_weights(n, w):
    """The noise is added to w, and so multiplied by x.

    Compute x @ w with w as it is, and add the noise to that: torch.rand(n),
    one number for each sample.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, (x * (w + torch.rand(n, 2))).sum(dim=1)


def make_data__noise_on_the_weights__on_the_slope(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x[:, 0] * (w[0] + torch.rand(n)) + w[1]
