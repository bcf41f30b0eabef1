"""Browsers that are logged in: a cookie holds a secret, the database its digest."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from grader.service.clock import DAY, now
from grader.service.database.tables import Person, WebSession
from grader.service.tokens import digest_of, new_secret

LIFE_DAYS = 30
# So often at most, the database hears that a session is still in use.
_RENEW_AFTER = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person who is logged in, in one browser.

    Attributes:
        person_id: The person.
        name: The name.
        course_id: The only course that this session is good for; None for all of the person's.
        csrf_token: What each form of this session must carry.
        digest: The digest of the session's secret.
        is_due: Whether the session should be renewed.
    """

    person_id: int
    name: str
    course_id: int | None
    csrf_token: str
    digest: str
    is_due: bool = False


def start_session(session: Session, person_id: int, *, course_id: int | None) -> str:
    """Log a person in, in a transaction of the caller.

    Each login is a new session: a secret that was known before is worth nothing after it.

    Args:
        session: The transaction.
        person_id: Who is logged in.
        course_id: The only course that the session is good for. It is to be given if the person is
            vouched for by an instructor of that course, and None if by a platform or the operator.

    Returns:
        The secret for the cookie, which is kept nowhere.
    """
    secret, moment = new_secret(), now()
    session.execute(delete(WebSession).where(WebSession.expires_at <= moment))
    session.add(
        WebSession(
            digest=digest_of(secret),
            person_id=person_id,
            course_id=course_id,
            csrf_token=new_secret(),
            created_at=moment,
            expires_at=moment + LIFE_DAYS * DAY,
        )
    )
    return secret


def find_asker(session: Session, secret: str) -> Asker | None:
    """Return who is logged in with a secret, if anybody is."""
    digest, moment = digest_of(secret), now()
    row = session.execute(
        select(WebSession, Person.name)
        .join(Person, Person.id == WebSession.person_id)
        .where(WebSession.digest == digest, WebSession.expires_at > moment)
    ).one_or_none()
    if row is None:
        return None
    found, name = row
    return Asker(
        person_id=found.person_id,
        name=name,
        course_id=found.course_id,
        csrf_token=found.csrf_token,
        digest=digest,
        is_due=found.expires_at < moment + LIFE_DAYS * DAY - _RENEW_AFTER,
    )


def renew_session(session: Session, digest: str) -> None:
    """Let a session that is in use live on."""
    session.execute(
        update(WebSession)
        .where(WebSession.digest == digest)
        .values(expires_at=now() + LIFE_DAYS * DAY)
    )


def end_session(session: Session, secret: str) -> None:
    """Log a browser out."""
    session.execute(delete(WebSession).where(WebSession.digest == digest_of(secret)))


def end_sessions_of(session: Session, person_id: int, *, course_id: int | None = None) -> None:
    """Log a person out in all browsers; with a course, only of sessions for that course alone."""
    ended = delete(WebSession).where(WebSession.person_id == person_id)
    if course_id is not None:
        ended = ended.where(WebSession.course_id == course_id)
    session.execute(ended)
