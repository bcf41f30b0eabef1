"""Reads a roster, a CSV of who is in the class, and tells whose a submission is."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.report.class_model import Student

_MAX_BYTES = 16 * 1024 * 1024

# What columns are called in what people export, in order of preference; compared without case,
# spaces and underscores.
_COLUMNS = {
    "id": ("id", "studentid", "sisuserid", "sisloginid", "username", "login", "userid", "idnumber",
           "matriculation", "matrikelnummer", "number", "sid"),
    "name": ("name", "fullname", "student", "studentname", "displayname"),
    "first": ("firstname", "givenname", "first"),
    "last": ("lastname", "surname", "familyname", "last"),
    "email": ("email", "emailaddress", "mail"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in the class, and by what they can be known."""

    students: tuple[Student, ...]
    _by_word: Mapping[str, tuple[Student, ...]]

    def find(self, *owners: str) -> Student | None:
        """Find the only student whom a file's or a folder's name can mean; the first that is one.

        By the whole name, as id, as e-mail address (also only what is before the @), or as name in
        any order of its words; else by an id that stands in it as a word of its own.
        """
        return next(filter(None, map(self._find, owners)), None)

    def _find(self, owner: str) -> Student | None:
        for key in (_fold(owner), _sorted_words(owner)):
            found = self._by_word.get(key, ())
            if len(found) == 1:
                return found[0]
        ids = {
            student.id: student
            for word in re.split(r"[^0-9a-z@.]+|(?<=\D)\.|\.(?=\D)", _fold(owner))
            for student in self._by_word.get(word, ())
            if word and word in (_fold(student.id), _fold(student.email))
        }
        return next(iter(ids.values())) if len(ids) == 1 else None


def read_roster(path: Path) -> Roster:
    """Read a roster: a header, then a line for each student, with commas, semicolons or tabs.

    It needs a column with an id, a name (in one column or two) or an e-mail address.

    Raises:
        UsageError: it is not there, or not such a file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read the roster {path}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"the roster {path} is too large to be one")
    rows = _rows(data, path)
    columns = _find_columns(rows[0] if rows else [])
    if not columns.keys() & {"id", "name", "last", "email"}:
        raise UsageError(f"the roster {path} has no column id, name or email in its first line")
    students = dict.fromkeys(_student(row, columns) for row in rows[1:] if any(row))
    return make_roster(one for one in students if one != Student())


def make_roster(students: Iterable[Student]) -> Roster:
    """Make a roster of students."""
    listed = tuple(students)
    found: dict[str, list[Student]] = {}
    for student in listed:
        for word in _words_for(student):
            found.setdefault(word, []).append(student)
    return Roster(listed, {word: tuple(them) for word, them in found.items()})


def _rows(data: bytes, path: Path) -> list[list[str]]:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a spreadsheet saves as plain CSV
    lines = text.splitlines(keepends=True)
    first = lines[0] if lines else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise UsageError(f"the roster {path} is no CSV file: {error}") from error
    return [[cell.strip() for cell in row] for row in rows]


def _find_columns(header: Sequence[str]) -> dict[str, int]:
    names = [re.sub(r"[\W_]+", "", title).casefold() for title in header]
    return {
        column: names.index(wanted[0])
        for column, known in _COLUMNS.items()
        if (wanted := [one for one in known if one in names])
    }


def _student(row: Sequence[str], columns: Mapping[str, int]) -> Student:
    def cell(column: str) -> str:
        place = columns.get(column, len(row))
        return row[place] if place < len(row) else ""

    name = cell("name") or f"{cell('first')} {cell('last')}".strip()
    return Student(id=cell("id"), name=name, email=cell("email"))


def _words_for(student: Student) -> set[str]:
    """List everything that a whole file name could be, if it is this student's."""
    words = {
        _fold(student.id),
        _fold(student.email),
        _fold(student.email.partition("@")[0]),
        _fold(student.name),
        _sorted_words(student.name),
    }
    return words - {""}


def _fold(text: str) -> str:
    """Compare without case, and without the two ways in which Unicode writes an accent."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _sorted_words(text: str) -> str:
    """Compare names whatever the order of their words and what is between them."""
    return " ".join(sorted(word for word in re.split(r"[\W_]+", _fold(text)) if word))
