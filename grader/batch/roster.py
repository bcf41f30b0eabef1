"""Reads a roster, a CSV of who is in the class, and tells whose a submission is."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    _by_letters: Mapping[str, tuple[Student, ...]]

    def find(self, *owners: str) -> Student | None:
        """Find the only student whom a file's or a folder's name can mean; the first that is one.

        By the whole name, as id, as e-mail address (also only what is before the @), or as name in
        any order of its words, also without anything between them; else by an id that stands in it
        as a word of its own. Where two of the names each mean another student, nobody is guessed:
        a number that one system has given may be somebody else's in another.
        """
        whole = {student for student in map(self._find_whole, owners) if student is not None}
        if len(whole) > 1:
            return None
        return next(filter(None, map(self._find, owners)), None)

    def _find(self, owner: str) -> Student | None:
        return self._find_whole(owner) or self._find_id(owner)

    def _find_whole(self, owner: str) -> Student | None:
        letters = _letters(owner)
        told = [self._by_word.get(key, ()) for key in (_fold(owner), _sorted_words(owner))]
        told.append(self._by_letters.get(letters, ()))
        if letters == _fold(owner):
            # In one word, the id or the address of one can be the name of another.
            told = [tuple({student for found in told for student in found})]
        return next((found[0] for found in told if len(found) == 1), None)

    def _find_id(self, owner: str) -> Student | None:
        if _fold(owner) in self._by_letters:  # it is a whole name, and not only this one's
            return None
        ids = {
            student.id: student
            for word in re.split(r"[^\w@.]+|_+|(?<=\D)\.|\.(?=\D)", _fold(owner))
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
    return Roster(listed, _index(listed, _words_for), _index(listed, _letters_for))


def _index(
    students: Iterable[Student], words_for: Callable[[Student], set[str]]
) -> dict[str, tuple[Student, ...]]:
    found: dict[str, list[Student]] = {}
    for student in students:
        for word in words_for(student):
            found.setdefault(word, []).append(student)
    return {word: tuple(them) for word, them in found.items()}


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


def _letters_for(student: Student) -> set[str]:
    """List how a name can be written without anything between its words, in any turn of them.

    Last names of several words come first or last, as a whole: the words are turned, not shuffled.
    """
    words = re.split(r"[\s,]+", _fold(student.name))
    turns = (words[place:] + words[:place] for place in range(len(words)))
    return {_letters("".join(turn)) for turn in turns} - {""}


def _letters(text: str) -> str:
    """Keep of a name letters, with what is written above and below them, and digits."""
    return "".join(one for one in _fold(text) if unicodedata.category(one)[0] in "LMN")


def _fold(text: str) -> str:
    """Compare without case, and without the two ways in which Unicode writes an accent."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _sorted_words(text: str) -> str:
    """Compare names whatever the order of their words and what is between them."""
    return " ".join(sorted(word for word in re.split(r"[\W_]+", _fold(text)) if word))
