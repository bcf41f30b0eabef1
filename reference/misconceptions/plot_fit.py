"""Misconceptions about plot_fit(): wrong programs with their hints."""

import torch
from matplotlib import pyplot as plt


def _points_and(x, y, across, up):
    _, axes = plt.subplots()
    axes.scatter(x[:, 0], y)
    axes.plot(across, up)
    return axes


def plot_fit__axes_not_returned(x, y, w):
    """Nothing is returned.

    End with return ax, the Axes that you have drawn on. plt.subplots() and
    plt.gca() return it.

    Section: 2. Model and loss
    """
    _points_and(x, y, x[:, 0], predict(x, w).detach())


def plot_fit__figure_returned(x, y, w):
    """The figure is returned, not its Axes.

    plt.subplots() returns both, the figure and the Axes. Return the second
    one.

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 0], predict(x, w).detach()).figure


def plot_fit__pair_returned(x, y, w):
    """Both the figure and the Axes are returned.

    Return only the Axes.

    Section: 2. Model and loss
    """
    axes = _points_and(x, y, x[:, 0], predict(x, w).detach())
    return axes.figure, axes


def plot_fit__lines_returned(x, y, w):
    """A list is returned, not the Axes.

    plot() returns a list of lines. Return the Axes that they are drawn on.

    Section: 2. Model and loss
    """
    axes = _points_and(x, y, x[:, 0], predict(x, w).detach())
    return list(axes.lines)


def plot_fit__column_of_ones(x, y, w):
    """The data is plotted against the column of ones.

    The feature is column 0 of x: x[:, 0].

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(x[:, 1], y)
    axes.plot(x[:, 0], predict(x, w).detach())
    return axes


def plot_fit__all_over_the_column_of_ones(x, y, w):
    """Data and model are plotted against the column of ones.

    The feature is column 0 of x: x[:, 0].

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(x[:, 1], y)
    axes.plot(x[:, 1], predict(x, w).detach())
    return axes


def plot_fit__model_over_the_column_of_ones(x, y, w):
    """The model is plotted against the column of ones: a vertical line.

    The feature is column 0 of x: x[:, 0].

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 1], predict(x, w).detach())


def plot_fit__axes_turned(x, y, w):
    """The target is on the horizontal axis.

    The feature comes first: scatter(x[:, 0], y) and plot(x[:, 0], y_hat).

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(y, x[:, 0])
    axes.plot(predict(x, w).detach(), x[:, 0])
    return axes


def plot_fit__data_turned(x, y, w):
    """The data is drawn with the target on the horizontal axis.

    The feature comes first: scatter(x[:, 0], y).

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(y, x[:, 0])
    axes.plot(x[:, 0], predict(x, w).detach())
    return axes


def plot_fit__no_model(x, y, w):
    """The model's line is missing.

    Plot predict(x, w) against x[:, 0], besides the data.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(x[:, 0], y)
    return axes


def plot_fit__no_data(x, y, w):
    """Only the model is drawn; the data is missing.

    Plot y against x[:, 0] as points as well.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.plot(x[:, 0], predict(x, w).detach())
    return axes


def plot_fit__nothing_drawn(x, y, w):
    """Nothing is drawn on the Axes that is returned.

    After plt.close(), plt.clf() or another plt.figure(), plt.gca() makes a new
    Axes, which is empty, and plt.cla() empties one. Begin with fig, ax =
    plt.subplots(), draw the data and the model on that ax, and return it.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    return axes


def plot_fit__data_joined(x, y, w):
    """The data is drawn as a line from sample to sample.

    plot() joins its points in the order in which they come. Use scatter(), or
    plot() with the marker "o" and no line.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.plot(x[:, 0], y)
    axes.plot(x[:, 0], predict(x, w).detach())
    return axes


def plot_fit__intercept_left_out(x, y, w):
    """The line leaves out the intercept, so it goes through the origin.

    Draw predict(x, w): w[0] times the feature, plus w[1].

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 0], (x[:, 0] * w[0]).detach())


def plot_fit__slope_left_out(x, y, w):
    """The line is flat: it leaves out the slope.

    Draw predict(x, w): w[0] times the feature, plus w[1].

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 0], (x[:, 1] * w[1]).detach())


def plot_fit__weights_swapped(x, y, w):
    """Slope and intercept are swapped.

    w[0] is the slope and w[1] the intercept. predict(x, w) puts both in their
    places.

    Section: 2. Model and loss
    """
    line = (x[:, 0] * w[1] + w[0]).detach()
    return _points_and(x, y, x[:, 0], line)


def plot_fit__target_as_the_model(x, y, w):
    """The line runs through the targets, not through the predictions.

    Plot predict(x, w) against x[:, 0].

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 0], y)


def plot_fit__model_not_detached(x, y, w):
    """matplotlib or numpy is given a tensor that autograd is tracking.

    Detach it first: predict(x, w).detach().

    Section: 2. Model and loss
    """
    return _points_and(x, y, x[:, 0], predict(x, w).numpy())


def plot_fit__predictions_over_targets(x, y, w):
    """The predictions are plotted against the targets.

    The horizontal axis is the feature, x[:, 0], for both the data and the
    model.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.scatter(y, predict(x, w).detach())
    return axes


def plot_fit__data_over_the_sample_number(x, y, w):
    """The data is plotted against the sample number.

    Give plot() or scatter() two arguments: first x[:, 0], then y.

    Section: 2. Model and loss
    """
    _, axes = plt.subplots()
    axes.plot(y, "o")
    axes.plot(x[:, 0], predict(x, w).detach())
    return axes


def plot_fit__drawn_on_other_axes(x, y, w):
    """The Axes that is returned shows neither the data nor the model.

    Did you draw on one figure and return the Axes of another? Call
    plt.figure() or plt.subplots() only once, before you draw.

    Section: 2. Model and loss
    """
    plt.scatter(x[:, 0], y)
    plt.plot(x[:, 0], predict(x, w).detach())
    plt.figure()
    axes = plt.gca()
    axes.set_title("fit")
    axes.scatter([0.0], [0.0])
    return axes


def plot_fit__changes_x(x, y, w):
    """x itself is changed.

    Assigning to x[...] changes the caller's data, and so does sorting what
    .numpy() gives, which shares its memory with x. Sorting a column separates
    each feature from its target. Leave x and y as they are.

    Section: 2. Model and loss
    """
    axes = _points_and(x, y, x[:, 0].clone(), predict(x, w).detach())
    x[:, 0] = torch.sort(x[:, 0]).values
    return axes


def plot_fit__changes_x__and_moves_it(x, y, w):
    axes = _points_and(x, y, x[:, 0].clone(), predict(x, w).detach())
    x[:, 0] = torch.sort(x[:, 0]).values + 1
    return axes


def plot_fit__plt_returned(x, y, w):
    """A module is returned, such as plt, not the Axes that were drawn on.

    Begin with fig, ax = plt.subplots(), draw on ax, and return ax; or end with
    return plt.gca().

    Section: 2. Model and loss
    """
    _points_and(x, y, x[:, 0], predict(x, w).detach())
    return plt


def plot_fit__feature_sorted_alone(x, y, w):
    """The features are sorted, but the predictions are not.

    Each point of the line then has the height of another one. Sort x before
    you predict, or leave both in their order.

    Section: 2. Model and loss
    """
    feature = x[:, 0].sort().values
    return _points_and(x, y, feature, predict(x, w).detach())


def plot_fit__model_over_the_sample_number(x, y, w):
    """The predictions are plotted against the sample number.

    With a single argument, plot() counts 0, 1, 2, ... on the horizontal axis.
    Give it two: plot(x[:, 0], predict(x, w).detach()).

    Section: 2. Model and loss
    """
    return _points_and(x, y, range(len(y)), predict(x, w).detach())
