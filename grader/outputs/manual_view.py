"""What every report shows of the answers that a person marks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.outputs.wording import (
    MARKED_FULL,
    MARKED_PART,
    MARKED_ZERO,
    NO_POINTS,
    WAITING,
    Mark,
    describe_points,
    format_points,
)
from grader.report.budget import cut_text
from grader.report.manual import waiting_items, waiting_points
from grader.report.model import ManualItem, ManualMark, Report, RubricLevel
from grader.report.words import join_names

_MAX_NAMES = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualView:
    """An answer that a person marks, in words.

    Attributes:
        id: Its id.
        title: What it asks for.
        mark: Its mark and word: "waits for a person", or "marked".
        points: The points that were given; a dash while it waits.
        max_points: What it is worth.
        given: What the marker says: the level and the comment; may be empty.
        by: Who marked it and when; may be empty.
        remark: What is odd about the answer, or that a mark is outdated; may be empty.
        rubric: A line for each level.
        answer: The text of the answer, or the start of a long one.
        is_cut: Whether there is more of it.
    """

    id: str
    title: str
    mark: Mark
    points: str
    max_points: str
    given: tuple[str, ...]
    by: str
    remark: str
    rubric: tuple[str, ...]
    answer: str
    is_cut: bool


def view_manual(items: Iterable[ManualItem]) -> tuple[ManualView, ...]:
    """Return what to show of each answer, in order."""
    return tuple(map(_view, items))


def describe_item(item: ManualItem) -> str:
    """Return the state of an answer in a line: ``essay: 3 of 5 points, marked``."""
    if item.points is None:
        return f"{item.id}: {WAITING.word}, worth up to {count_points(item.max_points)}"
    return f"{item.id}: {describe_points(item.points, item.max_points)}, {_mark(item).word}"


def describe_item_in_full(item: ManualItem) -> str:
    """Return the state of an answer, and what the marker and we have to say of it."""
    view = _view(item)
    return "\n".join(filter(None, (describe_item(item), view.title, *view.given, view.remark)))


def describe_waiting(report: Report) -> str:
    """Say how many points wait for a person, and for which answers; empty if none do."""
    waiting = waiting_items(report.manual)
    if not waiting:
        return ""
    points = waiting_points(report)
    verb = "waits" if points == 1 else "wait"
    names = cut_text(join_names([one.id for one in waiting]), _MAX_NAMES, ellipsis=" ...")
    return f"{count_points(points)} of the maximum {verb} for a person to mark: {names}"


def count_points(points: float) -> str:
    """Write points with their noun: ``1 point``, ``2.5 points``."""
    return f"{format_points(points)} point{'' if points == 1 else 's'}"


def _mark(item: ManualItem) -> Mark:
    if item.points is None:
        return WAITING
    if item.points >= item.max_points:
        return MARKED_FULL
    return MARKED_PART if item.points > 0 else MARKED_ZERO


def _view(item: ManualItem) -> ManualView:
    return ManualView(
        id=item.id,
        title=item.title,
        mark=_mark(item),
        points=NO_POINTS if item.points is None else format_points(item.points),
        max_points=format_points(item.max_points),
        given=tuple(_given(item.mark)),
        by=_by(item.mark),
        remark=". ".join(_remarks(item)),
        rubric=tuple(map(_level, item.rubric)),
        answer=item.answer,
        is_cut=item.is_cut,
    )


def _level(level: RubricLevel) -> str:
    more = f": {level.description}" if level.description else ""
    return f"{count_points(level.points)}, {level.title}{more}"


def _given(mark: ManualMark | None) -> Iterator[str]:
    if mark is not None:
        yield from filter(None, (mark.level, mark.comment))


def _by(mark: ManualMark | None) -> str:
    if mark is None:
        return ""
    day = mark.at.partition("T")[0]
    words = (mark.by and f"by {mark.by}", day and f"on {day}")
    return " ".join(("Marked", *filter(None, words))) if any(words) else ""


def _remarks(item: ManualItem) -> Iterator[str]:
    if item.problem:
        yield f"{item.problem[0].upper()}{item.problem[1:]}"
    if item.outdated is not None:
        points = describe_points(item.outdated.points, item.max_points)
        yield f"An earlier answer was given {points}; this one is marked anew"
