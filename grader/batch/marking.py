"""Applies the marks that persons gave to the reports, pages and rows of a class.

``marks.json`` in the folder of a batch has the marks; reports, pages and rows have copies of them,
which are made anew at the end of every batch and whenever marks are given.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from grader.batch.store import Reports, ReportStore
from grader.errors import UsageError
from grader.outputs.files import write_text_atomically
from grader.outputs.pages.student_page import update_student_page
from grader.report.class_figures import with_rows
from grader.report.class_model import ClassSummary, ManualScore, Row
from grader.report.manual import with_items
from grader.report.marks import MARKS_NAME, ClassAnswer, MarkBook, keys_of, read_marks
from grader.report.model import ManualItem, Report
from grader.report.schema import report_to_json


class _Answers(msgspec.Struct, frozen=True):
    """The part of a report that has the answers."""

    manual: tuple[ManualItem, ...] = ()


def open_marks(folder: Path) -> MarkBook:
    """Read the marks that were given in the folder of a batch; without a file, there are none.

    Raises:
        UsageError: The file can't be read, or is not a file of marks.
    """
    path = folder / MARKS_NAME
    try:
        return read_marks(path.read_bytes())
    except FileNotFoundError:
        return MarkBook()
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(
            f"{path} is not a file of marks: {error}; move it away to start without marks"
        ) from error


def mark_class(summary: ClassSummary, store: ReportStore, marks: MarkBook) -> ClassSummary:
    """Put the marks into the reports and pages of a class, and write ``marks.json``.

    Args:
        summary: The class.
        store: Its reports. The caller must hold its lock.
        marks: The marks. Who gave an answer is added to its mark.

    Returns:
        The class with the points that were given.

    Raises:
        UsageError: A report can't be read, or a file can't be written.
    """
    if not summary.manual and not list(marks):
        return summary
    path = store.folder / MARKS_NAME
    # Before the reports: whatever happens on the way, the next batch writes these again.
    before = marks.to_json()
    write_text_atomically(before, path)
    rows = [_mark_row(row, store, marks) if row.manual else row for row in summary.rows]
    if marks.to_json() != before:
        write_text_atomically(marks.to_json(), path)
    return with_rows(summary, rows)


def _mark_row(row: Row, store: ReportStore, marks: MarkBook) -> Row:
    report = store.read(row.id)
    people = keys_of(row)
    marked = with_items(report, [marks.mark(item, people) for item in report.manual])
    if marked != report:
        page = update_student_page(store.read_page(row.id), marked)
        store.keep(row.id, report_to_json(marked).encode(), page.encode())
    return _with_points(row, marked)


def _with_points(row: Row, report: Report) -> Row:
    scores = tuple(
        ManualScore(id=one.id, points=one.points, max_points=one.max_points)
        for one in report.manual
    )
    return msgspec.structs.replace(
        row, score=report.score, max_score=report.max_score, manual=scores
    )


def list_answers(summary: ClassSummary, store: Reports) -> list[ClassAnswer]:
    """List the answers of a class, equal ones once: unit by unit, in an order that tells nothing.

    Raises:
        UsageError: A report can't be read.
    """
    places = {one.id: place for place, one in enumerate(summary.manual)}
    items: dict[tuple[int, str], ManualItem] = {}
    rows: dict[tuple[int, str], list[Row]] = {}
    for row in summary.rows:
        for item in _read_answers(row, store) if row.manual else ():
            key = (places.setdefault(item.id, len(places)), item.digest)
            # An outdated mark is that of one of several people: it is shown if anybody has one.
            if key not in items or (item.outdated is not None and items[key].outdated is None):
                items[key] = item
            rows.setdefault(key, []).append(row)
    return [ClassAnswer(item=items[key], rows=tuple(rows[key])) for key in sorted(items)]


def _read_answers(row: Row, store: Reports) -> Iterable[ManualItem]:
    try:
        return msgspec.json.decode(store.read_bytes(row.id), type=_Answers).manual
    except ValueError as error:
        raise UsageError(f"the report of {row.id} can't be read: {error}") from error
