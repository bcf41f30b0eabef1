"""Platforms that are registered: by hand here, or dynamically by `registration`."""

from collections.abc import Sequence
from dataclasses import dataclass

from pylti1p3.registration import Registration
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.lti.platform import LtiPlatform
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.tables import LtiContext, Platform
from grader.service.lti.network import expect_platform_url
from grader.service.lti.refusals import LtiRefusedError
from grader.service.lti.tool import KEY_FILE, LtiTool
from grader.service.settings import ServiceSettings

_MAX_ID_CHARACTERS = 500
_MAX_DEPLOYMENT_CHARACTERS = 255
_MAX_DEPLOYMENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlatform:
    """A platform that is about to be registered.

    Attributes:
        issuer: Its id, an https URL.
        client_id: The id that it gave to us.
        authorization_url: Where it logs people in.
        token_url: Where it issues access tokens.
        keys_url: Where it publishes its keys.
        token_audience: The audience of a request for a token; empty for ``token_url``.
        deployments: The ids of our deployments there; none for that of an instructor's first
            launch.
        course_id: The only course that it is for; None for all courses of the platform, each of
            which becomes one here when an instructor first comes from it.
        name: How it calls itself.
    """

    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    deployments: Sequence[str] = ()
    course_id: int | None = None
    name: str = ""


def register(
    session: Session, new: NewPlatform, *, allows_loopback: bool, by_id: int | None = None
) -> int:
    """Register a platform, in a transaction of the caller.

    Args:
        session: The transaction.
        new: The platform.
        allows_loopback: Whether platforms on this machine are allowed, for tests.
        by_id: Who registers it, if anybody is known.

    Returns:
        The id of the platform here.

    Raises:
        LtiRefusedError: It can't be registered as it is, or is registered already.
    """
    for url in (new.issuer, new.authorization_url, new.token_url, new.keys_url):
        expect_platform_url(url, allows_loopback=allows_loopback)
    if len(new.issuer) > _MAX_ID_CHARACTERS or "?" in new.issuer:
        raise LtiRefusedError("the issuer of the platform is not a short URL without a question")
    if not new.client_id or not _is_id(new.client_id, _MAX_ID_CHARACTERS):
        raise LtiRefusedError("the client id is not a short line of ASCII characters")
    if len(new.token_audience) > 2 * _MAX_ID_CHARACTERS:
        raise LtiRefusedError("the audience of the platform's tokens is too long")
    known = session.scalar(
        select(Platform.id).where(
            Platform.issuer == new.issuer, Platform.client_id == new.client_id
        )
    )
    if known is not None:
        raise LtiRefusedError("a platform with this issuer and client id is registered already")
    platform = Platform(
        course_id=new.course_id,
        name=new.name[:200],
        issuer=new.issuer,
        client_id=new.client_id,
        deployments="",
        authorization_url=new.authorization_url,
        token_url=new.token_url,
        token_audience=new.token_audience,
        keys_url=new.keys_url,
        created_at=now(),
    )
    for one in new.deployments:
        add_deployment(platform, one)
    session.add(platform)
    session.flush()
    note(
        session,
        "registered a platform",
        course_id=new.course_id,
        by_id=by_id,
        details=f"platform {platform.id}: {new.issuer}",
    )
    return platform.id


def add_deployment(platform: Platform, deployment: str) -> None:
    """Add a deployment of ours on a platform.

    Raises:
        LtiRefusedError: It can't be the id of one, or there are too many.
    """
    if not deployment or not _is_id(deployment, _MAX_DEPLOYMENT_CHARACTERS):
        raise LtiRefusedError("the deployment id is not a short line of ASCII characters")
    known = deployments_of(platform)
    if deployment in known:
        return
    if len(known) >= _MAX_DEPLOYMENTS:
        raise LtiRefusedError("the platform has too many deployments")
    platform.deployments = "\n".join([*known, deployment])


def deployments_of(platform: Platform) -> list[str]:
    """Return the ids of our deployments on a platform."""
    return platform.deployments.splitlines()


def connect_context(
    session: Session,
    *,
    platform_id: int,
    context: str,
    course_id: int,
    by_id: int | None = None,
) -> None:
    """Make a course of a platform one of ours, in a transaction of the caller.

    From then on its instructors are instructors here, and its students students.
    """
    known = session.scalar(
        select(LtiContext).where(
            LtiContext.platform_id == platform_id, LtiContext.context == context
        )
    )
    if known is not None:
        return
    session.add(
        LtiContext(platform_id=platform_id, context=context, course_id=course_id, created_at=now())
    )
    note(
        session,
        "connected a course of a platform",
        course_id=course_id,
        by_id=by_id,
        details=f"platform {platform_id}: {context}",
    )


def find_platform(session: Session, issuer: str, client_id: str) -> Platform | None:
    """Return a platform by its issuer and our client id there.

    Args:
        session: The transaction.
        issuer: The issuer.
        client_id: The client id; if it is empty, the platform is found if it is the only one of
            the issuer.
    """
    found = session.scalars(
        select(Platform).where(
            Platform.issuer == issuer, *([Platform.client_id == client_id] if client_id else ())
        )
    ).all()
    return found[0] if len(found) == 1 else None


def as_registration(platform: Platform, tool: LtiTool) -> Registration:
    """Return a platform as pylti1p3 knows it, with our key."""
    return (
        Registration()
        .set_issuer(platform.issuer)
        .set_client_id(platform.client_id)
        .set_tool_private_key(tool.key.private)
        .set_tool_public_key(tool.key.public)
    )


def as_destination(platform: Platform, settings: ServiceSettings, line_item: str) -> LtiPlatform:
    """Return a platform as `grader.lti` knows it: where scores go.

    Args:
        platform: The platform.
        settings: How the service runs.
        line_item: The line item that the scores go to; empty for requests without one.
    """
    return LtiPlatform(
        client_id=platform.client_id,
        token_url=platform.token_url,
        line_item=line_item,
        key_path=settings.data / KEY_FILE,
        audience=platform.token_audience or platform.token_url,
        issuer=platform.issuer,
    )


def _is_id(text: str, longest: int) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= longest
