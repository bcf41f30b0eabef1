"""Misconceptions about mse(): wrong programs with their hints."""

import torch


def mse__sum_instead_of_mean(y_hat, y):
    """The squares are added up, but not divided by their number.

    A sum grows with the number of samples. Take .mean() of the squared
    differences. In nn.MSELoss, reduction="sum" and size_average=False give
    the sum.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).sum()


def mse__halved(y_hat, y):
    """The loss is half the mean squared error.

    Some books put 1/2 in front, to cancel the 2 in the gradient. In this lab
    the loss is the plain mean of the squared differences.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).mean() / 2


def mse__half_the_sum(y_hat, y):
    """The loss is half the sum of the squares.

    Some books define the loss this way. In this lab it is the mean: divide by
    the number of samples, and by nothing else.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).sum() / 2


def mse__not_squared(y_hat, y):
    """The differences are not squared, so positive and negative ones cancel.

    Square each difference before you take the mean: (y_hat - y) ** 2.

    Section: 2. Model and loss
    """
    return (y_hat - y).mean()


def mse__doubled_instead_of_squared(y_hat, y):
    """The differences are multiplied by 2 instead of squared.

    * 2 doubles, ** 2 squares. Write (y_hat - y) ** 2.

    Section: 2. Model and loss
    """
    return ((y_hat - y) * 2).mean()


def mse__caret_for_a_power(y_hat, y):
    """^ is not the power operator in Python.

    ^ works on the bits of whole numbers. Powers are written with **: (y_hat -
    y) ** 2.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ^ 2).mean()


def mse__only_y_squared(y_hat, y):
    """Only y is squared, not the difference.

    ** is evaluated before -. Put the difference in parentheses: (y_hat - y) **
    2.

    Section: 2. Model and loss
    """
    return (y_hat - y**2).mean()


def mse__difference_of_the_squares(y_hat, y):
    """Predictions and targets are squared before they are subtracted.

    Take the difference first, then square it: (y_hat - y) ** 2.

    Section: 2. Model and loss
    """
    return (y_hat**2 - y**2).mean()


def mse__absolute(y_hat, y):
    """The absolute differences are averaged, not their squares.

    That is the mean absolute error, which torch calls l1_loss. For the mean
    squared error, square each difference instead.

    Section: 2. Model and loss
    """
    return (y_hat - y).abs().mean()


def mse__root(y_hat, y):
    """The square root of the mean squared error is taken.

    The loss stays in units of y squared. Return the mean without the root.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).mean().sqrt()


def mse__norm(y_hat, y):
    """The loss is the length of the vector of differences.

    A norm is the square root of the sum of the squares. Leave out the root,
    and take the mean instead of the sum.

    Section: 2. Model and loss
    """
    return torch.norm(y_hat - y)


def mse__square_of_the_mean(y_hat, y):
    """The mean is taken before squaring, so differences of both signs cancel.

    Square each difference, then take the mean of the squares.

    Section: 2. Model and loss
    """
    return (y_hat - y).mean() ** 2


def mse__square_of_the_sum(y_hat, y):
    """The differences are added up before squaring, so they can cancel.

    Square each difference first. Then add them up and divide by n, or take
    .mean().

    Section: 2. Model and loss
    """
    return (y_hat - y).sum() ** 2 / len(y)


def mse__cuts_the_graph(y_hat, y):
    """The number is right, but autograd can't differentiate it.

    .item(), float(), .detach(), torch.tensor(...) and torch.no_grad() all cut
    the graph. Return the 0-d tensor that .mean() returns.

    Section: 3. Autograd
    """
    return ((y_hat - y) ** 2).mean().item()


def mse__numpy_of_a_tracked_tensor(y_hat, y):
    """numpy refuses a tensor that autograd is tracking.

    You don't need numpy here: -, ** and .mean() are torch operations, and
    autograd can follow them.

    Section: 3. Autograd
    """
    return torch.tensor(((y_hat.numpy() - y.numpy()) ** 2).mean())


def mse__not_reduced(y_hat, y):
    """The loss is a vector, with one square per sample.

    backward() starts from a single number. Take .mean() of the squares.

    Section: 2. Model and loss
    """
    return (y_hat - y) ** 2


def mse__keeps_a_dimension(y_hat, y):
    """The loss has shape (1,), but should have no dimensions.

    keepdim, [None], reshape(1) and the like keep a dimension or add one.
    .mean() alone gives a 0-d tensor.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).mean(dim=0, keepdim=True)


def mse__column_against_row(y_hat, y):
    """Every prediction is compared with every target: n x n differences.

    A column (n, 1) minus a row (n,) gives a table. Subtract them as they are,
    (n,) minus (n,), without view(-1, 1) or unsqueeze.

    Section: 2. Model and loss
    """
    return ((y_hat.view(-1, 1) - y) ** 2).mean()


def mse__column_against_row__sum_over_n(y_hat, y):
    return ((y_hat.view(-1, 1) - y) ** 2).sum() / len(y)


def mse__divided_by_n_minus_one(y_hat, y):
    """The sum of the squares is divided by n - 1.

    n - 1 is for the variance of a sample. The loss is the plain mean: divide
    by n.

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).sum() / (len(y) - 1)


def mse__divided_by_n_twice(y_hat, y):
    """The mean is divided by the number of samples again.

    .mean() has already divided by n. Return it as it is, or start from .sum().

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).mean() / len(y)


def mse__divided_by_100(y_hat, y):
    """The sum is divided by 100, however many samples there are.

    100 is only the size of the lab's training set. Divide by len(y), or take
    .mean().

    Section: 2. Model and loss
    """
    return ((y_hat - y) ** 2).sum() / 100


def mse__negative(y_hat, y):
    """The loss has a minus sign, so better lines get larger losses.

    A loss is smaller where the line is better, and 0 at best. Return the mean
    of the squares without the minus.

    Section: 2. Model and loss
    """
    return -((y_hat - y) ** 2).mean()


def mse__changes_y_hat(y_hat, y):
    """y_hat itself is changed.

    -= and methods with a trailing underscore work in place. Make a new tensor
    instead: y_hat - y.

    Section: 2. Model and loss
    """
    y_hat -= y
    return (y_hat**2).mean()


def mse__data_given_to_the_loss_class(y_hat, y):
    """The data is passed to the class MSELoss, not to the function it makes.

    MSELoss(), with nothing in the parentheses, makes a loss function; pass the
    data to that. Or use torch.nn.functional.mse_loss(y_hat, y).

    Section: 2. Model and loss
    """
    return torch.nn.MSELoss(y_hat, y)


def mse__returns_nothing(y_hat, y):
    """Nothing is returned.

    A function's own variables are lost when it ends, even if it has printed
    them. End with return and the loss.

    Section: 2. Model and loss
    """
    loss = ((y_hat - y) ** 2).mean()
    print(loss)


def mse__is_a_text(y_hat, y):
    """The loss is returned as a text.

    Return the number itself, as a tensor, and format it only where you print
    it.

    Section: 2. Model and loss
    """
    return f"{((y_hat - y) ** 2).mean():.4f}"


def mse__last_square_only(y_hat, y):
    """Only the last square is divided by n: the others are lost.

    In the loop, = puts a new value in place of the sum. Add to it with +=, or
    use ((y_hat - y) ** 2).mean().

    Section: 2. Model and loss
    """
    return (y_hat[-1] - y[-1]) ** 2 / len(y)


def mse__first_square_only(y_hat, y):
    """Only the first square counts.

    A return inside of the loop ends the function at the first sample. Put it
    after the loop, or use .mean() without a loop.

    Section: 2. Model and loss
    """
    return (y_hat[0] - y[0]) ** 2 / len(y)


def mse__first_square_only__not_divided(y_hat, y):
    return (y_hat[0] - y[0]) ** 2


def mse__first_square_left_out(y_hat, y):
    """The first sample is left out.

    range(1, n) starts with the second one. Loop over range(n), or use .mean()
    without a loop.

    Section: 2. Model and loss
    """
    return ((y_hat - y)[1:] ** 2).sum() / len(y)


def mse__first_square_left_out__and_in_the_mean(y_hat, y):
    return ((y_hat - y)[1:] ** 2).mean()


def mse__last_square_left_out(y_hat, y):
    """The last sample is left out.

    range(n - 1) ends before it, as does [:-1]. Loop over range(n), or use
    .mean() without a loop.

    Section: 2. Model and loss
    """
    return ((y_hat - y)[:-1] ** 2).sum() / len(y)


def mse__last_square_left_out__and_in_the_mean(y_hat, y):
    return ((y_hat - y)[:-1] ** 2).mean()


def mse__changes_y(y_hat, y):
    """y itself is changed.

    -= and methods with a trailing underscore work in place. Make a new tensor
    instead: y_hat - y.

    Section: 2. Model and loss
    """
    y -= y_hat
    return (y**2).mean()


def mse__variance_of_the_differences(y_hat, y):
    """The mean of the differences is subtracted before they are squared.

    That is what a variance does: it is 0 for a line that is too high by the
    same amount everywhere. Square the differences themselves, and take the
    mean.

    Section: 2. Model and loss
    """
    return (y_hat - y).var()


def mse__variance_of_the_differences__over_n(y_hat, y):
    return (y_hat - y).var(unbiased=False)


def mse__standard_deviation_of_the_differences(y_hat, y):
    """The loss is the standard deviation of the differences.

    It subtracts their mean, and takes the root. Square the differences
    themselves, and take the mean.

    Section: 2. Model and loss
    """
    return (y_hat - y).std()


def mse__standard_deviation_of_the_differences__over_n(y_hat, y):
    return (y_hat - y).std(unbiased=False)


def mse__norm_divided_by_n(y_hat, y):
    """The norm is divided by n without being squared.

    A norm is the square root of the sum of the squares. Square it first, or
    take the mean of the squares.

    Section: 2. Model and loss
    """
    return torch.norm(y_hat - y) / len(y)
