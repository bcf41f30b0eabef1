"""A class as its stored results show it: the same summary that a batch makes.

Each student has the attempt that counts, or else the newest one that was graded. Points are those
that count: with late days, and as instructors decided.
"""

import enum
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.batch.clusters import find_class_clusters
from grader.exports.counted import Counted
from grader.report.class_figures import ClassFigures, with_rows
from grader.report.class_model import ClassSummary, Origin, Row, RowStatus, Student
from grader.report.model import AssignmentInfo, ReportStatus
from grader.report.outline import Outline, SubmissionOutline, TimingOutline, read_outline
from grader.service.class_reports import DatabaseReports
from grader.service.clock import as_datetime
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    CourseAssignment,
    Decision,
    HandIn,
    Member,
    Person,
    Result,
    Role,
)
from grader.service.scores import Attempt, Standing, standings

_Value = TypeVar("_Value")

_MOST_OUTLINES, _MOST_CLASSES = 20_000, 16


class Which(enum.Enum):
    """Which attempts of each student are shown."""

    COUNTING = "counting"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ClassState:
    """A class at a moment.

    Attributes:
        version: Another text whenever something in it is another.
        summary: The class.
        counted: What counts, by the numbers of hand-ins, where it isn't the score of the report.
        excused: The numbers of hand-ins of students who are excused.
        excused_absent: The students who are excused, and have handed in nothing.
    """

    version: str
    summary: ClassSummary
    counted: Mapping[str, Counted]
    excused: frozenset[str]
    excused_absent: frozenset[Student]

    def is_excused(self, row: Row) -> bool:
        """Return whether a row of the summary is of somebody who is excused."""
        return row.id in self.excused if row.id else row.student in self.excused_absent


class ClassViews:
    """Makes the summaries of classes, and knows those that were made last."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, ClassState] = OrderedDict()
        self._outlines: OrderedDict[int, Outline] = OrderedDict()
        # Making one may take seconds: whoever asks at the same time waits, and gets the same.
        self._making = threading.Lock()

    def of(self, session: Session, assignment: CourseAssignment) -> ClassState:
        """Return a class as it is now.

        Args:
            session: A transaction that reads.
            assignment: The assignment.
        """
        version = version_of(session, assignment)
        with self._making:
            known = self._known.get(assignment.id)
            if known is not None and known.version == version:
                return known
            class_ = _read_class(session, assignment)
            state = ClassState(
                version=version,
                summary=self._make(session, assignment, class_, Which.COUNTING),
                counted=_counted(class_),
                excused=frozenset(
                    attempt.number
                    for one, attempt in _choose(class_, Which.COUNTING)
                    if one.standing.is_excused
                ),
                excused_absent=frozenset(
                    one.person
                    for one in class_
                    if one.standing.is_excused and not one.standing.attempts
                ),
            )
            self._known[assignment.id] = state
            self._known.move_to_end(assignment.id)
            _shrink(self._known, _MOST_CLASSES)
        return state

    def all_attempts(self, session: Session, assignment: CourseAssignment) -> ClassSummary:
        """Return a class with a row for each attempt that was graded, and without clusters."""
        with self._making:
            return self._make(session, assignment, _read_class(session, assignment), Which.ALL)

    def forget(self) -> None:
        """Forget all that is known, after somebody was deleted."""
        with self._making:
            self._known.clear()
            self._outlines.clear()

    def _make(
        self,
        session: Session,
        assignment: CourseAssignment,
        class_: "Sequence[_Student]",
        which: Which,
    ) -> ClassSummary:
        chosen = list(_choose(class_, which))
        outlines = self._read_outlines(session, [one.result_id or 0 for _, one in chosen])
        figures = ClassFigures()
        files = _names_of_files(session, assignment.id)
        for student, attempt in chosen:
            figures.add(
                outlines[attempt.result_id or 0],
                id=attempt.number,
                student=student.person,
                file=files.get(attempt.hand_in_id, ""),
                notes=_notes(student, attempt),
                origin=Origin(
                    submitted_at=as_datetime(attempt.received_at).isoformat(timespec="seconds"),
                    is_late=attempt.late_days > 0,
                ),
            )
        waiting = 0
        for student in class_:
            if not student.standing.attempts:
                figures.add_absent(student.person)
            elif not any(one.result_id for one in student.standing.attempts):
                waiting += 1
        summary = _finish(figures, assignment, [outlines[one] for one in sorted(outlines)], waiting)
        if which is Which.ALL:
            return summary
        summary = find_class_clusters(summary, DatabaseReports(session))
        return _with_counted_points(summary, class_)

    def _read_outlines(self, session: Session, result_ids: Sequence[int]) -> dict[int, Outline]:
        found = {one: self._outlines[one] for one in result_ids if one in self._outlines}
        missing = [one for one in result_ids if one not in found]
        for start in range(0, len(missing), 500):
            some = missing[start : start + 500]
            rows = session.execute(
                select(Result.id, Result.report, Result.error).where(Result.id.in_(some))
            )
            for id_, report, error in rows:
                found[id_] = read_outline(report) if report else _fault(error)
                self._outlines[id_] = found[id_]
        _shrink(self._outlines, _MOST_OUTLINES)
        return {one: found[one] for one in result_ids}


def version_of(session: Session, assignment: CourseAssignment) -> str:
    """Return a text that is another whenever something in a class is another."""
    digest = hashlib.sha256()
    queries = (
        select(HandIn.id, HandIn.result_id).where(HandIn.assignment_id == assignment.id),
        select(Decision.id, Decision.withdrawn_at).where(Decision.assignment_id == assignment.id),
    )
    for query in queries:
        for row in session.execute(query.order_by(query.selected_columns[0])):
            digest.update(repr(tuple(row)).encode())
        digest.update(b"\0")
    for person in _people(session, assignment.course_id):
        digest.update(repr(person).encode("utf-8", "backslashreplace"))
    settings = assignment.title, assignment.due_at, assignment.late_penalty, assignment.counts
    digest.update(repr(settings).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Student:
    """A student of a class, and how the student stands."""

    person: Student
    standing: Standing


_NOTHING = Standing(
    attempts=(), counting=None, points=None, max_points=0.0, is_excused=False, override=None
)


def _read_class(session: Session, assignment: CourseAssignment) -> list[_Student]:
    stands = standings(session, assignment)
    return [
        _Student(Student(id=id_, name=name, email=email), stands.get(person_id, _NOTHING))
        for person_id, id_, name, email in _people(session, assignment.course_id)
    ]


def _names_of_files(session: Session, assignment_id: int) -> dict[int, str]:
    rows = session.execute(
        select(HandIn.id, HandIn.name).where(HandIn.assignment_id == assignment_id)
    )
    return as_dict(rows)


def _people(session: Session, course_id: int) -> list[tuple[int, str, str, str]]:
    rows = session.execute(
        select(Person.id, Member.student_id, Person.name, Person.email)
        .join(Member, Member.person_id == Person.id)
        .where(Member.course_id == course_id, Member.role == Role.STUDENT)
        .order_by(Person.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _choose(class_: Iterable[_Student], which: Which) -> Iterator[tuple[_Student, Attempt]]:
    for student in class_:
        graded = [one for one in student.standing.attempts if one.result_id is not None]
        if which is Which.ALL:
            yield from ((student, one) for one in graded)
        elif graded:
            yield student, student.standing.counting or graded[-1]


def _notes(student: _Student, attempt: Attempt) -> tuple[str, ...]:
    stands = student.standing
    notes = []
    if len(stands.attempts) > 1:
        place = stands.attempts.index(attempt) + 1
        notes.append(f"attempt {place} of {len(stands.attempts)}")
    if attempt.late_days:
        days = "1 day" if attempt.late_days == 1 else f"{attempt.late_days} days"
        notes.append(f"handed in {days} late")
    return (*notes, *_decided(stands))


def _decided(stands: Standing) -> Iterator[str]:
    if stands.override is not None:
        yield "an instructor decided the points"
    if stands.is_excused:
        yield "excused"


def _finish(
    figures: ClassFigures,
    assignment: CourseAssignment,
    outlines: Sequence[Outline],
    waiting: int,
) -> ClassSummary:
    """Finish the figures by what the newest checks have graded."""
    graded = [one for one in outlines if one.functions]
    newest = graded[-1] if graded else None
    info = AssignmentInfo(id=f"assignment-{assignment.id}", title=assignment.title, version="")
    names = dict.fromkeys(function.name for one in reversed(graded) for function in one.functions)
    remarks: tuple[str, ...] = ()
    if waiting:
        who = "1 student has" if waiting == 1 else f"{waiting} students have"
        remarks = (f"{who} handed in, and nothing of it is graded yet.",)
    return figures.finish(
        assignment=info
        if newest is None
        else msgspec.structs.replace(newest.assignment, title=assignment.title),
        max_score=0.0 if newest is None else newest.max_score or 0.0,
        function_names=tuple(names),
        remarks=remarks,
    )


def _counted(class_: Iterable[_Student]) -> dict[str, Counted]:
    """Return what counts of the hand-ins that count, where it isn't the score of the report."""
    found = {}
    for student, attempt in _choose(class_, Which.COUNTING):
        stands = student.standing
        # Every student's own due date is in the late days of the attempt.
        if stands.points is None or (stands.override is None and stands.points == attempt.points):
            continue
        share: float | None = None
        why = "An instructor decided the points"
        if stands.override is None:
            share = stands.points / attempt.points if attempt.points else 1.0
            days = "1 day" if attempt.late_days == 1 else f"{attempt.late_days} days"
            why = f"Handed in {days} late"
        found[attempt.number] = Counted(
            points=stands.points,
            max_points=attempt.max_points or stands.max_points,
            share=share,
            why=why,
        )
    return found


def _with_counted_points(summary: ClassSummary, class_: Sequence[_Student]) -> ClassSummary:
    """Put the points that count into the rows, where they are others than those of the report."""
    by_number: Mapping[str, _Student] = {
        attempt.number: student for student in class_ for attempt in student.standing.attempts
    }
    absent = {one.person: one for one in class_ if not one.standing.attempts}
    rows = [
        _count(row, by_number.get(row.id) if row.id else absent.get(row.student), summary)
        for row in summary.rows
    ]
    return with_rows(summary, rows)


def _count(row: Row, student: _Student | None, summary: ClassSummary) -> Row:
    if student is None:
        return row
    stands = student.standing
    if row.id:
        return msgspec.structs.replace(row, score=stands.points, max_score=row.max_score)
    notes = tuple(_decided(stands))
    if stands.override is None:
        return msgspec.structs.replace(row, notes=notes)
    return msgspec.structs.replace(
        row,
        status=RowStatus.GRADED,
        score=stands.points,
        max_score=stands.max_points or summary.max_score,
        notes=notes,
    )


def _fault(error: str) -> Outline:
    """Make the outline of a result that has no report."""
    return Outline(
        assignment=AssignmentInfo(id="", title="", version=""),
        submission=SubmissionOutline(name="", sha256=""),
        status=ReportStatus.GRADER_ERROR,
        score=None,
        max_score=None,
        timing=TimingOutline(),
        error=error,
    )


def _shrink(known: "OrderedDict[int, _Value]", most: int) -> None:
    while len(known) > most:
        known.popitem(last=False)
