"""Marks that persons give for answers: kept by unit and answer, and copied into results.

A mark belongs to an answer, whoever gave it: see `grader.report.marks`. A result never changes, so
a marked report is a result of its own, which takes the place of the one without the mark.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grader.outputs.pages.student_page import update_student_page
from grader.report.manual import with_items
from grader.report.marks import Mark, MarkBook
from grader.report.model import ManualItem, Report
from grader.report.outline import read_outline
from grader.report.schema import report_to_json
from grader.service.database.tables import AnswerMark, HandIn, Person, Result


class _Answers(msgspec.Struct, frozen=True):
    """The part of a report that has the answers."""

    manual: tuple[ManualItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedMarks:
    """What was saved: the answers whose mark is another now, by unit and digest."""

    answers: frozenset[tuple[str, str]]


def read_marks_of(session: Session, assignment_id: int) -> MarkBook:
    """Return the marks that were given in an assignment."""
    rows = session.execute(
        select(AnswerMark, Person.name)
        .outerjoin(Person, Person.id == AnswerMark.by_id)
        .where(AnswerMark.assignment_id == assignment_id)
    )
    return MarkBook(
        Mark(
            unit=one.unit,
            answer=one.answer,
            points=one.points,
            level=one.level,
            comment=one.comment,
            by=name or "",
            at=one.at,
        )
        for one, name in rows
    )


def save_marks(
    session: Session, assignment_id: int, marks: MarkBook, *, by_id: int
) -> ChangedMarks:
    """Save the marks of an assignment, in a transaction of the caller.

    Args:
        session: The transaction.
        assignment_id: The assignment.
        marks: All of its marks as they are now.
        by_id: Who gives those that have changed.
    """
    before = {(one.unit, one.answer): one for one in read_marks_of(session, assignment_id)}
    after = {(one.unit, one.answer): one for one in marks}
    changed = {
        key
        for key in before.keys() | after.keys()
        if key not in before or key not in after or not before[key].says_the_same_as(after[key])
    }
    for unit, answer in changed:
        session.execute(
            delete(AnswerMark).where(
                AnswerMark.assignment_id == assignment_id,
                AnswerMark.unit == unit,
                AnswerMark.answer == answer,
            )
        )
        if (mark := after.get((unit, answer))) is not None:
            session.add(
                AnswerMark(
                    assignment_id=assignment_id,
                    unit=unit,
                    answer=answer,
                    points=mark.points,
                    level=mark.level,
                    comment=mark.comment,
                    by_id=by_id,
                    at=mark.at,
                )
            )
    session.flush()
    return ChangedMarks(frozenset(changed))


def mark_result(session: Session, assignment_id: int, result: Result) -> Result:
    """Return a result with the marks that its answers have now, in a transaction of the caller.

    Returns:
        The result itself if nothing changes, or the one to use instead.
    """
    if not result.report or not read_outline(result.report).manual:
        return result
    report = msgspec.json.decode(result.report, type=Report)
    book = read_marks_of(session, assignment_id)
    person = str(session.get_one(HandIn, result.hand_in_id).person_id)
    for mark in _earlier_marks(session, assignment_id, result, report, book):
        book.give(msgspec.structs.replace(mark, people=(person,)))
    marked = with_items(report, [book.mark(item, (person,)) for item in report.manual])
    return result if marked == report else _store_marked(session, result, marked)


def answers_in(report: bytes) -> Sequence[ManualItem]:
    """Return the answers in the JSON of a report that a person marks."""
    return msgspec.json.decode(report, type=_Answers).manual if report else ()


def _earlier_marks(
    session: Session, assignment_id: int, result: Result, report: Report, book: MarkBook
) -> Iterable[Mark]:
    """Yield the marks of other answers that the same person has given."""
    if all(book.find(item.id, item.digest) is not None for item in report.manual):
        return
    if not list(book):
        return
    person_id = session.get_one(HandIn, result.hand_in_id).person_id
    others = session.scalars(
        select(Result.report)
        .join(HandIn, HandIn.result_id == Result.id)
        .where(
            HandIn.assignment_id == assignment_id,
            HandIn.person_id == person_id,
            HandIn.id < result.hand_in_id,
        )
    )
    for other in others:
        for item in answers_in(other):
            if (mark := book.find(item.id, item.digest)) is not None:
                yield mark


def _store_marked(session: Session, result: Result, marked: Report) -> Result:
    data = report_to_json(marked).encode()
    key = hashlib.sha256(data).hexdigest()
    found = session.scalar(
        select(Result).where(Result.hand_in_id == result.hand_in_id, Result.key == key)
    )
    if found is not None:
        return found
    page = update_student_page(result.page.decode("utf-8", "replace"), marked)
    new = Result(
        hand_in_id=result.hand_in_id,
        key=key,
        status=result.status,
        is_fault=result.is_fault,
        points=marked.score,
        max_points=marked.max_score or 0.0,
        report=data,
        page=page.encode(),
        kept=result.kept,
        error=result.error,
        created_at=result.created_at,
    )
    session.add(new)
    session.flush()
    return new
