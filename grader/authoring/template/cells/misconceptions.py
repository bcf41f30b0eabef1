"""Known wrong ways to compute a value: the name says which, the docstring is title and hint.

The body takes the place of what is between the two markers in the reference. `grader verify`
requires that each program loses points only on its own value, and that the report names it.
"""

import matplotlib.pyplot as plt
import numpy as np


def losses__after_the_step():
    """The losses are those after each step.

    Append the loss before you change w.

    Section: 1. Gradient descent
    """
    w = 0.0
    losses = []
    for _ in range(10):
        w -= 0.1 * 2 * np.mean((w * x - y) * x)
        losses.append(np.mean((w * x - y) ** 2))
    plt.plot(losses)


def losses__no_plot():
    """Nothing is drawn.

    Draw the list with plt.plot(losses).

    Section: 1. Gradient descent
    """
    w = 0.0
    losses = []
    for _ in range(10):
        error = w * x - y
        losses.append(np.mean(error**2))
        w -= 0.1 * 2 * np.mean(error * x)


def slope__mean_of_the_quotients():
    """The slope is the mean of y / x.

    Then points near the origin count as much as others. Minimise the loss instead.

    Section: 2. The best line
    """
    slope = np.mean(y / x)


def slope__typed_in():
    """The slope is a number that was typed in.

    Compute it from x and y: the notebook is graded with other numbers too.

    Section: 2. The best line
    """
    slope = 2.214


def prediction__an_intercept():
    """The slope is added, not multiplied.

    The line goes through the origin: at 4, it is 4 times as high as at 1.

    Section: 3. A prediction
    """
    prediction = slope + 4
