"""Tells by what id a platform knows a student."""

from collections.abc import Callable, Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.exports.table import Table, find_column, fold, fold_name, read_table
from grader.report.class_model import Row, Student

# Gives the id of a person whose work a row is, or an empty text.
FindUser = Callable[[Row, Student], str]

_USER_COLUMNS = ("lti_user_id", "user_id", "sub")
# By what somebody can be known, the surest first; and what such a column is called.
_KNOWN_BY = {
    "id": ("id", "student_id", "sis_user_id", "login_id", "username", "lis_person_sourcedid"),
    "email": ("email", "email_address", "mail"),
    "name": ("name", "full_name", "student"),
}
_MAX_ID_CHARACTERS = 255


def own_ids(_row: Row, person: Student) -> str:
    """Take a student's own id for the platform's."""
    return person.id


def is_user_id(text: str) -> bool:
    """Tell whether this can be the id of a user: ASCII, and at most 255 characters."""
    return text.isascii() and text.isprintable() and 0 < len(text) <= _MAX_ID_CHARACTERS


def read_users(path: Path) -> FindUser:
    """Read which id is whose, from a table in CSV.

    It has a column ``lti_user_id`` (or ``user_id``, or ``sub``) and one or more of ``id``,
    ``email`` and ``name``.

    Raises:
        UsageError: it is not there, or no such table.
    """
    table = read_table(path)
    user = find_column(table.header, _USER_COLUMNS)
    if user is None:
        raise UsageError(f"{path} has no column lti_user_id in its first line")
    columns = {
        kind: place
        for kind, names in _KNOWN_BY.items()
        if (place := find_column(table.header, names)) is not None
    }
    if not columns:
        raise UsageError(f"{path} has no column id, email or name in its first line")
    known: dict[tuple[str, str], set[str]] = {}
    for kind, place in columns.items():
        for value, user_id in _pairs(table, place, user):
            known.setdefault((kind, _fold(kind, value)), set()).add(user_id)

    def find(row: Row, person: Student) -> str:
        for kind, value in _wanted(row, person):
            ids = known.get((kind, _fold(kind, value)), set())
            if value and len(ids) == 1:
                return next(iter(ids))
        return ""

    return find


def _pairs(table: Table, place: int, user: int) -> Iterator[tuple[str, str]]:
    for line in table.lines[1:]:
        if len(line) > max(place, user) and line[place].strip() and line[user].strip():
            yield line[place].strip(), line[user].strip()


def _wanted(row: Row, person: Student) -> Iterator[tuple[str, str]]:
    """List what somebody can be known by, the surest first."""
    yield "id", person.id
    yield "email", person.email
    yield "id", person.email
    # What a system knows the row by is one person's only where nobody else had a part in it.
    if not row.members:
        yield "id", row.origin.key
    yield "name", person.name


def _fold(kind: str, value: str) -> str:
    return fold_name(value) if kind == "name" else fold(value)
