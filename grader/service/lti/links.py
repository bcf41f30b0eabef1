"""Which assignment a link in a platform's course stands for, and where its scores go."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.service.audit import note
from grader.service.database.tables import (
    CourseAssignment,
    HandIn,
    OutboxEntry,
    OutboxState,
)
from grader.service.lti.courses import Entered
from grader.service.lti.messages import Message
from grader.service.lti.network import expect_platform_url
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tickets import LinkTicket
from grader.service.scores import publish_score

# The name of the parameter in which a link that we placed names its assignment.
ASSIGNMENT = "assignment"
_MAX_LINK_CHARACTERS = 500
_LARGEST_ID = 2**63 - 1


def find_assignment(
    session: Session, platform_id: int, entered: Entered, message: Message, *, allows_loopback: bool
) -> int | LinkTicket:
    """Return the assignment that a launch is for, in a transaction of the caller.

    The first link of an assignment is the one whose line item gets the scores. An instructor who
    comes over another link can choose that one instead; a student who does so just gets to the
    assignment.

    Returns:
        The id of the assignment; or, if an instructor has to choose, what to ask.

    Raises:
        LtiRefusedError: No instructor has chosen yet, or the message names no link.
    """
    link = message.resource_link
    if link is None or not 0 < len(link.id) <= _MAX_LINK_CHARACTERS:
        raise LtiRefusedError("the launch has no usable link")
    line_item = message.line_item
    if line_item:
        expect_platform_url(line_item, allows_loopback=allows_loopback)
    bound = session.scalar(
        select(CourseAssignment).where(
            CourseAssignment.course_id == entered.course_id,
            CourseAssignment.platform_id == platform_id,
            CourseAssignment.resource_link == link.id,
        )
    )
    if bound is not None:
        if line_item and bound.line_item != line_item:
            bind(
                session, bound, platform_id=platform_id, resource_link=link.id, line_item=line_item
            )
        return bound.id
    named = _named(session, entered.course_id, message)
    if named is not None and named.resource_link == "":
        bind(session, named, platform_id=platform_id, resource_link=link.id, line_item=line_item)
        return named.id
    if entered.is_instructor:
        return LinkTicket(
            platform_id=platform_id,
            course_id=entered.course_id,
            person_id=entered.person_id,
            resource_link=link.id,
            line_item=line_item,
            suggested_id=0 if named is None else named.id,
        )
    if named is None:
        raise LtiRefusedError(
            "no assignment has been chosen for this link yet; an instructor has to open it first"
        )
    return named.id


def bind(
    session: Session,
    assignment: CourseAssignment,
    *,
    platform_id: int,
    resource_link: str,
    line_item: str,
    by_id: int | None = None,
) -> None:
    """Make a link the one of an assignment, and send all scores there that count by now."""
    assignment.platform_id = platform_id
    assignment.resource_link = resource_link
    assignment.line_item = line_item
    note(
        session,
        "bound a link of a platform",
        course_id=assignment.course_id,
        by_id=by_id,
        details=f"assignment {assignment.id}, platform {platform_id}",
    )
    session.flush()
    # What was to go elsewhere must not go there with a token of this platform.
    session.execute(
        update(OutboxEntry)
        .where(
            OutboxEntry.assignment_id == assignment.id,
            OutboxEntry.line_item != line_item,
            OutboxEntry.state == OutboxState.WAITING,
        )
        .values(state=OutboxState.SUPERSEDED)
    )
    for person_id in _people(session, assignment.id):
        publish_score(session, assignment.id, person_id)


def _people(session: Session, assignment_id: int) -> Iterable[int]:
    return session.scalars(
        select(HandIn.person_id).where(HandIn.assignment_id == assignment_id).distinct()
    ).all()


def _named(session: Session, course_id: int, message: Message) -> CourseAssignment | None:
    """Return the assignment that the link names itself, if it is one of the course."""
    named = str(message.custom.get(ASSIGNMENT, ""))
    if not named.isascii() or not named.isdigit() or int(named) > _LARGEST_ID:
        return None
    found = session.get(CourseAssignment, int(named))
    return found if found is not None and found.course_id == course_id else None
