"""What a student may see of a result now: before the due date, some checks and points wait.

Everything that a student sees of a report goes through here. What a result says in the database has
all points, also those that wait, so it must not be shown.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.exports.student_view import open_after_due, student_view
from grader.outputs.pages.student_page import render_student_page
from grader.report.model import Report
from grader.service.clock import DAY
from grader.service.database.tables import CourseAssignment, Result

_MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """The points of a report, as its student may see them.

    Attributes:
        points: The points; None if there are none yet, or the grader failed.
        max_points: All points that are shown.
        pending: How many points are shown later, as a sentence; empty if none are.
        waiting: How many points wait for a person, as a sentence; empty if none do.
    """

    points: float | None
    max_points: float
    pending: str
    waiting: str

    @property
    def is_final(self) -> bool:
        """Whether nothing will be added."""
        return not self.pending and not self.waiting


NOTHING_SHOWN = ShownScore(points=None, max_points=0.0, pending="", waiting="")


def is_after_due(assignment: CourseAssignment, moment: int) -> bool:
    """Return whether what waits for the due date is shown now.

    It is if the assignment says so, and nothing is taken any more: as long as somebody can hand in
    late, what the checks ask would help.
    """
    if not assignment.shows_after_due or assignment.due_at is None:
        return False
    return moment > assignment.due_at + assignment.late_days * DAY


class ShownScores:
    """The points of reports that their students may see; those that were asked for are known.

    A result never changes, and reading a report takes milliseconds, so each is read once.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, bool], ShownScore] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, session: Session, result_ids: Collection[int], *, after_due: bool
    ) -> dict[int, ShownScore]:
        """Return the points of results.

        Args:
            session: A transaction that reads.
            result_ids: The results.
            after_due: Whether what waits for the due date is shown.
        """
        with self._lock:
            found = {
                one: self._known[one, after_due]
                for one in result_ids
                if (one, after_due) in self._known
            }
        rows = session.execute(
            select(Result.id, Result.report).where(Result.id.in_(set(result_ids) - set(found)))
        )
        read = {id_: _read_score(report, after_due=after_due) for id_, report in rows}
        with self._lock:
            self._known.update({(one, after_due): score for one, score in read.items()})
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return found | read


def has_pending_points(report: bytes, *, after_due: bool) -> bool:
    """Return whether some points of a report are shown later.

    Args:
        report: The report; empty if none could be made.
        after_due: Whether what waits for the due date is shown.
    """
    return bool(_read_score(report, after_due=after_due).pending)


def shown_page(page: bytes, report: bytes, *, notebook: bytes | None, after_due: bool) -> bytes:
    """Return the page of a report as its student may see it now.

    Args:
        page: The page as it was made when the submission was graded.
        report: The report.
        notebook: The submission, which is shown on the page if it is a notebook.
        after_due: Whether what waits for the due date is shown.
    """
    if not after_due or not report:
        return page
    read = _read_report(report)
    opened = open_after_due(read)
    if opened == read:
        return page
    return render_student_page(opened, notebook=notebook if read.is_notebook else None).encode()


def _read_score(report: bytes, *, after_due: bool) -> ShownScore:
    if not report:
        return NOTHING_SHOWN
    view = student_view(_read_report(report), is_after_due=after_due)
    return ShownScore(
        points=view.report.score if view.has_score else None,
        max_points=view.report.max_score or 0.0,
        pending=view.pending,
        waiting=view.waiting,
    )


def _read_report(report: bytes) -> Report:
    return msgspec.json.decode(report, type=Report)
