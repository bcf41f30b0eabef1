"""Takes a deleted person out of what others wrote: reasons, comments, and details of the record."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grader.service.database.tables import (
    AnswerMark,
    ApiToken,
    AuditEntry,
    Base,
    Decision,
    Member,
    Person,
    Regrade,
)

FORGOTTEN = "(deleted)"
# A shorter part of a name is a word of any language, or an initial.
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What a person is called by.

    Attributes:
        whole: The whole name, the email address and the id.
        parts: The parts of the name.
    """

    whole: tuple[str, ...]
    parts: tuple[str, ...]

    def take_out_of(self, text: str, *, with_parts: bool = True) -> str:
        """Return a text without them, whatever their case."""
        words = (*self.whole, *(self.parts if with_parts else ()))
        if not words or not text:
            return text
        # The longest first: a whole name becomes one gap, and not two.
        either = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{either})(?!\w)", FORGOTTEN, text, flags=re.IGNORECASE)


def names_of(person: Person, member: Member) -> Names:
    """Return what a person is called by in a course."""
    whole = (person.name.strip(), person.email.strip(), member.student_id.strip())
    parts = re.split(r"[\s,-]+", person.name)
    return Names(
        whole=tuple(one for one in whole if len(one) >= _SHORTEST_PART),
        parts=tuple(one for one in parts if len(one) >= _SHORTEST_PART),
    )


def forget(session: Session, course_id: int, assignments: Collection[int], names: Names) -> None:
    """Take somebody out of all that was written in a course, in a transaction of the caller.

    A part of a name may be another word too, and is taken out all the same; but not of the details
    of the record, which the service writes itself.
    """
    here: ColumnElement[bool] = Regrade.assignment_id.in_(assignments)
    _take_out(session.scalars(select(Regrade).where(here)), Regrade.reason, names)
    here = Decision.assignment_id.in_(assignments)
    _take_out(session.scalars(select(Decision).where(here)), Decision.text, names)
    here = AnswerMark.assignment_id.in_(assignments)
    _take_out(session.scalars(select(AnswerMark).where(here)), AnswerMark.comment, names)
    here = ApiToken.course_id == course_id
    _take_out(session.scalars(select(ApiToken).where(here)), ApiToken.name, names)
    record = session.scalars(select(AuditEntry).where(AuditEntry.course_id == course_id)).all()
    _take_out(record, AuditEntry.reason, names)
    _take_out(record, AuditEntry.details, names, with_parts=False)
    session.flush()


def _take_out(
    rows: Iterable[Base],
    column: InstrumentedAttribute[str],
    names: Names,
    *,
    with_parts: bool = True,
) -> None:
    for row in rows:
        before: str = getattr(row, column.key)
        after = names.take_out_of(before, with_parts=with_parts)
        if after != before:
            setattr(row, column.key, after)
