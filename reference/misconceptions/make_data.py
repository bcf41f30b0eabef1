"""Wrong ways to write make_data(), each a program, with its hint."""

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
    """The noise lies in [-1, 1), the range of the feature.

    Only the feature is drawn from [-1, 1). Let the noise begin at 0:
    torch.rand(n) draws from [0, 1).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    noise = torch.empty(n).uniform_(-1.0, 1.0)
    return x, x @ w + noise


def make_data__noise_around_zero(n, w):
    """The noise is centred at 0: it lies in [-0.5, 0.5).

    In this lab the noise is uniform in [0, 1), so its mean is 0.5. Add
    torch.rand(n) as it is, with nothing subtracted.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    noise = torch.rand(n) - 0.5
    return x, x @ w + noise


def make_data__noise_too_small(n, w):
    """The noise is scaled down.

    The noise is uniform in the whole of [0, 1). Add torch.rand(n) without a
    factor in front of it.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + 0.1 * torch.rand(n)


def make_data__one_noise_for_all(n, w):
    """All samples get the same noise.

    One number moves the whole line and scatters nothing. Draw n of them:
    torch.rand(n), not torch.rand(1) or torch.rand(()).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(1)


def make_data__no_noise(n, w):
    """The targets lie exactly on the line: there is no noise in them.

    Add a random number to each target: y = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w


def make_data__noise_of_whole_numbers(n, w):
    """The noise is a whole number, 0 or 1, and nothing in between.

    randint draws whole numbers. torch.rand(n) draws any number from [0, 1).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.randint(0, 2, (n,))


def make_data__noise_grows_with_the_line(n, w):
    """The noise is multiplied with x @ w instead of added to it.

    The noise knows nothing of x: it is the same amount everywhere along the
    line. Add it: y = x @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w * (1 + torch.rand(n))


def make_data__noise_goes_through_the_weights(n, w):
    """The noise is added to x on the way, and so multiplied with the weights.

    Compute x @ w first and add the noise to that, so that its size does not
    depend on the slope.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, (x + torch.rand(n, 2)) @ w


def make_data__noise_added_to_x(n, w):
    """The noise is in the feature, and the targets lie on the line.

    The feature stays as uniform_ drew it. Add the noise to the targets: y = x
    @ w + torch.rand(n).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    x[:, 0] += torch.rand(n)
    return x, x @ w


def make_data__same_noise_each_call(n, w):
    """Every call draws the same noise again.

    A seed inside the function starts the random numbers over at each call.
    Leave it out; to repeat a run, set the seed once, outside.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    generator = torch.Generator().manual_seed(0)
    return x, x @ w + torch.rand(n, generator=generator)


def make_data__same_data_each_call(n, w):
    """Every call returns the same data: a seed is set inside the function.

    manual_seed starts the random numbers over at each call. Leave it out here
    and set the seed once, before the function is called.

    Section: 1. Data
    """
    torch.manual_seed(4)
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__feature_from_zero(n, w):
    """The feature lies in [0, 1), without its negative half.

    torch.rand draws from [0, 1). Fill column 0 with uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.rand(n)
    return x, x @ w + torch.rand(n)


def make_data__feature_too_narrow(n, w):
    """The feature lies in [-0.5, 0.5), half as wide as it should.

    torch.rand(n) - 0.5 is one wide, and [-1, 1) is two. Fill column 0 with
    uniform_(-1.0, 1.0), or take 2 * torch.rand(n) - 1.

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
    """The feature is a whole number, -1 or 0, and nothing in between.

    randint draws whole numbers. Fill column 0 with uniform_(-1.0, 1.0), which
    draws any number of that range.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.randint(-1, 1, (n,))
    return x, x @ w + torch.rand(n)


def make_data__feature_evenly_spaced(n, w):
    """The feature is an even grid, the same at each call, and not random.

    linspace and arange draw nothing. Fill column 0 with random numbers: x[:,
    0].uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = torch.linspace(-1.0, 1.0, n)
    return x, x @ w + torch.rand(n)


def make_data__one_feature_for_all(n, w):
    """All samples have the same feature.

    One number was drawn and copied into the whole column. Draw one for each
    sample: x[:, 0].uniform_(-1.0, 1.0) fills all its n entries.

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

    Column 0 is the feature and column 1 is all ones, since w holds first the
    slope, then the intercept. Fill x[:, 0] and leave x[:, 1] at one.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 1].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__both_columns_random(n, w):
    """Both columns of x are random: there is no column of ones.

    uniform_ fills all of the tensor that it is called on. Begin with
    torch.ones(n, 2) and call it on the first column only, x[:, 0].

    Section: 1. Data
    """
    x = torch.empty(n, 2).uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__zeros_instead_of_ones(n, w):
    """Column 1 of x is all zeros, so the intercept is lost.

    The intercept w[1] is multiplied with column 1. Begin with torch.ones(n,
    2), so that it counts once for each sample.

    Section: 1. Data
    """
    x = torch.zeros(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__x_has_one_dimension(n, w):
    """x has one dimension, but should have shape (n, 2).

    Is it the feature alone, or do x and y come out in the wrong order? x is
    the feature and a column of ones: begin with torch.ones(n, 2), fill its
    first column, and end with return x, y.

    Section: 1. Data
    """
    x = torch.empty(n).uniform_(-1.0, 1.0)
    return x, w[0] * x + w[1] + torch.rand(n)


def make_data__x_has_other_columns(n, w):
    """x is a table, but not one of n rows and two columns.

    x has a row for each sample and two columns, the feature and the ones: it
    is neither (n, 1) nor (2, n). Begin with torch.ones(n, 2) and fill x[:, 0].

    Section: 1. Data
    """
    x = torch.empty(n, 1).uniform_(-1.0, 1.0)
    return x, w[0] * x[:, 0] + w[1] + torch.rand(n)


def make_data__y_is_a_table(n, w):
    """y has two dimensions, but should have shape (n,).

    A column (n, 1) and a row (n,) give a table when they are added or
    subtracted. Keep to one dimension: x @ w with w of shape (2,), and
    torch.rand(n) for the noise.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w.reshape(2, 1) + torch.rand(n, 1)


def make_data__noise_is_a_column(n, w):
    """y is a table of n x n numbers, but should have shape (n,).

    x @ w is a row, (n,), and noise of shape (n, 1) is a column: added up they
    make a table. Draw the noise as torch.rand(n), which has the shape of x @
    w.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.rand(n, 1)


def make_data__shapes_do_not_fit(n, w):
    """A tensor with two columns meets one of shape (n,), and they don't fit.

    x * w and noise like x have shape (n, 2); a target is one number for each
    sample. x @ w multiplies and sums, (n, 2) @ (2,) gives (n,), and
    torch.rand(n) fits that.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x * w + torch.rand(n)


def make_data__factors_swapped(n, w):
    """w @ x has the factors the wrong way round.

    The columns of the first factor are matched with the entries of the second
    one: (n, 2) @ (2,) gives (n,). Write x @ w.

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
    """Slope and intercept change places in the targets.

    w[0] is the slope, which the feature is multiplied with; w[1] is the
    intercept. x @ w puts both in their places.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, w[1] * x[:, 0] + w[0] + torch.rand(n)


def make_data__x_is_float64(n, w):
    """x is float64: numpy draws and counts in float64 by default.

    Stay with torch (torch.ones, uniform_, torch.rand), which makes float32, or
    convert what comes from numpy with .float().

    Section: 1. Data
    """
    feature = np.random.uniform(-1.0, 1.0, n)
    x = torch.from_numpy(np.stack([feature, np.ones(n)], axis=1))
    return x, x @ w.double() + torch.rand(n)


def make_data__y_is_float64(n, w):
    """y is float64: float64 noise makes the whole sum float64.

    numpy draws float64 by default. Draw the noise with torch.rand(n), or
    convert it with .float() before it is added.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, x @ w + torch.from_numpy(np.random.rand(n))


def make_data__float64_times_float32(n, w):
    """x is float64 and w is float32, and @ wants both of one type.

    numpy makes float64 by default. Build x with torch.ones(n, 2) and uniform_,
    or convert it with .float() before you multiply.

    Section: 1. Data
    """
    feature = np.random.uniform(-1.0, 1.0, n)
    x = torch.from_numpy(np.stack([feature, np.ones(n)], axis=1))
    return x, x @ w + torch.rand(n)


def make_data__x_requires_grad(n, w):
    """x requires grad.

    Data is given and never learnt; only the weights need gradients. Leave
    requires_grad away here.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x.requires_grad_(), y


def make_data__y_requires_grad(n, w):
    """y requires grad.

    Targets are given and never learnt. Compute them from a w without
    requires_grad, and don't switch it on for y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x, y.requires_grad_()


def make_data__uniform_without_underscore(n, w):
    """Tensors have no method uniform, only uniform_.

    The underscore belongs to the name: uniform_ changes the tensor in place.
    Write x[:, 0].uniform_(-1.0, 1.0).

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0] = x[:, 0].uniform(-1.0, 1.0)
    return x, x @ w + torch.rand(n)


def make_data__returns_y_only(n, w):
    """Only one tensor is returned.

    The function hands back the inputs and the targets: return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    return x @ w + torch.rand(n)


def make_data__returns_one_table(n, w):
    """A single table is returned, not a pair.

    The function hands back two tensors, x of shape (n, 2) and y of shape (n,),
    with return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return torch.cat([x, y.unsqueeze(1)], dim=1)


def make_data__returns_nothing(n, w):
    """Nothing is returned.

    What is computed or printed inside a function ends with it. Hand the
    tensors over in the last line: return x, y.

    Section: 1. Data
    """
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    print(x, y)
