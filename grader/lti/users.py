"""Tells by what id a platform knows a student."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.exports.grades import People
from grader.exports.table import find_column, read_table
from grader.report.class_model import Row, Student

# Gives the id of a person whose work a row is, or an empty text.
FindUser = Callable[[Row, Student], str]

_USER_COLUMNS = ("lti_user_id", "user_id", "sub")
# By what somebody can be known, and what such a column is called.
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
    # A user may stand in several lines, such as one for each address.
    lines: dict[str, dict[str, list[str]]] = {}
    for line in table.lines[1:]:
        if len(line) > user and line[user].strip():
            known = lines.setdefault(line[user].strip(), {})
            for kind, place in columns.items():
                known.setdefault(kind, []).extend(line[place : place + 1])
    return _finder(lines)


def _finder(lines: Mapping[str, Mapping[str, Sequence[str]]]) -> FindUser:
    people = People(lines.values())
    user_ids = list(lines)

    def find(row: Row, person: Student) -> str:
        place = people.find(row, person)
        return "" if place is None else user_ids[place]

    return find
