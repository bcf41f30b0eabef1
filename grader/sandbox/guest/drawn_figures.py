"""Keeps the figures that a submission draws while it is loaded, and describes figures.

A notebook closes its figures at the end of each cell, and `plt.show()` those that are open. When a
check is about them, they are kept.
"""

import sys
from typing import TYPE_CHECKING, Any

from grader.observations.values import Axes, Items
from grader.sandbox.guest.budget import AnswerBudget
from grader.sandbox.guest.figures import artists_of

if TYPE_CHECKING:
    from grader.sandbox.guest.loaded import LoadedSubmission

_MOST_KEPT = 100


def keep_open_figures(submission: "LoadedSubmission") -> None:
    """Move the open figures to those that the submission has drawn."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    numbers = pyplot.get_fignums()
    for number in numbers:
        if len(submission.figures) < _MOST_KEPT:
            submission.figures.append(pyplot.figure(number))
    if numbers:
        pyplot.close("all")


def keep_what_is_shown(submission: "LoadedSubmission") -> None:
    """Have ``plt.show()`` keep the open figures and close them, as a window that is closed."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:

        def show(*_: object, **__: object) -> None:
            keep_open_figures(submission)

        pyplot.show = show


def open_figures(submission: "LoadedSubmission") -> list[Any]:
    """Return what was drawn while the submission was loaded, and what is open now."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    now = [] if pyplot is None else [pyplot.figure(number) for number in pyplot.get_fignums()]
    return [*submission.figures, *now]


def current_figure(submission: "LoadedSubmission") -> Any:
    """Return the current figure, or else the last one that was drawn; None if there is none."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_fignums():
        return pyplot.gcf()
    return submission.figures[-1] if submission.figures else None


def describe_figure(figure: Any, budget: AnswerBudget) -> Items:
    """Describe the axes of a figure, in order; there are none without a figure.

    Raises:
        TooLargeError: The budget has no room for what is drawn on them.
    """
    all_axes = [] if figure is None else figure.axes
    return Items(
        kind="list",
        items=tuple(Axes(artists=tuple(artists_of([axes], budget))) for axes in all_axes),
    )
