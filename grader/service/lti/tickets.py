"""Tickets: what a browser is in the middle of. It holds a secret, the database the rest."""

from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from grader.service.clock import SECOND, now
from grader.service.database.tables import LtiTicket
from grader.service.tokens import digest_of, new_secret


class LoginTicket(msgspec.Struct, frozen=True, kw_only=True, tag="login"):
    """A launch that has begun.

    Attributes:
        platform_id: The platform that began it.
        nonce_digest: The digest of the nonce that its token must have.
        browser_digest: The digest of the cookie of the browser that it began in.
        is_framed: Whether it began in a frame, where cookies may not come back.
    """

    platform_id: int
    nonce_digest: str
    browser_digest: str
    is_framed: bool


class ConnectTicket(msgspec.Struct, frozen=True, kw_only=True, tag="connect"):
    """A course of a platform that an instructor may connect to the course here."""

    platform_id: int
    course_id: int
    context: str
    title: str


class LinkTicket(msgspec.Struct, frozen=True, kw_only=True, tag="link"):
    """A link in a platform's course for which an instructor is to choose an assignment.

    ``suggested_id`` is the assignment that the link names itself; 0 if it names none.
    """

    platform_id: int
    course_id: int
    person_id: int
    resource_link: str
    line_item: str
    suggested_id: int = 0


class DeepLinkTicket(msgspec.Struct, frozen=True, kw_only=True, tag="deep-link"):
    """A platform's question which assignment to place; ``data`` goes back as JSON."""

    platform_id: int
    course_id: int
    deployment: str
    return_url: str
    data: str


Ticket = LoginTicket | ConnectTicket | LinkTicket | DeepLinkTicket
_Ticket = TypeVar("_Ticket", LoginTicket, ConnectTicket, LinkTicket, DeepLinkTicket)

_LIFE_S: dict[type[Ticket], int] = {
    LoginTicket: 600,
    ConnectTicket: 3600,
    LinkTicket: 3600,
    DeepLinkTicket: 3600,
}


def put_ticket(session: Session, ticket: Ticket) -> str:
    """Keep a ticket, in a transaction of the caller; return its secret, which is kept nowhere."""
    secret, moment = new_secret(), now()
    session.execute(delete(LtiTicket).where(LtiTicket.expires_at <= moment))
    session.add(
        LtiTicket(
            digest=digest_of(secret),
            purpose=_purpose(type(ticket)),
            data=msgspec.json.encode(ticket).decode(),
            expires_at=moment + _LIFE_S[type(ticket)] * SECOND,
        )
    )
    return secret


def find_ticket(session: Session, kind: type[_Ticket], secret: str) -> _Ticket | None:
    """Return a ticket without using it up; None if there is none."""
    data = session.scalar(select(LtiTicket.data).where(*_is_good(kind, secret)))
    return None if data is None else msgspec.json.decode(data, type=kind)


def take_ticket(session: Session, kind: type[_Ticket], secret: str) -> _Ticket | None:
    """Use a ticket up; of two who do so at once, one gets None."""
    data = session.scalar(
        delete(LtiTicket).where(*_is_good(kind, secret)).returning(LtiTicket.data)
    )
    return None if data is None else msgspec.json.decode(data, type=kind)


def _is_good(kind: type[msgspec.Struct], secret: str) -> tuple[ColumnElement[bool], ...]:
    return (
        LtiTicket.digest == digest_of(secret),
        LtiTicket.purpose == _purpose(kind),
        LtiTicket.expires_at > now(),
    )


def _purpose(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)
