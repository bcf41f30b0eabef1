"""Takes what students hand in: bytes, receipt and job are one transaction."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.service.attempts import Attempts, attempts_left
from grader.service.clock import DAY, now
from grader.service.database.engine import Database, add_unless_there
from grader.service.database.tables import (
    Content,
    CourseAssignment,
    HandIn,
    Job,
    JobState,
    Person,
    Result,
)
from grader.service.due import assignment_for
from grader.service.tokens import digest_of

_NUMBER_BYTES = 12


class RefusedHandInError(UsageError):
    """A hand-in that is not taken: it is too late, too early, or there are no attempts left."""


class ReusedKeyError(RefusedHandInError):
    """A program has used the key of another hand-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a student has at once.

    Attributes:
        number: The number of the hand-in, which nobody can guess.
        received_at: When it was taken, in microseconds since 1970.
        sha256: The digest of its bytes.
        is_repeat: Whether the student has handed in the same bytes before; that costs no attempt.
    """

    number: str
    received_at: int
    sha256: str
    is_repeat: bool


def take(
    database: Database,
    *,
    assignment_id: int,
    person_id: int,
    name: str,
    data: bytes,
    request_key: str = "",
) -> Receipt:
    """Take a hand-in. When this returns, bytes, receipt and job are kept.

    Args:
        database: The database.
        assignment_id: The assignment in the course.
        person_id: Who hands in; the caller has made sure that this person may.
        name: The name of the file.
        data: The bytes.
        request_key: What a program calls this hand-in, so that it can ask again if it got no
            answer: with a key that was used before, the receipt is the one of then.

    Raises:
        RefusedHandInError: Nothing was kept.
    """
    digest = hashlib.sha256(data).hexdigest()
    request_digest = digest_of(request_key) if request_key else None
    with database.write() as session:
        moment = now()
        assignment = assignment_for(
            session, session.get_one(CourseAssignment, assignment_id), person_id
        )
        # Attempts of one person are counted one after the other, also by several servers.
        session.get_one(Person, person_id, with_for_update=True)
        if request_digest is not None:
            known = _find_request(session, assignment_id, person_id, request_digest)
            if known is not None:
                return _receipt_again(known, digest)
        _expect_open(assignment, moment)
        same = _earlier(session, assignment_id, person_id, digest)
        if same is None:
            _expect_attempt(session, assignment, person_id, moment)
        add_unless_there(session, Content, sha256=digest, data=data)
        hand_in = HandIn(
            number=secrets.token_urlsafe(_NUMBER_BYTES),
            assignment_id=assignment_id,
            person_id=person_id,
            received_at=moment,
            name=name,
            sha256=digest,
            size_bytes=len(data),
            same_as_id=same,
            request_digest=request_digest,
        )
        session.add(hand_in)
        session.flush()
        session.add(
            Job(hand_in_id=hand_in.id, regrade_id=0, state=JobState.WAITING, created_at=moment)
        )
        return Receipt(
            number=hand_in.number, received_at=moment, sha256=digest, is_repeat=same is not None
        )


def count_attempts(
    session: Session, assignment: CourseAssignment, person_id: int, moment: int
) -> Attempts:
    """Return what a student has left.

    Neither equal bytes nor a fault of the grader costs an attempt, nor what is not graded yet if
    that turns out to be one.
    """
    spent = session.scalars(
        select(HandIn.received_at)
        .outerjoin(Result, Result.id == HandIn.result_id)
        .where(
            HandIn.assignment_id == assignment.id,
            HandIn.person_id == person_id,
            HandIn.same_as_id.is_(None),
            or_(Result.id.is_(None), ~Result.is_fault),
        )
    )
    return attempts_left(
        spent,
        capacity=assignment.attempts,
        refill_s=assignment.refill_s,
        opened_at=assignment.opens_at or assignment.created_at,
        now=moment,
    )


def late_days(assignment: CourseAssignment, received_at: int) -> int:
    """Return how many days after the due date a hand-in came, a part of a day counted as one."""
    if assignment.due_at is None or received_at <= assignment.due_at:
        return 0
    return -(-(received_at - assignment.due_at) // DAY)


def _find_request(
    session: Session, assignment_id: int, person_id: int, request_digest: str
) -> HandIn | None:
    return session.scalar(
        select(HandIn).where(
            HandIn.assignment_id == assignment_id,
            HandIn.person_id == person_id,
            HandIn.request_digest == request_digest,
        )
    )


def _receipt_again(hand_in: HandIn, digest: str) -> Receipt:
    if hand_in.sha256 != digest:
        raise ReusedKeyError("this key was used before, for other bytes")
    return Receipt(
        number=hand_in.number,
        received_at=hand_in.received_at,
        sha256=hand_in.sha256,
        is_repeat=True,
    )


def _expect_open(assignment: CourseAssignment, moment: int) -> None:
    if assignment.opens_at is not None and moment < assignment.opens_at:
        raise RefusedHandInError("this assignment is not open yet")
    if late_days(assignment, moment) > assignment.late_days:
        raise RefusedHandInError("this assignment was due, and nothing is taken any more")


def _earlier(session: Session, assignment_id: int, person_id: int, digest: str) -> int | None:
    return session.scalar(
        select(HandIn.id)
        .where(
            HandIn.assignment_id == assignment_id,
            HandIn.person_id == person_id,
            HandIn.sha256 == digest,
        )
        .order_by(HandIn.id)
        .limit(1)
    )


def _expect_attempt(
    session: Session, assignment: CourseAssignment, person_id: int, moment: int
) -> None:
    if not count_attempts(session, assignment, person_id, moment).may_hand_in:
        raise RefusedHandInError("there is no attempt left for now")
