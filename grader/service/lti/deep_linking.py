"""Deep linking: an instructor places an assignment in a course of the platform."""

from typing import Any

import msgspec
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from sqlalchemy.orm import Session

from grader.checks.assignment import load_assignment
from grader.errors import GraderError
from grader.service.database.tables import CourseAssignment, Platform
from grader.service.lti.courses import Entered
from grader.service.lti.links import ASSIGNMENT
from grader.service.lti.messages import Message
from grader.service.lti.network import expect_platform_url
from grader.service.lti.platforms import as_registration
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tickets import DeepLinkTicket
from grader.service.lti.tool import LtiTool, ToolUrls

_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
# What the platform takes for all points, if the folder of an assignment can't say.
_POINTS = 100.0


class _Resource(DeepLinkResource):
    """A link that asks for a window of its own."""

    def to_dict(self) -> dict[str, object]:
        return {**super().to_dict(), "window": {"targetName": "_blank"}}


def ask(
    platform_id: int, entered: Entered, message: Message, *, allows_loopback: bool
) -> DeepLinkTicket:
    """Return what is to be answered.

    Raises:
        LtiRefusedError: The platform doesn't say where the answer goes.
    """
    settings = message.deep_linking
    if settings is None:
        raise LtiRefusedError("the platform doesn't say where the assignment goes")
    return DeepLinkTicket(
        platform_id=platform_id,
        course_id=entered.course_id,
        deployment=message.deployment,
        return_url=expect_platform_url(
            settings.deep_link_return_url, allows_loopback=allows_loopback
        ),
        data=msgspec.json.encode(settings.data).decode(),
    )


def answer(
    session: Session,
    tool: LtiTool,
    urls: ToolUrls,
    ticket: DeepLinkTicket,
    assignment: CourseAssignment,
) -> str:
    """Return the signed answer: a link to an assignment, with a line item for its scores."""
    link = DeepLink(
        as_registration(session.get_one(Platform, ticket.platform_id), tool),
        ticket.deployment,
        {"deep_link_return_url": ticket.return_url},
    )
    line_item = (
        LineItem()
        .set_label(assignment.title)
        .set_score_maximum(_points_of(assignment))
        .set_resource_id(str(assignment.id))
    )
    resource = (
        _Resource()
        .set_title(assignment.title)
        .set_url(urls.launch)
        .set_custom_params({ASSIGNMENT: str(assignment.id)})
        .set_lineitem(line_item)
    )
    message: dict[str, Any] = link.get_message_jwt([resource])
    data = msgspec.json.decode(ticket.data)
    # It goes back as it came, and not at all if none came.
    del message[_DATA]
    if data is not None:
        message[_DATA] = data
    return str(link.encode_jwt(message))  # type: ignore[no-untyped-call]


def _points_of(assignment: CourseAssignment) -> float:
    try:
        return load_assignment(assignment.folder).points
    except GraderError:
        return _POINTS
