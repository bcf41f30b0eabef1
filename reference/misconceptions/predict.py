"""Misconceptions about predict(): wrong programs with their hints."""

import torch


def predict__not_summed(x, w):
    """The products are not summed: each sample gets two numbers.

    x * w multiplies entry by entry and keeps the shape (n, 2). x @ w
    multiplies and then sums over the columns, which gives one number per
    sample.

    Section: 2. Model and loss
    """
    return x * w


def predict__summed_over_the_samples(x, w):
    """The products are summed over the samples, not over the columns.

    Dimension 0 counts the samples, dimension 1 the columns. Sum with
    .sum(dim=1), or let x @ w do both.

    Section: 2. Model and loss
    """
    return (x * w).sum(dim=0)


def predict__whole_x_as_the_feature(x, w):
    """All of x is used as the feature, including the column of ones.

    The feature is the first column, x[:, 0]. x @ w multiplies it by the slope,
    and the ones by the intercept.

    Section: 2. Model and loss
    """
    return x * w[0] + w[1]


def predict__matrix_times_a_number(x, w):
    """@ is used with a single number.

    w[0] is a number with no dimensions, and @ multiplies matrices and vectors.
    Multiply by all of w: x @ w.

    Section: 2. Model and loss
    """
    return x @ w[0] + w[1]


def predict__factors_swapped(x, w):
    """The factors are in the wrong order: w @ x.

    The columns of the first factor are matched with the entries of the second:
    (n, 2) @ (2,) gives (n,). Write x @ w, and let the parameters come in the
    order predict(x, w).

    Section: 2. Model and loss
    """
    return w @ x


def predict__x_transposed(x, w):
    """x is transposed before it is multiplied by w.

    x already has a column for each entry of w: (n, 2) @ (2,) gives (n,). Write
    x @ w, without .T.

    Section: 2. Model and loss
    """
    return x.T @ w


def predict__intercept_dropped(x, w):
    """The intercept is missing: the line always goes through the origin.

    Add w[1] to the slope times the feature, or write x @ w, where the column
    of ones takes care of it.

    Section: 2. Model and loss
    """
    return w[0] * x[:, 0]


def predict__slope_dropped(x, w):
    """The slope is missing: the feature is not multiplied by w[0].

    Multiply the feature by w[0] before you add w[1], or write x @ w.

    Section: 2. Model and loss
    """
    return x[:, 0] + w[1]


def predict__ones_added_instead_of_the_intercept(x, w):
    """The column of ones is added as it is, in place of the intercept.

    The ones are there to be multiplied by w[1]. x @ w does that.

    Section: 2. Model and loss
    """
    return w[0] * x[:, 0] + x[:, 1]


def predict__intercept_added_twice(x, w):
    """The intercept is counted twice.

    x @ w already contains it, because x has a column of ones. Leave out what
    you add after it.

    Section: 2. Model and loss
    """
    return x @ w + w[1]


def predict__weights_swapped(x, w):
    """Slope and intercept are swapped.

    w[0] is the slope, which multiplies the feature; w[1] is the intercept. x @
    w puts both in their places.

    Section: 2. Model and loss
    """
    return w[1] * x[:, 0] + w[0]


def predict__uses_the_true_weights(x, w):
    """The true weights, 3 and 2, are used, whatever w is.

    Once the data is made, the true weights are forgotten. Predict with the w
    that the function is given.

    Section: 2. Model and loss
    """
    return x @ torch.tensor([3.0, 2.0])


def predict__is_a_column(x, w):
    """The predictions are a column, (n, 1), but should have shape (n,).

    y has shape (n,), and a column minus a row gives a table of n x n
    differences. Multiply by w of shape (2,) as it is: x @ w.

    Section: 2. Model and loss
    """
    return x @ w.reshape(2, 1)


def predict__cuts_the_graph(x, w):
    """The numbers are right, but autograd can't trace them back to w.

    .item(), .detach(), .tolist(), torch.tensor(...) and torch.no_grad() all
    cut the graph. Use torch operations only, on w itself: x @ w.

    Section: 3. Autograd
    """
    return (x @ w).detach()


def predict__numpy_of_a_tracked_tensor(x, w):
    """numpy refuses a tensor that autograd is tracking.

    You don't need numpy here: x @ w is a torch operation, and autograd can
    follow it.

    Section: 3. Autograd
    """
    return torch.from_numpy(x.numpy() @ w.numpy())


def predict__is_a_sum(x, w):
    """The predictions are added up into a single number.

    Every sample has its own prediction. x @ w has already summed over the
    columns; return it as it is.

    Section: 2. Model and loss
    """
    return (x @ w).sum()


def predict__is_a_mean(x, w):
    """The predictions are averaged into a single number.

    The mean belongs in the loss. Here, return all n predictions, x @ w.

    Section: 2. Model and loss
    """
    return (x @ w).mean()


def predict__first_sample_only(x, w):
    """Only the first sample is predicted.

    x[0] is the first row. x @ w predicts all n samples at once, without an
    index and without a loop.

    Section: 2. Model and loss
    """
    return x[0] @ w


def predict__through_a_sigmoid(x, w):
    """The line is put through a sigmoid.

    The sigmoid belongs to section 7, where the target is a class. The model
    here is the line itself, x @ w.

    Section: 2. Model and loss
    """
    return torch.sigmoid(x @ w)


def predict__adds_noise(x, w):
    """Noise is added to the predictions.

    The noise is in the targets, and nobody can predict it. The model is the
    line alone, x @ w.

    Section: 2. Model and loss
    """
    return x @ w + torch.rand(len(x))


def predict__changes_x(x, w):
    """x itself is multiplied, so the data changes with every call.

    *= and methods with a trailing underscore work in place. Make a new tensor
    instead: x @ w leaves x as it is.

    Section: 2. Model and loss
    """
    return x.mul_(w).sum(dim=1)


def predict__returns_nothing(x, w):
    """Nothing is returned.

    A function's own variables are lost when it ends, even if it has printed
    them. Return the predictions: return x @ w.

    Section: 2. Model and loss
    """
    print(x @ w)


def predict__model_of_its_own__a_vector(x, w):
    """The predictions come from a new torch.nn.Linear, not from w.

    A new Linear has random weights of its own. Multiply x by the w that the
    function is given: x @ w.

    Section: 2. Model and loss
    """
    return torch.nn.Linear(2, 1)(x)[:, 0]


def predict__model_of_its_own__a_column(x, w):
    return torch.nn.Linear(2, 1)(x)


def predict__model_of_its_own__without_bias(x, w):
    return torch.nn.Linear(2, 1, bias=False)(x)[:, 0]


def predict__model_of_its_own__a_column_without_bias(x, w):
    return torch.nn.Linear(2, 1, bias=False)(x)


def predict__model_of_its_own__of_the_feature(x, w):
    return torch.nn.Linear(1, 1)(x[:, :1])[:, 0]


def predict__model_of_its_own__a_column_of_the_feature(x, w):
    return torch.nn.Linear(1, 1)(x[:, :1])


def predict__first_sample_left_out(x, w):
    """The first sample is not predicted.

    Python counts from 0, so range(1, n) begins with the second row. x @ w
    predicts all rows at once.

    Section: 2. Model and loss
    """
    y_hat = torch.zeros(len(x))
    for i in range(1, len(x)):
        y_hat[i] = x[i] @ w
    return y_hat


def predict__first_sample_left_out__and_no_place_for_it(x, w):
    return (x @ w)[1:]


def predict__last_sample_left_out(x, w):
    """The last sample is not predicted.

    range(n - 1) ends with n - 2, and the slice [:-1] before the last row.
    x @ w predicts all rows at once.

    Section: 2. Model and loss
    """
    y_hat = torch.zeros(len(x))
    for i in range(len(x) - 1):
        y_hat[i] = x[i] @ w
    return y_hat


def predict__last_sample_left_out__and_no_place_for_it(x, w):
    return (x @ w)[:-1]
