"""Names and roles (NRPS): fills a course with the members that the platform lists."""

import logging
import time
from collections.abc import Collection, Iterator, Sequence

import msgspec
import requests
from pylti1p3.exception import LtiServiceException
from pylti1p3.names_roles import NamesRolesProvisioningService
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.lti.connector import Connector
from grader.lti.users import is_user_id
from grader.service.clock import SECOND, now
from grader.service.database.engine import Database
from grader.service.database.tables import Identity, LtiContext, Member, Platform, Role
from grader.service.lti.courses import know, make_member
from grader.service.lti.network import expect_platform_url
from grader.service.lti.platforms import as_destination
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.roles import role_of
from grader.service.lti.tool import LtiTool
from grader.service.settings import ServiceSettings

_log = logging.getLogger(__name__)

# So often at most, a platform is asked for the members of a course.
_PAUSE_S = 600
_MOST_PAGES = 200
_MOST_MEMBERS = 20_000
_MOST_SECONDS = 120.0
# So many members are written in one transaction, so that nobody waits for a large course.
_AT_ONCE = 200


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A member, as the platform lists them."""

    user_id: str
    roles: Sequence[str] = ()
    status: str = "Active"
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        return self.name or f"{self.given_name} {self.family_name}".strip()


def fill_courses(
    database: Database, settings: ServiceSettings, tool: LtiTool, *, course_id: int, asked_by: int
) -> int:
    """Fetch the members of a course from all platforms that know it, unless that was just done.

    New ones become members here, and known ones get the role that the platform says now. Nobody is
    removed, as their work stays theirs; but instructors whom the platform doesn't list any more are
    students until they come from it again.

    Args:
        database: The database.
        settings: How the service runs.
        tool: What we are to platforms.
        course_id: The course.
        asked_by: The instructor who has just come, listed or not.

    Returns:
        How many members were listed.
    """
    count = 0
    for context_id in _due(database, course_id):
        try:
            count += _fill(database, settings, tool, context_id, asked_by)
        except (GraderError, LtiServiceException, requests.RequestException) as error:
            # The message may hold the address of a person's account; its kind is enough.
            _log.warning(
                "the members of course %d can't be fetched: %s", course_id, type(error).__name__
            )
    return count


def _due(database: Database, course_id: int) -> Sequence[int]:
    """Claim the contexts that are due, so that of several instructors one asks."""
    moment = now()
    with database.write() as session:
        return session.scalars(
            update(LtiContext)
            .where(
                LtiContext.course_id == course_id,
                LtiContext.members_url != "",
                LtiContext.members_at <= moment - _PAUSE_S * SECOND,
            )
            .values(members_at=moment)
            .returning(LtiContext.id)
        ).all()


def _fill(
    database: Database, settings: ServiceSettings, tool: LtiTool, context_id: int, asked_by: int
) -> int:
    with database.read() as session:
        context = session.get_one(LtiContext, context_id)
        platform = session.get_one(Platform, context.platform_id)
    members = list(_fetch(settings, tool, platform, context.members_url))
    staff = {asked_by}
    for start in range(0, len(members), _AT_ONCE):
        with database.write() as session:
            for one in members[start : start + _AT_ONCE]:
                role = role_of(one.roles)
                if role is None or one.status != "Active" or not is_user_id(one.user_id):
                    continue
                person_id = know(
                    session, platform.id, one.user_id, name=one.full_name, email=one.email
                )
                make_member(session, context.course_id, person_id, role)
                if role is Role.INSTRUCTOR:
                    staff.add(person_id)
    with database.write() as session:
        _demote_others(session, context, staff)
    return len(members)


def _demote_others(session: Session, context: LtiContext, staff: Collection[int]) -> None:
    """Make students of the platform's instructors whom it doesn't list any more."""
    contexts = session.scalars(
        select(LtiContext.id).where(LtiContext.course_id == context.course_id)
    ).all()
    if len(contexts) > 1:
        return  # those of another course of the platform are listed there
    from_platform = select(Identity.person_id).where(Identity.platform_id == context.platform_id)
    others = session.scalars(
        select(Member).where(
            Member.course_id == context.course_id,
            Member.role == Role.INSTRUCTOR,
            Member.person_id.in_(from_platform),
        )
    )
    for one in others:
        if one.person_id not in staff:
            one.role = Role.STUDENT


def _fetch(
    settings: ServiceSettings, tool: LtiTool, platform: Platform, url: str
) -> Iterator[_Listed]:
    """Yield the members, page by page."""
    with tool.open_session() as http:
        connector = Connector(as_destination(platform, settings, ""), tool.key, http)
        service = NamesRolesProvisioningService(connector, {"context_memberships_url": url})
        page: str | None = url
        count = 0
        give_up = time.monotonic() + _MOST_SECONDS
        for _ in range(_MOST_PAGES):
            if page is None:
                return
            if time.monotonic() > give_up:
                raise LtiRefusedError("the platform lists members too slowly")
            expect_platform_url(page, allows_loopback=tool.allows_loopback)
            found, page = _page(service, page)
            for one in found:
                count += 1
                if count > _MOST_MEMBERS:
                    raise LtiRefusedError("the platform lists too many members")
                try:
                    yield msgspec.convert(
                        {name: value for name, value in one.items() if value is not None}, _Listed
                    )
                except (msgspec.ValidationError, AttributeError):
                    continue
        raise LtiRefusedError("the platform lists members on too many pages")


def _page(
    service: NamesRolesProvisioningService, url: str
) -> tuple[Sequence[dict[str, object]], str | None]:
    try:
        found, next_page = service.get_members_page(url)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LtiRefusedError("the platform's list of members can't be read") from error
    if not isinstance(found, list):
        raise LtiRefusedError("the platform's list of members can't be read")
    return found, next_page  # type: ignore[return-value] # what isn't as it should be is skipped
