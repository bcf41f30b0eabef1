"""Tokens of the JSON API: each acts for one person in one course. Only digests are kept."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.service.audit import note
from grader.service.clock import now
from grader.service.database.tables import ApiToken, Course, Member, Person
from grader.service.sessions import Asker
from grader.service.tokens import digest_of, new_secret

# Programs that search for secrets in public places find it by this.
PREFIX = "zerograd_"
LONGEST_NAME = 100
MOST_TOKENS = 20


def make_token(
    session: Session, person_id: int, course_id: int, *, name: str, by_id: int | None
) -> str:
    """Make a token for a member of a course, in a transaction of the caller.

    Args:
        session: The transaction.
        person_id: For whom it acts.
        course_id: The only course that it is good for.
        name: What it is for, to know it again.
        by_id: Who makes it; None for the operator.

    Returns:
        The token, which is kept nowhere.

    Raises:
        UsageError: The name is empty or too long, or there are many tokens already.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise UsageError(f"Say what the token is for, in at most {LONGEST_NAME} characters.")
    there = select(func.count()).where(
        ApiToken.person_id == person_id,
        ApiToken.course_id == course_id,
        ApiToken.revoked_at.is_(None),
    )
    if (session.scalar(there) or 0) >= MOST_TOKENS:
        raise UsageError(f"There are {MOST_TOKENS} tokens already. Revoke one first.")
    token = PREFIX + new_secret()
    session.add(
        ApiToken(
            digest=digest_of(token),
            person_id=person_id,
            course_id=course_id,
            name=name,
            created_at=now(),
        )
    )
    note(session, "token made", course_id=course_id, by_id=by_id, about_id=person_id)
    return token


def list_tokens(
    session: Session, person_id: int, *, course_id: int | None = None
) -> Sequence[tuple[ApiToken, Course]]:
    """List the tokens of a person that work, the newest first; with a course, only those for it."""
    wanted = (
        select(ApiToken, Course)
        .join(Course, Course.id == ApiToken.course_id)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.created_at.desc(), ApiToken.digest)
    )
    if course_id is not None:
        wanted = wanted.where(ApiToken.course_id == course_id)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def revoke_token(
    session: Session, person_id: int, digest: str, *, course_id: int | None = None
) -> bool:
    """Revoke a person's own token, in a transaction of the caller; return whether there was one."""
    wanted = update(ApiToken).where(
        ApiToken.digest == digest, ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)
    )
    if course_id is not None:
        wanted = wanted.where(ApiToken.course_id == course_id)
    revoked = session.scalar(wanted.values(revoked_at=now()).returning(ApiToken.course_id))
    if revoked is None:
        return False
    note(session, "token revoked", course_id=revoked, by_id=person_id, about_id=person_id)
    return True


def find_token(session: Session, token: str) -> Asker | None:
    """Return for whom a token acts; None if it is unknown, revoked, or of no member any more."""
    row = session.execute(
        select(ApiToken, Person.name)
        .join(Person, Person.id == ApiToken.person_id)
        .join(
            Member,
            (Member.person_id == ApiToken.person_id) & (Member.course_id == ApiToken.course_id),
        )
        .where(ApiToken.digest == digest_of(token), ApiToken.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    found, name = row
    return Asker(
        person_id=found.person_id,
        name=name,
        course_id=found.course_id,
        csrf_token="",
        digest=found.digest,
    )
