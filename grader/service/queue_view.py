"""The queue as instructors see it: what waits, since when, how fast it goes, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from grader.service.clock import SECOND, now
from grader.service.database.tables import (
    CourseAssignment,
    HandIn,
    Job,
    JobState,
    Person,
    Result,
)

_RATE_OVER = 10 * 60 * SECOND
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJob:
    """A hand-in that the grader failed on, and why."""

    number: str
    name: str
    person_id: int
    assignment: CourseAssignment
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The queue at a moment.

    Attributes:
        waiting: How many hand-ins of the course wait.
        running: How many of them are being graded.
        regrading: How many jobs of regrades of the course are not done.
        elsewhere: How many hand-ins of other courses wait or are being graded.
        tried_again: How many of those that wait are tried again after a fault.
        oldest_at: When the one was handed in that waits longest; None if none does.
        per_minute: How many hand-ins of all courses were graded a minute, in the last ten.
        faults: What the grader failed on, the newest first.
        fault_count: How many these are.
    """

    waiting: int
    running: int
    regrading: int
    elsewhere: int
    tried_again: int
    oldest_at: int | None
    per_minute: float
    faults: Sequence[FailedJob]
    fault_count: int

    @property
    def faulty_assignments(self) -> list[tuple[int, str]]:
        """Id and title of each assignment that has faults."""
        return list(dict.fromkeys((one.assignment.id, one.assignment.title) for one in self.faults))


def view_queue(session: Session, course_id: int) -> QueueView:
    """Look at the queue of a course."""
    here = CourseAssignment.course_id == course_id
    unfinished = Job.state.in_((JobState.WAITING, JobState.RUNNING))
    firsts = Job.regrade_id == 0

    def count(*which: object) -> int:
        return session.scalar(_jobs(func.count()).where(*which)) or 0  # type: ignore[arg-type]

    recent = session.scalar(
        select(func.count()).select_from(Job).where(Job.ended_at > now() - _RATE_OVER)
    )
    failed = (
        select(HandIn.number, Person.name, Person.id, CourseAssignment, Result.error)
        .join(Result, Result.id == HandIn.result_id)
        .join(Person, Person.id == HandIn.person_id)
        .join(CourseAssignment, CourseAssignment.id == HandIn.assignment_id)
        .where(here, Result.is_fault)
    )
    rows = session.execute(failed.order_by(HandIn.id.desc()).limit(_MOST_FAULTS))
    return QueueView(
        waiting=count(here, firsts, Job.state == JobState.WAITING),
        running=count(here, firsts, Job.state == JobState.RUNNING),
        regrading=count(here, ~firsts, unfinished),
        elsewhere=count(~here, firsts, unfinished),
        tried_again=count(here, firsts, Job.state == JobState.WAITING, Job.faults > 0),
        oldest_at=session.scalar(
            _jobs(func.min(HandIn.received_at)).where(here, firsts, unfinished)
        ),
        per_minute=(recent or 0) / (_RATE_OVER / SECOND / 60),
        faults=[
            FailedJob(number=number, name=name, person_id=id_, assignment=one, error=error)
            for number, name, id_, one, error in rows
        ],
        fault_count=session.scalar(select(func.count()).select_from(failed.subquery())) or 0,
    )


def _jobs(what: ColumnElement[int]) -> Select[int]:
    return (
        select(what)
        .select_from(Job)
        .join(HandIn, HandIn.id == Job.hand_in_id)
        .join(CourseAssignment, CourseAssignment.id == HandIn.assignment_id)
    )


def count_unfinished(session: Session, assignment_id: int) -> int:
    """Return how many hand-ins of an assignment are not graded yet."""
    return (
        session.scalar(
            _jobs(func.count()).where(
                HandIn.assignment_id == assignment_id,
                Job.regrade_id == 0,
                Job.state.in_((JobState.WAITING, JobState.RUNNING)),
            )
        )
        or 0
    )
