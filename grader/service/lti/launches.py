"""A whole launch: from the token that a browser brings to where the browser goes next."""

import enum
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grader.service.database.engine import Database
from grader.service.lti import deep_linking
from grader.service.lti.courses import Entered, NotConnectedError, enter
from grader.service.lti.id_token import VerifiedLaunch, verify
from grader.service.lti.links import find_assignment
from grader.service.lti.messages import MessageType
from grader.service.lti.tickets import ConnectTicket, put_ticket
from grader.service.lti.tool import LtiTool
from grader.service.sessions import start_session


class Next(enum.Enum):
    """Where a browser goes after a launch.

    To an ``ASSIGNMENT``; or, for instructors, to ``CONNECT`` a course, to choose the assignment of
    a ``LINK``, or to place one (``DEEP_LINK``).
    """

    ASSIGNMENT = "assignment"
    CONNECT = "connect"
    LINK = "link"
    DEEP_LINK = "deep-link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A launch that went well.

    Attributes:
        next: Where the browser goes next.
        assignment_id: The assignment, if it goes to one.
        ticket: The secret of the ticket for all other places.
        session: The secret of the session that was started; empty if none was.
        entered: Who has come, if the course is connected.
        is_framed: Whether the browser shows us in a frame of another site.
    """

    next: Next
    assignment_id: int = 0
    ticket: str = ""
    session: str = ""
    entered: Entered | None = None
    is_framed: bool = False


def launch(
    database: Database, tool: LtiTool, *, state: str, id_token: str, browser: str
) -> Arrival:
    """Let in whoever comes from a platform.

    Args:
        database: The database.
        tool: What we are to platforms.
        state: The state that came with the token.
        id_token: The token.
        browser: What the browser has in its cookie.

    Raises:
        LtiRefusedError: The launch is refused.
    """
    verified = verify(database, tool.platform_keys, state=state, id_token=id_token, browser=browser)
    try:
        with database.write() as session:
            return _arrive(session, tool, verified)
    except NotConnectedError as error:
        ticket = ConnectTicket(
            platform_id=verified.platform_id,
            course_id=error.course_id,
            context=error.context.id,
            title=error.context.title or error.context.label,
        )
        with database.write() as session:
            secret = put_ticket(session, ticket)
        return Arrival(next=Next.CONNECT, ticket=secret, is_framed=verified.is_framed)


def _arrive(session: Session, tool: LtiTool, verified: VerifiedLaunch) -> Arrival:
    message, platform_id = verified.message, verified.platform_id
    allows_loopback = tool.allows_loopback
    entered = enter(session, platform_id, message, allows_loopback=allows_loopback)
    if message.kind is MessageType.DEEP_LINKING:
        # No session: it may be in a frame, where there are no cookies, and needs none.
        question = deep_linking.ask(platform_id, entered, message, allows_loopback=allows_loopback)
        return Arrival(
            next=Next.DEEP_LINK,
            ticket=put_ticket(session, question),
            entered=entered,
            is_framed=verified.is_framed,
        )
    found = find_assignment(session, platform_id, entered, message, allows_loopback=allows_loopback)
    secret = start_session(session, entered.person_id, course_id=entered.only_course_id)
    if isinstance(found, int):
        return Arrival(next=Next.ASSIGNMENT, assignment_id=found, session=secret, entered=entered)
    return Arrival(
        next=Next.LINK, ticket=put_ticket(session, found), session=secret, entered=entered
    )
