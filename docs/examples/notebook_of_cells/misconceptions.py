"""Known wrong ways to compute a value: the body takes the place of the cell's solution."""

import matplotlib.pyplot as plt
import numpy as np

# --- x and y ------------------------------------------------------------------------------


def x__the_days():
    """x has the numbers of the days, not the temperatures.

    Columns are counted from 0: usecols=1 is the second one.

    Section: 1. Data
    """
    x = np.loadtxt("rentals.csv", delimiter=",", skiprows=1, usecols=0)


def x__without_the_first_day():
    """The first day is missing.

    Only the first line is left out: skiprows=1.

    Section: 1. Data
    """
    x = np.loadtxt("rentals.csv", delimiter=",", skiprows=2, usecols=1)


def x__a_column():
    """x has shape (n, 1), not (n,).

    A column minus an array of shape (n,) is a table of all differences. usecols=1 reads one column
    as an array of shape (n,).

    Section: 1. Data
    """
    x = np.loadtxt("rentals.csv", delimiter=",", skiprows=1)[:, 1:2]


def y__the_temperatures():
    """y has the temperatures, not the rentals.

    The rentals are in the third column: usecols=2.

    Section: 1. Data
    """
    y = np.loadtxt("rentals.csv", delimiter=",", skiprows=1, usecols=1)


# --- x_standardized -----------------------------------------------------------------------


def x_standardized__divided_by_the_variance():
    """The temperatures are divided by their variance.

    Divide by the standard deviation, its square root: x.std().

    Section: 2. Standardize
    """
    x_standardized = (x - x.mean()) / x.var()


def x_standardized__sample_deviation():
    """The standard deviation is the one that divides by n - 1.

    Then the mean of the squares is not 1. In numpy, x.std() divides by n; in torch, x.std() divides
    by n - 1, and x.std(correction=0) by n.

    Section: 2. Standardize
    """
    x_standardized = (x - x.mean()) / x.std(ddof=1)


def x_standardized__mean_left():
    """The mean is not subtracted.

    Subtract it first: (x - x.mean()) / x.std().

    Section: 2. Standardize
    """
    x_standardized = x / x.std()


def x_standardized__parentheses():
    """Only the mean is divided by the standard deviation.

    Division comes before subtraction. Put the difference in parentheses.

    Section: 2. Standardize
    """
    x_standardized = x - x.mean() / x.std()


def x_standardized__to_the_unit_interval():
    """The temperatures are scaled to lie between 0 and 1.

    Use the mean and the standard deviation, not the smallest and the largest temperature.

    Section: 2. Standardize
    """
    x_standardized = (x - x.min()) / (x.max() - x.min())


# --- loss_history -------------------------------------------------------------------------


def _plot(losses):
    plt.plot(losses)
    plt.show()


def loss_history__after_the_step():
    """Each loss is the one after its step.

    Append the loss before w changes: the first one is that of w = (0, 0).

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
        loss_history.append(np.mean((w[0] * x_standardized + w[1] - y) ** 2))
    _plot(loss_history)


def loss_history__gradient_without_2():
    """The steps are half as long as they should be: the 2 of the derivative is missing.

    The derivative of error ** 2 is 2 * error, times the derivative of the error.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w - 0.1 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__climbs():
    """The steps go up: along the gradient, not against it.

    Subtract the gradient times the learning rate.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w + 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__sum_of_squares():
    """Each loss is the sum of the squares, not their mean.

    Use np.mean: twice as many days don't make the loss larger.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.sum(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__starts_at_one():
    """The weights start at 1.

    Start with np.zeros(2).

    Section: 3. Gradient descent
    """
    w = np.ones(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__always_the_first():
    """The error is computed once, before the loop, so all losses are equal.

    Predict anew in each step: the weights have changed.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    error = w[0] * x_standardized + w[1] - y
    for _ in range(100):
        loss_history.append(np.mean(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__only_the_last():
    """The list has a single loss, that of the last step.

    Make the empty list before the loop, not inside of it.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    for _ in range(100):
        loss_history = []
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(loss_history)


def loss_history__plots_the_errors():
    """The errors of the days are plotted, not the losses of the steps.

    plt.plot(loss_history) draws the losses.

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    _plot(error)


def loss_history__not_plotted():
    """There is no plot.

    Draw the losses with plt.plot(loss_history).

    Section: 3. Gradient descent
    """
    w = np.zeros(2)
    loss_history = []
    for _ in range(100):
        error = w[0] * x_standardized + w[1] - y
        loss_history.append(np.mean(error**2))
        w = w - 0.2 * np.array([np.mean(error * x_standardized), np.mean(error)])


# --- w_hat --------------------------------------------------------------------------------


def w_hat__intercept_first():
    """The intercept comes first.

    w_0 belongs to x_standardized, and w_1 stands alone: (slope, intercept).

    Section: 4. The best line
    """
    columns = np.column_stack([np.ones_like(x_standardized), x_standardized])
    w_hat = np.linalg.lstsq(columns, y, rcond=None)[0]


def w_hat__of_x():
    """The line is fitted to x, not to x_standardized.

    Use x_standardized, as in the steps before.

    Section: 4. The best line
    """
    w_hat = np.polyfit(x, y, 1)


def w_hat__through_the_origin():
    """The intercept is 0.

    Add a column of ones, or take the intercept of the steps.

    Section: 4. The best line
    """
    w_hat = np.array([np.sum(x_standardized * y) / np.sum(x_standardized**2), 0.0])


def w_hat__x_and_y_exchanged():
    """The line predicts temperatures from rentals.

    What is predicted is y: it comes last in np.linalg.lstsq(columns, y) and np.polyfit(x, y, 1).

    Section: 4. The best line
    """
    w_hat = np.polyfit(y, x_standardized, 1)


# --- final_loss ---------------------------------------------------------------------------


def final_loss__the_root():
    """The root of the mean squared error is taken.

    Leave out the root: final_loss is comparable with loss_history.

    Section: 4. The best line
    """
    final_loss = np.sqrt(np.mean((w_hat[0] * x_standardized + w_hat[1] - y) ** 2))


def final_loss__absolute():
    """The mean absolute error is taken.

    Square the errors.

    Section: 4. The best line
    """
    final_loss = np.mean(np.abs(w_hat[0] * x_standardized + w_hat[1] - y))


def final_loss__square_of_the_mean():
    """The mean of the errors is squared, and that is 0 for the best line.

    Square first, then take the mean.

    Section: 4. The best line
    """
    final_loss = np.mean(w_hat[0] * x_standardized + w_hat[1] - y) ** 2


def final_loss__predicts_for_x():
    """The predictions are those for x, not for x_standardized.

    w_hat belongs to x_standardized.

    Section: 4. The best line
    """
    final_loss = np.mean((w_hat[0] * x + w_hat[1] - y) ** 2)


# --- prediction ---------------------------------------------------------------------------


def prediction__not_standardized():
    """The line is evaluated at 20, but it is one of standardized temperatures.

    Standardize 20 first: (20 - x.mean()) / x.std().

    Section: 5. A forecast
    """
    prediction = w_hat[0] * 20 + w_hat[1]


def prediction__without_the_intercept():
    """The intercept is missing.

    Add w_hat[1].

    Section: 5. A forecast
    """
    prediction = w_hat[0] * (20 - x.mean()) / x.std()


def prediction__mean_not_subtracted():
    """20 is only divided by the standard deviation.

    Subtract the mean of x first, as for all other temperatures.

    Section: 5. A forecast
    """
    prediction = w_hat[0] * 20 / x.std() + w_hat[1]
