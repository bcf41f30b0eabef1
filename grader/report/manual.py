"""The answers of a report that a person marks: what waits, and what marks make of a score."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec

from grader.report.model import ManualItem, ManualMark, ManualStatus, Report, ReportStatus
from grader.report.score import exact_sum


class _Item(Protocol):
    """What is known of an answer in a report, or in the outline of one."""

    @property
    def max_points(self) -> float: ...
    @property
    def points(self) -> float | None: ...


class _Marked(Protocol):
    @property
    def manual(self) -> Iterable[_Item]: ...


_AnyItem = TypeVar("_AnyItem", bound=_Item)


def waiting_items(items: Iterable[_AnyItem]) -> list[_AnyItem]:
    """Return the answers that wait for a person."""
    return [one for one in items if one.points is None]


def waiting_points(report: _Marked) -> float:
    """Add up what the answers are worth that wait for a person."""
    return exact_sum(one.max_points for one in waiting_items(report.manual))


def automatic_max(report: Report) -> float:
    """Add up what all checks are worth, without what a person marks."""
    return exact_sum(function.max_score for function in report.functions)


def is_judged_in_full(report: Report) -> bool:
    """Whether every point was earned that anybody has judged so far; waiting points don't count."""
    if report.score is None or report.max_score is None:
        return False
    return report.score >= exact_sum((report.max_score, -waiting_points(report)))


def with_items(report: Report, items: Iterable[ManualItem]) -> Report:
    """Return a report with these answers in place of its own, and with its score anew.

    A submission that could not be read has no answers to mark, and neither has one on which the
    grader failed.
    """
    found = tuple(items)
    if report.status not in (ReportStatus.GRADED, ReportStatus.STOPPED):
        return report
    given = (one.points for one in found if one.points is not None)
    return msgspec.structs.replace(
        report,
        manual=found,
        score=exact_sum((*(one.score for one in report.functions), *given)),
        max_score=exact_sum(
            (*(one.max_score for one in report.functions), *(one.max_points for one in found))
        ),
    )


def give_mark(
    item: ManualItem, mark: ManualMark | None, outdated: ManualMark | None = None
) -> ManualItem:
    """Return an answer with a mark, or without one.

    Args:
        item: The answer; whatever mark it has is replaced.
        mark: The mark of exactly this answer. One that is out of the range that the assignment has
            now is treated as outdated.
        outdated: A mark of an earlier answer, which is shown and does not count.
    """
    if mark is not None and not 0 <= mark.points <= item.max_points:
        mark, outdated = None, mark
    return msgspec.structs.replace(
        item,
        points=None if mark is None else mark.points,
        status=ManualStatus.WAITING if mark is None else ManualStatus.MARKED,
        mark=mark,
        outdated=outdated if mark is None else None,
    )
