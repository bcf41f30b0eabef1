"""A function on a student's page: its card in the list, or below a cell of the notebook."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from grader.outputs.function_view import FunctionView, view_function
from grader.outputs.pages.picture import Drawing, draw_picture
from grader.outputs.wording import MARKS, describe_points, symbol_in_browser
from grader.report.model import CheckResult, FunctionResult, Picture, Status

# Classes of the style sheet for the colours of `MARKS`.
_STYLES = {"green": "good", "yellow": "half", "red": "bad", "dim": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A check of which only the title and the points are shown."""

    symbol: str
    style: str
    title: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCard:
    """A function, ready for the templates.

    Attributes:
        view: What is shown of it in every report.
        anchor: The id of its element.
        symbol: Its mark.
        style: The class of the style sheet for its mark.
        drawings: Its pictures.
        checks: Its checks without the failures.
        checks_label: The heading of those.
        cell: The cell of the notebook below which the card is; empty if it is in the list.
        is_open: Whether it is unfolded when the page is opened.
    """

    view: FunctionView
    anchor: str
    symbol: str
    style: str
    drawings: tuple[Drawing, ...]
    checks: tuple[CheckLine, ...]
    checks_label: str
    cell: str = ""
    is_open: bool = False

    def unfolded(self) -> Self:
        """Return the card, unfolded."""
        return replace(self, is_open=True)

    def below(self, cell: str) -> Self:
        """Return the card, placed below a cell of the notebook."""
        return replace(self, cell=cell)


def make_cards(functions: Sequence[FunctionResult]) -> tuple[FunctionCard, ...]:
    """Make the cards of all functions of a report, as its student may see them."""
    numbers = itertools.count(1)  # of the pictures, over the whole page
    return tuple(
        _make_card(place, function, numbers) for place, function in enumerate(functions, start=1)
    )


def _make_card(place: int, function: FunctionResult, numbers: Iterator[int]) -> FunctionCard:
    view = view_function(function)
    is_plain = function.name.isascii() and function.name.isidentifier()
    checks = [one for one in function.checks if not view.failures or one.status is Status.PASSED]
    return FunctionCard(
        view=view,
        anchor=f"function-{function.name if is_plain else place}",
        symbol=symbol_in_browser(function.status),
        style=_STYLES[view.mark.color],
        drawings=_draw(function.pictures, numbers),
        checks=tuple(map(_check_line, checks)),
        checks_label=_checks_label(view),
    )


def _draw(pictures: Iterable[Picture], numbers: Iterator[int]) -> tuple[Drawing, ...]:
    drawn = []
    for picture in pictures:
        try:
            drawn.append(draw_picture(picture, key=f"picture-{next(numbers)}"))
        except Exception:  # noqa: BLE001, S112 - an edge: a report without a picture is better than none
            continue
    return tuple(drawn)


def _checks_label(view: FunctionView) -> str:
    if view.failures:
        return "Already right"
    return "What will be checked" if view.status is Status.MISSING else "What was checked"


def _check_line(check: CheckResult) -> CheckLine:
    return CheckLine(
        symbol=symbol_in_browser(check.status),
        style=_STYLES[MARKS[check.status].color],
        title=check.title,
        points=describe_points(check.points, check.max_points),
    )
