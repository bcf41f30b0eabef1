"""A student's work on an assignment, as the student may see it now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.service.attempts import Attempts
from grader.service.clock import DAY
from grader.service.database.tables import Counts, CourseAssignment
from grader.service.due import assignment_for
from grader.service.hand_ins import count_attempts
from grader.service.scores import Attempt, decisions_about, standing
from grader.service.shown import ShownScore, ShownScores, is_after_due


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAttempt:
    """An attempt as its student sees it.

    Attributes:
        attempt: The attempt; its points are not for the student.
        score: The points that are shown; None until there is a report.
        counted: The points with what being late takes; None without any.
    """

    attempt: Attempt
    score: ShownScore | None
    counted: float | None

    @property
    def is_waiting(self) -> bool:
        """Whether there is no report yet."""
        return self.attempt.result_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWork:
    """A student's work as the student sees it.

    Attributes:
        assignment: The assignment, with the due date that the student has.
        attempts: The attempts, the newest first.
        counting: The one that counts by what is shown, if any.
        points: The points that count by what is shown, or as an instructor decided.
        max_points: All points that are shown.
        left: How many attempts are left.
        is_excused: Whether the student need not hand in.
        is_overridden: Whether an instructor decided the points.
        comments: What instructors wrote, the newest first.
        opens_at: When hand-ins are taken from, if that is still to come.
        is_over: Whether nothing is taken any more.
    """

    assignment: CourseAssignment
    attempts: Sequence[SeenAttempt]
    counting: SeenAttempt | None
    points: float | None
    max_points: float
    left: Attempts
    is_excused: bool
    is_overridden: bool
    comments: Sequence[str]
    opens_at: int | None
    is_over: bool

    @property
    def may_hand_in(self) -> bool:
        """Whether a new file would be taken now."""
        return self.opens_at is None and not self.is_over and self.left.may_hand_in


def last_moment(assignment: CourseAssignment) -> int | None:
    """Return until when hand-ins are taken, None for ever."""
    if assignment.due_at is None:
        return None
    return assignment.due_at + assignment.late_days * DAY


def see_work(
    session: Session,
    assignment: CourseAssignment,
    person_id: int,
    *,
    scores: ShownScores,
    moment: int,
) -> SeenWork:
    """Work out what a student sees of the own work.

    Which attempt is best is decided here by the points that are shown: otherwise it would say
    something of those that aren't.
    """
    assignment = assignment_for(session, assignment, person_id)
    stands = standing(session, assignment, person_id)
    result_ids = [one.result_id for one in stands.attempts if one.result_id is not None]
    after_due = is_after_due(assignment, moment)
    shown = scores.of(session, result_ids, after_due=after_due)
    attempts = [_see(assignment, one, shown) for one in stands.attempts]
    counting = _choose(assignment, attempts)
    decided = stands.override
    last = last_moment(assignment)
    return SeenWork(
        assignment=assignment,
        attempts=attempts[::-1],
        counting=counting,
        points=decided.points if decided else counting.counted if counting else None,
        max_points=max((one.max_points for one in shown.values()), default=0.0),
        left=count_attempts(session, assignment, person_id, moment),
        is_excused=stands.is_excused,
        is_overridden=decided is not None,
        comments=[
            one.text
            for one in decisions_about(session, assignment.id, person_id)
            if one.kind == "comment" and one.text
        ],
        opens_at=assignment.opens_at
        if assignment.opens_at is not None and moment < assignment.opens_at
        else None,
        is_over=last is not None and moment > last,
    )


def _see(
    assignment: CourseAssignment, attempt: Attempt, shown: dict[int, ShownScore]
) -> SeenAttempt:
    score = None if attempt.result_id is None else shown.get(attempt.result_id)
    points = None if score is None else score.points
    factor = max(0.0, 1.0 - assignment.late_penalty * attempt.late_days)
    return SeenAttempt(
        attempt=attempt, score=score, counted=None if points is None else points * factor
    )


def _choose(assignment: CourseAssignment, attempts: Sequence[SeenAttempt]) -> SeenAttempt | None:
    scored = [one for one in attempts if one.counted is not None]
    if not scored:
        return None
    if assignment.counts is Counts.LAST:
        return scored[-1]
    return max(scored, key=lambda one: one.counted or 0.0)
