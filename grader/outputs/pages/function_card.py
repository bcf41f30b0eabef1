"""A function on a student's page: its card in the list, or below a cell of the notebook."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from markupsafe import escape

from grader.outputs.function_view import FunctionView
from grader.outputs.pages.picture import Drawing, draw_picture
from grader.outputs.wording import MARKS, describe_points, symbol_in_browser
from grader.report.budget import cut_text
from grader.report.model import CheckResult, FunctionResult, Picture, Status

MAX_PICTURES = 8  # matplotlib needs 30 ms for each
_MAX_NUMBERS = 1500  # of a picture
MAX_PICTURES_BYTES = 72 * 1024
_MAX_CARDS = 150
_MAX_CARDS_BYTES = 100 * 1024  # of the HTML, without pictures
_TEXT_LIMITS = (600, 300, 80)
# The HTML around the texts of a card, a failure and a check.
_CARD_BYTES = 800
_FAILURE_BYTES = 600
_CHECK_BYTES = 160

# Classes of the style sheet for the colours of `MARKS`.
STYLES = {"green": "good", "yellow": "half", "red": "bad", "dim": "none"}


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

    def shortened(self, limit: int) -> Self:
        """Return the card with shorter texts; its pictures and points stay."""
        checks = tuple(replace(one, title=cut_text(one.title, limit)) for one in self.checks)
        return replace(self, view=self.view.shortened(limit), checks=checks)

    def brief(self) -> Self:
        """Return the card with nothing but the name, the points and the mark."""
        return replace(self, view=replace(self.view, failures=()), drawings=(), checks=())

    @property
    def text_bytes(self) -> int:
        """How many bytes its texts have when they are escaped for HTML."""
        texts = [*self.view.texts(), *(one.title for one in self.checks)]
        return len(escape("".join(texts)).encode())

    def below(self, cell: str) -> Self:
        """Return the card, placed below a cell of the notebook."""
        return replace(self, cell=cell)


def make_cards(
    functions: Sequence[FunctionResult], views: Sequence[FunctionView]
) -> tuple[FunctionCard, ...]:
    """Make the cards of the functions of a report, as its student may see them.

    If they would be too long together, their texts are cut, then all but the points is left out. Of
    very many functions only the first have a card.

    Args:
        functions: The functions.
        views: What is shown of each of them.
    """
    pictures = _Pictures()
    cards = tuple(
        _make_card(place, function, view, pictures)
        for place, (function, view) in enumerate(
            zip(functions[:_MAX_CARDS], views, strict=False), start=1
        )
    )
    for limit in _TEXT_LIMITS:
        if _size_of(cards) <= _MAX_CARDS_BYTES:
            return cards
        cards = tuple(card.shortened(limit) for card in cards)
    return cards if _size_of(cards) <= _MAX_CARDS_BYTES else tuple(one.brief() for one in cards)


def _size_of(cards: Iterable[FunctionCard]) -> int:
    """Estimate how many bytes of HTML the cards need, without their pictures."""
    return sum(
        _CARD_BYTES
        + card.text_bytes
        + _FAILURE_BYTES * len(card.view.failures)
        + _CHECK_BYTES * len(card.checks)
        for card in cards
    )


def _make_card(
    place: int, function: FunctionResult, view: FunctionView, pictures: "_Pictures"
) -> FunctionCard:
    is_plain = function.name.isascii() and function.name.isidentifier()
    checks = [one for one in function.checks if not view.failures or one.status is Status.PASSED]
    return FunctionCard(
        view=view,
        anchor=f"function-{function.name if is_plain else place}",
        symbol=symbol_in_browser(function.status),
        style=STYLES[view.mark.color],
        drawings=pictures.draw(function.pictures),
        checks=tuple(map(_check_line, checks)),
        checks_label=_checks_label(view),
    )


class _Pictures:
    """Draws the pictures of a page, as long as there is room for them."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)  # over the whole page
        self._room = MAX_PICTURES_BYTES
        self._left = MAX_PICTURES

    def draw(self, pictures: Iterable[Picture]) -> tuple[Drawing, ...]:
        """Draw the pictures of a function."""
        drawn = []
        for picture in pictures:
            if not self._left or _count_numbers(picture) > _MAX_NUMBERS:
                continue
            self._left -= 1
            try:
                drawing = draw_picture(picture, key=f"picture-{next(self._numbers)}")
            except Exception:  # noqa: BLE001, S112 - an edge: a report without a picture is better than none
                continue
            size = drawing.size
            if size <= self._room:
                self._room -= size
                drawn.append(drawing)
        return tuple(drawn)


def _count_numbers(picture: Picture) -> int:
    return sum(len(one.x) + len(one.y) for one in picture.series)


def _checks_label(view: FunctionView) -> str:
    if view.failures:
        return "Already right"
    if view.remark:
        return "What is checked"
    return "What will be checked" if view.status is Status.MISSING else "What was checked"


def _check_line(check: CheckResult) -> CheckLine:
    return CheckLine(
        symbol=symbol_in_browser(check.status),
        style=STYLES[MARKS[check.status].color],
        title=check.title,
        points=describe_points(check.points, check.max_points),
    )
