"""Grades a class anew after its checks have changed, and counts what comes out only if asked to.

A regrade has a job for each hand-in that is there when it begins. What is handed in later is graded
by the checks of that moment anyway, since the dispatcher reads them anew once there is a regrade.
Nothing counts before the regrade is applied: then all results change in one transaction, with the
scores that platforms hear of. A fault of the grader never replaces a result. One that was applied
can be undone, in the same way: what counted before counts again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import SECOND, now
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    CourseAssignment,
    HandIn,
    Job,
    JobState,
    Person,
    Regrade,
    Result,
)
from grader.service.marking import mark_result
from grader.service.scores import Standing, publish_score, results_that_would_hold, standings

# Hand-ins whose transaction was under way when a regrade began are added to it; the clocks of
# several servers may differ by a little, too.
_AT_THE_SAME_TIME = 60 * SECOND
_UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class RegradeRefusedError(UsageError):
    """What was asked for can't be done as things stand; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a regrade is.

    Attributes:
        total: How many hand-ins it has.
        done: How many are graded.
        faults: On how many the grader failed.
        first_gradings: How many are not even graded for the first time.
    """

    total: int
    done: int
    faults: int
    first_gradings: int

    @property
    def is_complete(self) -> bool:
        """Whether it can be applied."""
        return self.done + self.faults == self.total and not self.first_gradings


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a regrade would change for a student.

    Attributes:
        person_id: The student.
        name: The name.
        before: The points that count now; None without any.
        after: The points that would count.
        max_before: All points, now.
        max_after: All points, then.
        attempts: How many of the attempts get other points.
        number: The number of the attempt that would count; empty if none would.
        is_overridden: Whether an instructor decided the points, so that they stay.
    """

    person_id: int
    name: str
    before: float | None
    after: float | None
    max_before: float
    max_after: float
    attempts: int
    number: str
    is_overridden: bool

    @property
    def gain(self) -> float:
        """How many points more there would be; negative if less."""
        return (self.after or 0.0) - (self.before or 0.0)


def start_regrade(
    session: Session,
    assignment_id: int,
    *,
    by_id: int,
    reason: str = "",
    hand_in_id: int | None = None,
) -> Regrade:
    """Begin a regrade and put its jobs into the queue, in a transaction of the caller.

    Args:
        session: The transaction.
        assignment_id: The assignment.
        by_id: Who asks for it.
        reason: Why.
        hand_in_id: The only hand-in to grade again; None for all.

    Raises:
        RegradeRefusedError: Another one of the same hand-ins is open, or there are no hand-ins.
    """
    assignment = session.get_one(CourseAssignment, assignment_id, with_for_update=True)
    if _find_open(session, assignment_id, hand_in_id) is not None:
        raise RegradeRefusedError(
            "There is a regrade already that is neither applied nor dropped. Finish that first."
        )
    regrade = Regrade(
        assignment_id=assignment_id,
        hand_in_id=hand_in_id,
        by_id=by_id,
        reason=reason,
        created_at=now(),
    )
    session.add(regrade)
    session.flush()
    if not _add_jobs(session, regrade):
        raise RegradeRefusedError("Nobody has handed in anything, so nothing can be graded again.")
    note(
        session,
        "regrade started",
        course_id=assignment.course_id,
        by_id=by_id,
        about_id=None if hand_in_id is None else session.get_one(HandIn, hand_in_id).person_id,
        reason=reason,
        details=f"regrade {regrade.id} of assignment {assignment_id}",
    )
    return regrade


def open_regrades(session: Session, assignment_id: int) -> Sequence[Regrade]:
    """Return the regrades that are neither applied nor dropped, the newest first."""
    return session.scalars(
        select(Regrade)
        .where(
            Regrade.assignment_id == assignment_id,
            Regrade.applied_at.is_(None),
            Regrade.dropped_at.is_(None),
        )
        .order_by(Regrade.id.desc())
    ).all()


def complete(session: Session, regrade: Regrade) -> int:
    """Add hand-ins that came while a regrade began; return how many jobs that made."""
    return _add_jobs(session, regrade) if _is_open(regrade) and regrade.hand_in_id is None else 0


def count_missing(session: Session, regrade: Regrade) -> int:
    """Return how many hand-ins `complete` would add."""
    if not _is_open(regrade) or regrade.hand_in_id is not None:
        return 0
    missing = _hand_ins_without_job(regrade).subquery()
    return session.scalar(select(func.count()).select_from(missing)) or 0


def find_progress(session: Session, regrade_id: int) -> Progress:
    """Return how far a regrade is."""
    by_state = select(Job.state, func.count()).where(Job.regrade_id == regrade_id)
    counts = as_dict(session.execute(by_state.group_by(Job.state)))
    first, again = aliased(Job), aliased(Job)
    first_gradings = session.scalar(
        select(func.count())
        .select_from(again)
        .join(first, first.hand_in_id == again.hand_in_id)
        .where(
            again.regrade_id == regrade_id,
            first.regrade_id == 0,
            first.state.in_(_UNFINISHED),
        )
    )
    return Progress(
        total=sum(counts.values()),
        done=counts.get(JobState.DONE, 0),
        faults=counts.get(JobState.FAILED, 0),
        first_gradings=first_gradings or 0,
    )


def compare(session: Session, regrade: Regrade) -> list[Change]:
    """Return whose points a regrade would change, in any of their attempts.

    Those who lose come first, then those who gain, then those for whom other attempts change.
    """
    assignment = session.get_one(CourseAssignment, regrade.assignment_id)
    before = standings(session, assignment)
    after = standings(session, assignment, regrade_id=regrade.id)
    who = select(HandIn.person_id).where(HandIn.assignment_id == assignment.id)
    people = select(Person.id, Person.name).where(Person.id.in_(who))
    names = as_dict(session.execute(people))
    found = [
        change
        for whose in before
        if (change := _compare_one(whose, names.get(whose, ""), before[whose], after[whose]))
    ]
    return sorted(found, key=lambda one: (_order(one), one.gain, one.name.casefold()))


def apply_regrade(session: Session, regrade_id: int, *, by_id: int) -> int:
    """Have the results of a regrade count, in a transaction of the caller.

    Returns:
        How many students have other points now.

    Raises:
        RegradeRefusedError: It is not complete, or was applied or dropped before.
    """
    regrade = session.get_one(Regrade, regrade_id, with_for_update=True)
    assignment = session.get_one(CourseAssignment, regrade.assignment_id, with_for_update=True)
    _expect_open(regrade)
    if complete(session, regrade) or not find_progress(session, regrade_id).is_complete:
        raise RegradeRefusedError("Not everything is graded yet. Wait until it is.")
    before = standings(session, assignment)
    would_hold = results_that_would_hold(regrade_id).subquery()
    jobs = _jobs_of(session, regrade_id, Job.result_id.in_(select(would_hold.c.result_id)))
    for job in jobs:
        job.replaced_id = session.get_one(HandIn, job.hand_in_id).result_id
        _let_count(session, assignment.id, job.hand_in_id, job.result_id)
    changed = _publish_changes(session, assignment, before)
    regrade.applied_at = now()
    note(
        session,
        "regrade applied",
        course_id=assignment.course_id,
        by_id=by_id,
        details=f"regrade {regrade_id}: {len(jobs)} results, {changed} students changed",
    )
    return changed


def undo_regrade(session: Session, regrade_id: int, *, by_id: int, reason: str = "") -> int:
    """Have the results count again that a regrade has replaced, in a transaction of the caller.

    Marks that were given since stay. Hand-ins that are not of the regrade keep their results.

    Returns:
        How many students have other points now.

    Raises:
        RegradeRefusedError: It doesn't count now, a later one has replaced its results, or it was
            applied by a version that kept nothing to undo it.
    """
    regrade = session.get_one(Regrade, regrade_id, with_for_update=True)
    assignment = session.get_one(CourseAssignment, regrade.assignment_id, with_for_update=True)
    if regrade.applied_at is None or regrade.undone_at is not None:
        raise RegradeRefusedError("This regrade doesn't count, so there is nothing to undo.")
    if _is_replaced(session, regrade):
        raise RegradeRefusedError("A later regrade counts. Undo that one first.")
    before = standings(session, assignment)
    jobs = _jobs_of(session, regrade_id, Job.replaced_id.is_not(None))
    if not jobs:
        raise RegradeRefusedError("Nothing is kept of what this regrade replaced.")
    for job in jobs:
        _let_count(session, assignment.id, job.hand_in_id, job.replaced_id)
    changed = _publish_changes(session, assignment, before)
    regrade.undone_at = now()
    note(
        session,
        "regrade undone",
        course_id=assignment.course_id,
        by_id=by_id,
        reason=reason,
        details=f"regrade {regrade_id}: {len(jobs)} results, {changed} students changed",
    )
    return changed


def drop_regrade(session: Session, regrade_id: int, *, by_id: int) -> None:
    """Forget a regrade, in a transaction of the caller: everything stays as it is.

    Raises:
        RegradeRefusedError: It was applied or dropped before.
    """
    regrade = session.get_one(Regrade, regrade_id, with_for_update=True)
    _expect_open(regrade)
    regrade.dropped_at = now()
    session.execute(delete(Job).where(Job.regrade_id == regrade_id, Job.state.in_(_UNFINISHED)))
    assignment = session.get_one(CourseAssignment, regrade.assignment_id)
    note(
        session,
        "regrade dropped",
        course_id=assignment.course_id,
        by_id=by_id,
        details=f"regrade {regrade_id}",
    )


def retry_faults(session: Session, assignment_id: int, *, regrade_id: int = 0, by_id: int) -> int:
    """Try again what the grader failed on, in a transaction of the caller.

    Args:
        session: The transaction.
        assignment_id: The assignment.
        regrade_id: The regrade; 0 for the first grading, whose results count at once.
        by_id: Who asks for it.

    Returns:
        How many jobs wait now.
    """
    failed = session.execute(
        select(Job.id, Job.hand_in_id)
        .join(HandIn, HandIn.id == Job.hand_in_id)
        .join(Result, Result.id == Job.result_id)
        .where(
            HandIn.assignment_id == assignment_id,
            Job.regrade_id == regrade_id,
            Job.state == JobState.FAILED,
            # A regrade may have given the hand-in a result since.
            (Job.regrade_id != 0) | (HandIn.result_id == Job.result_id),
        )
        .order_by(Job.id)
    ).all()
    if not failed:
        return 0
    # New jobs, at the end of the queue: nobody who waits falls back behind them.
    session.execute(delete(Job).where(Job.id.in_([id_ for id_, _ in failed])))
    _insert_jobs(session, [hand_in_id for _, hand_in_id in failed], regrade_id)
    note(
        session,
        "faults tried again",
        course_id=session.get_one(CourseAssignment, assignment_id).course_id,
        by_id=by_id,
        details=f"{len(failed)} jobs of assignment {assignment_id}",
    )
    return len(failed)


def _jobs_of(session: Session, regrade_id: int, which: ColumnElement[bool]) -> Sequence[Job]:
    return session.scalars(
        select(Job).where(Job.regrade_id == regrade_id, which).order_by(Job.id)
    ).all()


def _let_count(
    session: Session, assignment_id: int, hand_in_id: int, result_id: int | None
) -> None:
    """Have a result be the one of its hand-in, with the marks that were given meanwhile."""
    result = mark_result(session, assignment_id, session.get_one(Result, result_id))
    session.get_one(HandIn, hand_in_id).result_id = result.id


def _publish_changes(
    session: Session, assignment: CourseAssignment, before: Mapping[int, Standing]
) -> int:
    """Send the scores that are others than before; return how many students have others."""
    session.flush()
    after = standings(session, assignment)
    changed = [whose for whose in after if not _is_same(before[whose], after[whose])]
    for whose in sorted(changed):
        publish_score(session, assignment.id, whose)
    return len(changed)


def _is_replaced(session: Session, regrade: Regrade) -> bool:
    """Return whether a later regrade counts that has some of the same hand-ins."""
    later = session.scalars(
        select(Regrade).where(
            Regrade.assignment_id == regrade.assignment_id,
            Regrade.applied_at >= regrade.applied_at,
            Regrade.id != regrade.id,
            Regrade.undone_at.is_(None),
        )
    )
    return any(
        one.hand_in_id is None or regrade.hand_in_id in (None, one.hand_in_id) for one in later
    )


def _find_open(session: Session, assignment_id: int, hand_in_id: int | None) -> Regrade | None:
    """Return an open regrade that has some of the same hand-ins."""
    return next(
        (
            one
            for one in open_regrades(session, assignment_id)
            if hand_in_id is None or one.hand_in_id in (None, hand_in_id)
        ),
        None,
    )


def _is_open(regrade: Regrade) -> bool:
    return regrade.applied_at is None and regrade.dropped_at is None


def _expect_open(regrade: Regrade) -> None:
    if not _is_open(regrade):
        what = "dropped" if regrade.applied_at is None else "applied"
        raise RegradeRefusedError(f"This regrade was {what} already.")


def _add_jobs(session: Session, regrade: Regrade) -> int:
    ids = session.scalars(_hand_ins_without_job(regrade)).all()
    _insert_jobs(session, ids, regrade.id)
    return len(ids)


def _insert_jobs(session: Session, hand_in_ids: Sequence[int], regrade_id: int) -> None:
    if hand_in_ids:
        moment = now()
        session.execute(
            insert(Job),
            [
                {
                    "hand_in_id": one,
                    "regrade_id": regrade_id,
                    "state": JobState.WAITING,
                    "created_at": moment,
                }
                for one in hand_in_ids
            ],
        )


def _hand_ins_without_job(regrade: Regrade) -> Select[int]:
    wanted = (
        select(HandIn.id)
        .where(
            HandIn.assignment_id == regrade.assignment_id,
            HandIn.received_at <= regrade.created_at + _AT_THE_SAME_TIME,
            ~exists().where(Job.hand_in_id == HandIn.id, Job.regrade_id == regrade.id),
        )
        .order_by(HandIn.id)
    )
    return wanted if regrade.hand_in_id is None else wanted.where(HandIn.id == regrade.hand_in_id)


def _compare_one(person_id: int, name: str, before: Standing, after: Standing) -> Change | None:
    pairs = zip(before.attempts, after.attempts, strict=True)
    attempts = sum((one.points, one.status) != (two.points, two.status) for one, two in pairs)
    if not attempts and _is_same(before, after):
        return None
    return Change(
        person_id=person_id,
        name=name,
        before=before.points,
        after=after.points,
        max_before=before.max_points,
        max_after=after.max_points,
        attempts=attempts,
        number=after.counting.number if after.counting is not None else "",
        is_overridden=after.override is not None,
    )


def _is_same(before: Standing, after: Standing) -> bool:
    return (before.points, before.max_points) == (after.points, after.max_points)


def _order(change: Change) -> int:
    return 0 if change.gain < 0 else 1 if change.gain > 0 else 2
