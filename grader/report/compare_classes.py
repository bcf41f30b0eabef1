"""Compares two gradings of a class: who gained or lost points, and on which check."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Row, RowStatus, Student
from grader.report.class_scores import exact
from grader.report.model import AssignmentInfo
from grader.report.outline import Outline, read_outline
from grader.report.summary_file import read_summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """One of the two gradings to compare.

    Attributes:
        summary: Its rows and figures.
        read_report: Reads the report of a row, by the row's id; returns None if there is no report.
        is_single: Whether it is a single report, not a class.
    """

    summary: ClassSummary
    read_report: Callable[[str], Outline | None]
    is_single: bool


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    pass


class PointsChange(_Model, frozen=True, kw_only=True):
    """The points of a submission on one check, before and now.

    If a report is missing, the points are those of a whole function.

    Attributes:
        id: The id of the check or of what a person marks, or the name of the function.
        title: The title of the check; empty for a function.
        old_points: The points before; null if it was not graded or waits for a person.
        new_points: The points now; null if it is not graded or waits for a person.
    """

    id: str
    title: str
    old_points: float | None
    new_points: float | None


class RowChange(_Model, frozen=True, kw_only=True):
    """A submission whose grade has changed.

    Attributes:
        id: The id of its row.
        student: The student who handed it in.
        old_status: Its status before.
        new_status: Its status now.
        old_score: Its score before; null if it had none.
        new_score: Its score now; null if it has none.
        difference: The new score minus the old one; null if either is null.
        points: The checks or functions on which the points have changed.
        error: Why the submission is now unreadable, or what failed in the grader.
    """

    id: str
    student: Student
    old_status: RowStatus
    new_status: RowStatus
    old_score: float | None
    new_score: float | None
    difference: float | None
    points: tuple[PointsChange, ...]
    error: str


class Totals(_Model, frozen=True, kw_only=True):
    """Totals over all submissions that are in both gradings.

    Attributes:
        same: How many have not changed.
        gained: How many have gained points.
        lost: How many have lost points.
        points_gained: The sum of the points gained.
        points_lost: The sum of the points lost, not negative.
        old_mean: The mean score of the old grading.
        new_mean: The mean score of the new grading.
        old_faults: How often the grader failed in the old grading.
        new_faults: How often the grader failed in the new grading, including repeated failures.
    """

    same: int
    gained: int
    lost: int
    points_gained: float
    points_lost: float
    old_mean: float
    new_mean: float
    old_faults: int
    new_faults: int


class ClassDifference(_Model, frozen=True, kw_only=True):
    """Everything that differs between two gradings.

    Attributes:
        old_assignment: The assignment of the old grading.
        new_assignment: The assignment of the new grading.
        changes: The changed submissions: failures of the grader first, then by how much the score
            has changed, the largest difference first.
        appeared: The rows that are only in the new grading.
        disappeared: The rows that are only in the old grading.
        totals: The totals.
    """

    old_assignment: AssignmentInfo
    new_assignment: AssignmentInfo
    changes: tuple[RowChange, ...]
    appeared: tuple[Row, ...]
    disappeared: tuple[Row, ...]
    totals: Totals

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.changes or self.appeared or self.disappeared)


def read_grading(path: Path) -> Grading:
    """Read the folder of a batch, its ``summary.json``, or the JSON report of one submission.

    Raises:
        UsageError: The path is none of these.
    """
    outline = None if path.is_dir() else _read_outline(path)
    if outline is not None:
        return _single(outline)
    summary = read_summary(path)
    reports = (path if path.is_dir() else path.parent) / "reports"
    return Grading(
        summary=summary,
        read_report=lambda id_: _read_outline(reports / f"{Path(id_).name}.json"),
        is_single=False,
    )


def compare_classes(old: Grading, new: Grading) -> ClassDifference:
    """Compare two gradings row by row. The reports of equal rows are not read.

    Raises:
        UsageError: One is a class, and the other a single submission.
    """
    if old.is_single != new.is_single:
        raise UsageError("can't compare the report of one submission with a class")
    before, now = _by_id(old.summary), _by_id(new.summary)
    changes = [
        _change(before[id_], now[id_], old, new)
        for id_ in before.keys() & now.keys()
        if _standing(before[id_], old.summary) != _standing(now[id_], new.summary)
    ]
    changes.sort(key=_order)
    return ClassDifference(
        old_assignment=old.summary.assignment,
        new_assignment=new.summary.assignment,
        changes=tuple(changes),
        appeared=tuple(row for id_, row in now.items() if id_ not in before),
        disappeared=tuple(row for id_, row in before.items() if id_ not in now),
        totals=_total(changes, old.summary, new.summary, shared=len(before.keys() & now.keys())),
    )


def _read_outline(path: Path) -> Outline | None:
    try:
        return read_outline(path.read_bytes())
    except (OSError, ValueError):
        return None


def _single(outline: Outline) -> Grading:
    figures = ClassFigures()
    student = Student(name=outline.submission.name)
    # The id is empty, so that two reports have the same row whatever their files are called.
    figures.add(outline, id="", student=student, file=outline.submission.name)
    summary = figures.finish(
        assignment=outline.assignment,
        max_score=outline.max_score or 0.0,
        function_names=tuple(function.name for function in outline.functions),
    )
    return Grading(summary=summary, read_report=lambda _: outline, is_single=True)


def _by_id(summary: ClassSummary) -> dict[str, Row]:
    """Return the rows by their ids, without students who did not hand in."""
    return {row.id: row for row in summary.rows if row.status is not RowStatus.NOT_HANDED_IN}


def _standing(row: Row, summary: ClassSummary) -> object:
    return row.status, row.score, _functions(row, summary), row.manual


def _functions(row: Row, summary: ClassSummary) -> dict[str, object]:
    if not row.cells:
        return {}
    names = (function.name for function in summary.functions)
    return dict(zip(names, row.cells, strict=False))


def _change(before: Row, now: Row, old: Grading, new: Grading) -> RowChange:
    difference = None
    if before.score is not None and now.score is not None:
        difference = float(exact(now.score) - exact(before.score))
    old_report, new_report = old.read_report(before.id), new.read_report(now.id)
    if old_report is not None and new_report is not None:
        points = _compare_points(_checks(old_report), _checks(new_report))
    else:
        points = _compare_points(_scores(before, old.summary), _scores(now, new.summary))
    return RowChange(
        id=now.id,
        student=now.student,
        old_status=before.status,
        new_status=now.status,
        old_score=before.score,
        new_score=now.score,
        difference=difference,
        points=tuple(points),
        error=now.error,
    )


# A title and points, by the id of a check or the name of a function, or the id of what a person
# marks; without points while that waits.
_Points = Mapping[str, tuple[str, float | None]]


def _checks(report: Outline) -> _Points:
    return {
        **{one.id: (one.title, one.points) for each in report.functions for one in each.checks},
        **{one.id: (one.title, one.points) for one in report.manual},
    }


def _scores(row: Row, summary: ClassSummary) -> _Points:
    names = (function.name for function in summary.functions)
    scores = {name: ("", cell.score) for name, cell in zip(names, row.cells, strict=False)}
    return {**scores, **{one.id: ("", one.points) for one in row.manual}}


def _compare_points(before: _Points, now: _Points) -> Iterator[PointsChange]:
    if not before or not now:
        return  # one was not graded at all, which its status says
    for id_ in dict.fromkeys((*now, *before)):
        old_title, old_points = before.get(id_, ("", None))
        new_title, new_points = now.get(id_, ("", None))
        if old_points != new_points:
            yield PointsChange(
                id=id_,
                title=new_title or old_title,
                old_points=old_points,
                new_points=new_points,
            )


def _order(change: RowChange) -> tuple[bool, bool, float, str]:
    is_fault = RowStatus.GRADER_ERROR in (change.old_status, change.new_status)
    return not is_fault, change.difference is not None, -abs(change.difference or 0), change.id


def _total(
    changes: list[RowChange], old: ClassSummary, new: ClassSummary, *, shared: int
) -> Totals:
    differences = [exact(one.difference) for one in changes if one.difference]
    gained = [one for one in differences if one > 0]
    lost = [-one for one in differences if one < 0]
    return Totals(
        same=shared - len(changes),
        gained=len(gained),
        lost=len(lost),
        points_gained=float(sum(gained)),
        points_lost=float(sum(lost)),
        old_mean=old.scores.mean,
        new_mean=new.scores.mean,
        old_faults=old.statuses.get(RowStatus.GRADER_ERROR.value, 0),
        new_faults=new.statuses.get(RowStatus.GRADER_ERROR.value, 0),
    )
