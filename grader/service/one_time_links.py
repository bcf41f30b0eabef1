"""Links that work once and for a while: to log somebody in, or to register a platform."""

import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from grader.service.clock import DAY, SECOND, now
from grader.service.database.tables import OneTimeLink
from grader.service.tokens import digest_of, new_secret


class Purpose(enum.StrEnum):
    """What a link is for.

    ``LOGIN`` logs a person in, ``REGISTRATION`` lets a platform register, and ``LAUNCH`` goes on
    with a launch in a tab of its own.
    """

    LOGIN = "login"
    REGISTRATION = "registration"
    LAUNCH = "launch"


LIFE_S = {
    Purpose.LOGIN: 7 * DAY // SECOND,
    Purpose.REGISTRATION: DAY // SECOND,
    Purpose.LAUNCH: 300,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTarget:
    """What a link is good for: whom it logs in, and in which course."""

    course_id: int | None
    person_id: int | None


def make_link(
    session: Session,
    purpose: Purpose,
    *,
    course_id: int | None,
    person_id: int | None = None,
    made_by_id: int | None = None,
) -> str:
    """Make a link, in a transaction of the caller; return its secret, which is kept nowhere."""
    secret = new_secret()
    session.add(
        OneTimeLink(
            digest=digest_of(secret),
            purpose=purpose.value,
            course_id=course_id,
            person_id=person_id,
            made_by_id=made_by_id,
            expires_at=now() + LIFE_S[purpose] * SECOND,
        )
    )
    return secret


def find_link(session: Session, purpose: Purpose, secret: str) -> LinkTarget | None:
    """Return what a link would do, without using it; None if it is used, too old or unknown."""
    found = session.scalar(select(OneTimeLink).where(_is_good(purpose, secret)))
    if found is None:
        return None
    return LinkTarget(course_id=found.course_id, person_id=found.person_id)


def use_link(session: Session, purpose: Purpose, secret: str) -> LinkTarget | None:
    """Use a link up. Of two who use it at once, one gets None."""
    target = find_link(session, purpose, secret)
    used = session.scalar(
        update(OneTimeLink)
        .where(_is_good(purpose, secret))
        .values(used_at=now())
        .returning(OneTimeLink.digest)
    )
    return None if used is None else target


def _is_good(purpose: Purpose, secret: str) -> ColumnElement[bool]:
    return and_(
        OneTimeLink.digest == digest_of(secret),
        OneTimeLink.purpose == purpose.value,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now(),
    )
