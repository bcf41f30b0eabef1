"""Find the id by which a platform knows a student."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.exports.grades import People
from grader.exports.table import find_column, read_table
from grader.report.class_model import Row, Student

# Returns the platform's id of a person who handed in a row's submission; empty if not known.
FindUser = Callable[[Row, Student], str]

_USER_COLUMNS = ("lti_user_id", "user_id", "sub")
# What identifies a student, and the names of columns with it.
_IDENTIFYING_COLUMNS = {
    "id": ("id", "student_id", "sis_user_id", "login_id", "username", "lis_person_sourcedid"),
    "email": ("email", "email_address", "mail"),
    "name": ("name", "full_name", "student"),
}
_MAX_ID_CHARACTERS = 255


def own_ids(_row: Row, person: Student) -> str:
    """Return the student's own id, for platforms that use the same."""
    return person.id


def is_user_id(text: str) -> bool:
    """Return whether this can be a user id in LTI: printable ASCII, at most 255 characters."""
    return text.isascii() and text.isprintable() and 0 < len(text) <= _MAX_ID_CHARACTERS


def read_users(path: Path) -> FindUser:
    """Read the ids of students on the platform from a CSV table.

    The table has a column ``lti_user_id`` (or ``user_id``, or ``sub``) and one or more of ``id``,
    ``email`` and ``name``.

    Raises:
        UsageError: The table can't be read, or a column is missing.
    """
    table = read_table(path)
    user = find_column(table.header, _USER_COLUMNS)
    if user is None:
        raise UsageError(f"{path} needs a column lti_user_id; its first line has none")
    columns = {
        kind: place
        for kind, names in _IDENTIFYING_COLUMNS.items()
        if (place := find_column(table.header, names)) is not None
    }
    if not columns:
        raise UsageError(
            f"{path} needs a column id, email or name; its first line has none of these"
        )
    # A user may have several lines, for example one for each email address.
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
