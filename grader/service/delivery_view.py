"""What a platform has of a student's score, in a sentence for instructors."""

from sqlalchemy.orm import Session

from grader.outputs.wording import format_points
from grader.service.database.tables import CourseAssignment, OutboxState
from grader.service.outbox import last_entry

_POINTS = {
    OutboxState.WAITING: "{points} are on their way to the platform.",
    OutboxState.SENT: "{points} were sent to the platform.",
    OutboxState.REFUSED: "The platform refuses {points}.{answer}",
    OutboxState.SUPERSEDED: "{points} were not sent: the platform has a later score.",
}
_ASKED = (
    "The platform was asked to remove its score. Look there whether it is gone: some platforms "
    "keep what they had."
)
_TAKEN_BACK = {
    OutboxState.WAITING: "The platform is going to be asked to remove its score.",
    OutboxState.SENT: _ASKED,
    OutboxState.REFUSED: "The platform doesn't take its score back: remove it there.{answer}",
    OutboxState.SUPERSEDED: "The platform has a later score, which was not taken back.",
}


def describe_delivery(session: Session, assignment: CourseAssignment, person_id: int) -> str:
    """Say how far the newest score of a student is; empty if scores go nowhere."""
    if not assignment.line_item:
        return ""
    found = last_entry(session, assignment, person_id)
    if found is None:
        return "Nothing was sent to the platform."
    entry, score = found
    answer = f" It answered: {entry.answer}." if entry.answer else ""
    if score.points is None:
        return _TAKEN_BACK[entry.state].format(answer=answer)
    points = f"{format_points(score.points)} of {format_points(score.max_points)} points"
    return _POINTS[entry.state].format(points=points, answer=answer)
