"""What a page says of each function, ready for the templates."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from grader.outputs.pages.picture import Drawing, draw_picture
from grader.outputs.wording import MARKS, failures, format_points, symbol_in_browser
from grader.report.model import CheckResult, Example, FunctionResult, Picture, Status

# The page's own names for how a status looks; the words beside them say the same.
_LOOKS = {"green": "good", "yellow": "half", "red": "bad", "dim": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check of which no more is said than its title."""

    symbol: str
    look: str
    title: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """A check that has not passed; one whose cause has been told already is not ``is_new``."""

    title: str
    points: str
    is_new: bool
    message: str
    example: Example | None
    hint: str
    section: str
    misconception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionView:
    """One function: its line, and what is told below it.

    ``others`` are the checks of which nothing is told. ``cell`` says behind which cell of the
    notebook it is told; empty where that is in the list.
    """

    name: str
    anchor: str
    symbol: str
    look: str
    word: str
    points: str
    failures: tuple[FailureView, ...]
    pictures: tuple[Drawing, ...]
    others: tuple[CheckView, ...]
    others_label: str
    cell: str = ""
    is_open: bool = False

    def unfolded(self) -> Self:
        """Give the same, unfolded when the page is opened."""
        return replace(self, is_open=True)

    def told_below(self, cell: str) -> Self:
        """Give the same, told below a cell of the notebook."""
        return replace(self, cell=cell)


def view_functions(functions: Sequence[FunctionResult]) -> tuple[FunctionView, ...]:
    """Prepare all functions of a report, made visible before."""
    numbers = itertools.count(1)  # of the pictures, over the whole page
    return tuple(
        _view(place, function, numbers) for place, function in enumerate(functions, start=1)
    )


def _view(place: int, function: FunctionResult, numbers: Iterator[int]) -> FunctionView:
    mark = MARKS[function.status]
    told = _failures(function)
    is_plain = function.name.isascii() and function.name.isidentifier()
    others = [one for one in function.checks if not told or one.status is Status.PASSED]
    return FunctionView(
        name=function.name,
        anchor=f"function-{function.name if is_plain else place}",
        symbol=symbol_in_browser(function.status),
        look=_LOOKS[mark.color],
        word=mark.word,
        points=f"{format_points(function.score)} / {format_points(function.max_score)}",
        failures=told,
        pictures=_drawings(function.pictures, numbers),
        others=tuple(map(_check, others)),
        others_label=_others_label(function, has_failures=bool(told)),
    )


def _drawings(pictures: Iterable[Picture], numbers: Iterator[int]) -> tuple[Drawing, ...]:
    drawn = []
    for picture in pictures:
        try:
            drawn.append(draw_picture(picture, key=f"picture-{next(numbers)}"))
        except Exception:  # noqa: BLE001, S112 - an edge: a report without a picture is worth more than none
            continue
    return tuple(drawn)


def _others_label(function: FunctionResult, *, has_failures: bool) -> str:
    if has_failures:
        return "Right already"
    return "What will be checked" if function.status is Status.MISSING else "What was checked"


def _points(check: CheckResult) -> str:
    return f"{format_points(check.points)} of {format_points(check.max_points)} points"


def _check(check: CheckResult) -> CheckView:
    return CheckView(
        symbol=symbol_in_browser(check.status),
        look=_LOOKS[MARKS[check.status].color],
        title=check.title,
        points=_points(check),
    )


def _failures(function: FunctionResult) -> tuple[FailureView, ...]:
    """Prepare what failed; a mistake that several checks show is named with the first."""
    named: set[str] = set()
    told = []
    for check, is_new in failures(function):
        misconception = check.misconception or ""
        is_named = misconception in named
        told.append(_failure(check, is_new=is_new, tag="" if is_named else misconception))
        named.add(misconception)
    return tuple(told)


def _failure(check: CheckResult, *, is_new: bool, tag: str) -> FailureView:
    return FailureView(
        title=check.title,
        points=_points(check),
        is_new=is_new,
        message=check.message,
        example=check.example,
        hint=check.hint,
        section=check.section,
        misconception=tag,
    )
