"""Deletes all that a course has of a student. The audit keeps ids, and no names.

What a student handed in, its results, marks of answers that nobody else gave, decisions, scores to
be sent, sessions, tokens and links go, and the bytes that nobody else has handed in. A person who
is in no other course goes altogether. From what was written about others or about everybody, such
as the reason of a regrade, name, email address and id are taken out. What a platform has received
stays there: only it can delete that.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from grader.service.audit import note
from grader.service.database.engine import Database
from grader.service.database.tables import (
    AnswerMark,
    ApiToken,
    AuditEntry,
    Content,
    CourseAssignment,
    Decision,
    HandIn,
    Identity,
    Job,
    Member,
    OneTimeLink,
    OutboxEntry,
    OutboxState,
    Person,
    Platform,
    Regrade,
    Result,
    Role,
    WebSession,
)
from grader.service.forgotten_words import forget, names_of
from grader.service.marking import answers_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What is left elsewhere after a deletion.

    Attributes:
        hand_ins: How many hand-ins there were.
        platforms: The names of the platforms that have received scores of the student.
        has_other_courses: Whether the person is in another course of the service, which keeps what
            belongs to it.
    """

    hand_ins: int
    platforms: tuple[str, ...]
    has_other_courses: bool


def what_remains(session: Session, course_id: int, person_id: int) -> Remains:
    """Return what there is to delete, and what would be left elsewhere."""
    assignments = _assignments_of(session, course_id)
    hand_ins = session.scalars(
        select(HandIn.id).where(
            HandIn.person_id == person_id, HandIn.assignment_id.in_(assignments)
        )
    ).all()
    platforms = session.scalars(
        select(Platform)
        .join(CourseAssignment, CourseAssignment.platform_id == Platform.id)
        .join(OutboxEntry, OutboxEntry.assignment_id == CourseAssignment.id)
        .where(
            CourseAssignment.course_id == course_id,
            OutboxEntry.person_id == person_id,
            # One that was replaced, or is about to be sent, may have arrived as well.
            or_(OutboxEntry.state == OutboxState.SENT, OutboxEntry.tries > 0),
        )
        .distinct()
    ).all()
    return Remains(
        hand_ins=len(hand_ins),
        platforms=tuple(sorted(one.name or one.issuer for one in platforms)),
        has_other_courses=_is_elsewhere(session, course_id, person_id),
    )


def delete_student(database: Database, course_id: int, person_id: int, *, by_id: int) -> bool:
    """Delete all that a course has of a student, in one transaction.

    Args:
        database: The database.
        course_id: The course.
        person_id: The student.
        by_id: Who deletes.

    Returns:
        Whether there was such a student in the course; instructors are not deleted.
    """
    with database.write() as session:
        member = session.scalar(
            select(Member).where(
                Member.course_id == course_id,
                Member.person_id == person_id,
                Member.role == Role.STUDENT,
            )
        )
        if member is None:
            return False
        # Nobody hands in for this person at the same time.
        person = session.get_one(Person, person_id, with_for_update=True)
        names = names_of(person, member)
        assignments = _assignments_of(session, course_id)
        _delete_work(session, assignments, person_id)
        session.delete(member)
        session.flush()
        _delete_ways_in(session, course_id, person_id)
        if not _is_elsewhere(session, course_id, person_id):
            _delete_person(session, person_id)
        _forget_words(session, course_id, person_id)
        forget(session, course_id, assignments, names)
        note(session, "student deleted", course_id=course_id, by_id=by_id, about_id=person_id)
    _empty_log(database)
    return True


def _assignments_of(session: Session, course_id: int) -> Collection[int]:
    return session.scalars(
        select(CourseAssignment.id).where(CourseAssignment.course_id == course_id)
    ).all()


def _is_elsewhere(session: Session, course_id: int, person_id: int) -> bool:
    others = select(Member.id).where(Member.person_id == person_id, Member.course_id != course_id)
    return session.scalar(others.limit(1)) is not None


def _delete_work(session: Session, assignments: Collection[int], person_id: int) -> None:
    rows = session.execute(
        select(HandIn.id, HandIn.sha256).where(
            HandIn.person_id == person_id, HandIn.assignment_id.in_(assignments)
        )
    ).all()
    ids, digests = [row[0] for row in rows], {row[1] for row in rows}
    _delete_marks(session, ids)
    regrades = session.scalars(select(Regrade.id).where(Regrade.hand_in_id.in_(ids))).all()
    session.execute(delete(Job).where(or_(Job.hand_in_id.in_(ids), Job.regrade_id.in_(regrades))))
    session.execute(delete(Regrade).where(Regrade.id.in_(regrades)))
    session.execute(delete(Result).where(Result.hand_in_id.in_(ids)))
    session.execute(update(HandIn).where(HandIn.id.in_(ids)).values(same_as_id=None))
    session.execute(delete(HandIn).where(HandIn.id.in_(ids)))
    session.execute(
        delete(Content).where(
            Content.sha256.in_(digests), ~exists().where(HandIn.sha256 == Content.sha256)
        )
    )
    for table in (Decision, OutboxEntry):
        session.execute(
            delete(table).where(table.person_id == person_id, table.assignment_id.in_(assignments))
        )


def _delete_marks(session: Session, hand_ins: Collection[int]) -> None:
    """Delete the marks of answers that nobody but the author of these hand-ins has given."""
    own = _answers_of(session, HandIn.id.in_(hand_ins))
    for assignment_id in {one[0] for one in own}:
        others = HandIn.assignment_id == assignment_id, HandIn.id.notin_(hand_ins)
        marked = {
            (assignment_id, unit, answer)
            for unit, answer in session.execute(
                select(AnswerMark.unit, AnswerMark.answer).where(
                    AnswerMark.assignment_id == assignment_id
                )
            )
        }
        for _, unit, answer in (own & marked) - (
            _answers_of(session, *others) if own & marked else set()
        ):
            session.execute(
                delete(AnswerMark).where(
                    AnswerMark.assignment_id == assignment_id,
                    AnswerMark.unit == unit,
                    AnswerMark.answer == answer,
                )
            )


def _answers_of(session: Session, *which: object) -> set[tuple[int, str, str]]:
    """Return assignment, unit and digest of the answers in the reports of hand-ins."""
    rows = session.execute(
        select(HandIn.assignment_id, Result.report)
        .join(Result, Result.hand_in_id == HandIn.id)
        .where(*which)  # type: ignore[arg-type]
    )
    return {(id_, item.id, item.digest) for id_, report in rows for item in answers_in(report)}


def _delete_ways_in(session: Session, course_id: int, person_id: int) -> None:
    for table in (WebSession, ApiToken, OneTimeLink):
        session.execute(
            delete(table).where(table.person_id == person_id, table.course_id == course_id)
        )


def _delete_person(session: Session, person_id: int) -> None:
    for table in (WebSession, ApiToken, OneTimeLink, Identity):
        session.execute(delete(table).where(table.person_id == person_id))
    # What this person did when it was an instructor somewhere stays, without saying who it was.
    for column in (Decision.by_id, Regrade.by_id, AnswerMark.by_id, OneTimeLink.made_by_id):
        session.execute(update(column.class_).where(column == person_id).values({column: None}))
    session.execute(delete(Person).where(Person.id == person_id))


def _forget_words(session: Session, course_id: int, person_id: int) -> None:
    """Remove from the audit what somebody wrote about the student: it may say the name."""
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.course_id == course_id, AuditEntry.about_id == person_id)
        .values(reason="", details="")
    )


def _empty_log(database: Database) -> None:
    """Have SQLite overwrite its log, which still has what was deleted; it does so later if busy."""
    if database.is_sqlite:
        with suppress(SQLAlchemyError), database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # it can't be done within a transaction
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            connection.exec_driver_sql("BEGIN")
