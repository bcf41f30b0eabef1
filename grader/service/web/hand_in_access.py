"""Who may see a hand-in: who handed it in, and the instructors of the course."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from grader.service.database.tables import CourseAssignment, HandIn, Role
from grader.service.sessions import Asker
from grader.service.web.auth import AssignmentAccess, Endpoint, find_membership, guarded


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInAccess(AssignmentAccess):
    """A person who asks for a hand-in."""

    hand_in: HandIn

    @property
    def is_own(self) -> bool:
        """Whether it is the asker's own."""
        return self.hand_in.person_id == self.asker.person_id


def may_see_hand_in(handler: Callable[[Request, HandInAccess], Awaitable[Response]]) -> Endpoint:
    """Let in whose the hand-in ``{number}`` is, and the instructors of its course."""

    def find(session: Session, asker: Asker, request: Request) -> HandInAccess | None:
        number = str(request.path_params["number"])
        if not number.isascii() or "\0" in number:
            return None  # not one of ours, and not every database takes it
        row = session.execute(
            select(HandIn, CourseAssignment)
            .join(CourseAssignment, CourseAssignment.id == HandIn.assignment_id)
            .where(HandIn.number == number)
        ).one_or_none()
        if row is None:
            return None
        hand_in, assignment = row
        is_own = hand_in.person_id == asker.person_id
        roles = (Role.STUDENT, Role.INSTRUCTOR) if is_own else (Role.INSTRUCTOR,)
        found = find_membership(session, asker, assignment.course_id, roles)
        return found and HandInAccess(
            asker=asker, course=found[0], member=found[1], assignment=assignment, hand_in=hand_in
        )

    return guarded(handler, find)
