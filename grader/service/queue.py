"""The queue of jobs: the database is the truth, whoever grades is stateless.

A job is claimed for a while, and the claim is renewed while it is graded. If a claimant dies, its
claims end, and somebody else takes the jobs. A result is stored once for each hand-in and batch
key, together with the end of the job, so a job that was graded twice has one result.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from grader.pool.messages import GradeRequest
from grader.service.clock import SECOND, now
from grader.service.database.engine import Database
from grader.service.database.tables import Content, HandIn, Job, JobState, Result

CLAIM_S = 60
# A fault of the grader is tried again after so many seconds, and then given up. A worker that
# something else has killed is such a fault, too, and a machine in trouble needs some minutes.
_PAUSES_S = (2, 10, 60, 120, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that this process grades."""

    id: int
    hand_in_id: int
    regrade_id: int
    assignment_id: int
    person_id: int
    name: str
    data: bytes
    faults: int

    @property
    def request(self) -> GradeRequest:
        """What is handed to a pool; the key is added by whoever knows the settings."""
        return GradeRequest(name=self.name, data=self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """A result that is about to be stored."""

    key: str
    status: str
    is_fault: bool
    points: float | None
    max_points: float
    report: bytes
    page: bytes
    kept: bytes = b""
    error: str = ""


def claim(
    database: Database, claimant: str, *, at_most: int, assignments: Collection[int] | None = None
) -> list[ClaimedJob]:
    """Claim jobs that wait, the oldest first, those of students before those of regrades.

    Args:
        database: The database.
        claimant: Who claims them.
        at_most: How many.
        assignments: Of which assignments only; None for all.
    """
    if at_most <= 0:
        return []
    moment = now()
    free = or_(
        and_(Job.state == JobState.WAITING, Job.not_before <= moment),
        and_(Job.state == JobState.RUNNING, Job.claimed_until < moment),
    )
    wanted = select(Job.id).where(free).order_by(Job.regrade_id, Job.id).limit(at_most)
    if assignments is not None:
        wanted = wanted.join(HandIn).where(HandIn.assignment_id.in_(assignments))
    with database.write() as session:
        ids = session.scalars(wanted.with_for_update(skip_locked=True, of=Job)).all()
        if not ids:
            return []
        session.execute(
            update(Job)
            .where(Job.id.in_(ids))
            .values(
                state=JobState.RUNNING,
                claimed_by=claimant,
                claimed_until=moment + CLAIM_S * SECOND,
            )
        )
        rows = session.execute(
            select(Job, HandIn, Content.data)
            .join(HandIn, HandIn.id == Job.hand_in_id)
            .join(Content, Content.sha256 == HandIn.sha256)
            .where(Job.id.in_(ids))
            .order_by(Job.regrade_id, Job.id)
        ).all()
        return [
            ClaimedJob(
                id=job.id,
                hand_in_id=hand_in.id,
                regrade_id=job.regrade_id,
                assignment_id=hand_in.assignment_id,
                person_id=hand_in.person_id,
                name=hand_in.name,
                data=data,
                faults=job.faults,
            )
            for job, hand_in, data in rows
        ]


def renew(database: Database, claimant: str, jobs: Collection[int]) -> None:
    """Claim jobs for longer that are still being graded."""
    if jobs:
        with database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id.in_(jobs), Job.claimed_by == claimant)
                .values(claimed_until=now() + CLAIM_S * SECOND)
            )


def release(database: Database, claimant: str) -> None:
    """Give back all jobs of a claimant that ends, or was killed."""
    with database.write() as session:
        session.execute(
            update(Job)
            .where(Job.claimed_by == claimant, Job.state == JobState.RUNNING)
            .values(state=JobState.WAITING, claimed_by="", claimed_until=0)
        )


def give_back(database: Database, claimant: str, job_id: int) -> None:
    """Give back a job that can't be graded now."""
    with database.write() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.claimed_by == claimant, Job.state == JobState.RUNNING)
            .values(state=JobState.WAITING, claimed_by="", claimed_until=0)
        )


def finish(session: Session, job: ClaimedJob, result: NewResult) -> Result | None:
    """Store a result and end its job, in a transaction of the caller.

    Returns:
        The result, or None if the job waits to be tried again after a fault, or had ended before.
    """
    row = session.get(Job, job.id, with_for_update=True)
    if row is None or row.state in (JobState.DONE, JobState.FAILED):
        return None  # its person was deleted, or somebody else was quicker
    moment = now()
    if result.is_fault and row.faults < len(_PAUSES_S):
        row.not_before = moment + _PAUSES_S[row.faults] * SECOND
        row.faults += 1
        row.state, row.claimed_by, row.claimed_until = JobState.WAITING, "", 0
        return None
    row.state = JobState.FAILED if result.is_fault else JobState.DONE
    row.ended_at, row.claimed_by, row.claimed_until = moment, "", 0
    # A fault says nothing about the submission: it must not stand for its key once grading works.
    key = f"fault of job {row.id}" if result.is_fault else result.key
    stored = session.scalar(
        select(Result).where(Result.hand_in_id == job.hand_in_id, Result.key == key)
    )
    if stored is None:
        stored = Result(
            hand_in_id=job.hand_in_id,
            key=key,
            status=result.status,
            is_fault=result.is_fault,
            points=result.points,
            max_points=result.max_points,
            report=result.report,
            page=result.page,
            kept=result.kept,
            error=result.error,
            created_at=moment,
        )
        session.add(stored)
        session.flush()
    use_result(session, row, stored)
    return stored


def use_result(session: Session, job: Job, result: Result) -> None:
    """Have a result be what came of a job; it counts at once unless the job is for a regrade."""
    job.result_id = result.id
    if not job.regrade_id:
        session.get_one(HandIn, job.hand_in_id).result_id = result.id


def place_in_queue(session: Session, hand_in_id: int) -> int | None:
    """Return how many jobs come before a hand-in's, those being graded included.

    It only falls while the hand-in waits: nothing that comes later is taken first.

    Returns:
        The number, or None if the hand-in doesn't wait any more.
    """
    job = session.scalar(select(Job).where(Job.hand_in_id == hand_in_id, Job.regrade_id == 0))
    if job is None or job.state in (JobState.DONE, JobState.FAILED):
        return None
    unfinished = (JobState.WAITING, JobState.RUNNING)
    before: Sequence[int] = session.scalars(
        select(func.count())
        .select_from(Job)
        .where(Job.state.in_(unfinished), Job.regrade_id == 0, Job.id < job.id)
    ).all()
    return before[0]
