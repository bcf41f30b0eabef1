"""Reads a roster, a CSV of who is in the class, and tells whose a submission is."""

import csv
import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.collection import Account, LmsName, LmsNumber
from grader.errors import UsageError
from grader.report.class_model import Student
from grader.report.normalize import normalize, normalize_name

_MAX_BYTES = 16 * 1024 * 1024
# So many numbers that are all on a roster are there for a reason.
_ENOUGH_NUMBERS = 3
_SHORTEST_WORD, _MOST_WORDS = 2, 12

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
    _ids: frozenset[str]

    def find(self, *owners: str) -> Student | None:
        """Find the only student whom a file's or a folder's name can mean; the first that is one.

        By the whole name, as id, as e-mail address (also only what is before the @), or as name in
        any order of its words, also without anything between them; else by an id that stands in it
        as a word of its own. Where two of the names each mean another student, nobody is guessed:
        a number that one system has given may be somebody else's in another. For the same reason
        `LmsNumber` and `LmsName` mean a student only whose name fits what the system calls them.
        """
        written = next((owner for owner in owners if isinstance(owner, LmsName)), "")
        whole = {self._find_word(owner) for owner in owners} - {None}
        if len(whole) > 1:
            return None
        return next(filter(None, (self._find(owner, written) for owner in owners)), None)

    def _find(self, owner: str, written: str) -> Student | None:
        whole = self._find_whole(owner, written)
        if whole is not None or isinstance(owner, (LmsNumber, Account)):
            return whole
        found = self._find_id(owner)
        return found if self._can_be(found, owner, written) else None

    def _find_whole(self, owner: str, written: str) -> Student | None:
        found = self._find_word(owner)
        return found if self._can_be(found, owner, written) else None

    def _can_be(self, student: Student | None, owner: str, written: str) -> bool:
        """Tell whether what a system says of somebody doesn't speak against this student."""
        if student is None or not isinstance(owner, (LmsNumber, LmsName)):
            return True
        if isinstance(owner, LmsNumber) and normalize(owner) != normalize(student.id):
            return False
        if written and student.name:
            return fits(written, student.name)
        return isinstance(owner, LmsNumber) and self._are_ids(owner.of_class)

    def _are_ids(self, numbers: frozenset[str]) -> bool:
        """Tell whether the roster has the numbers of a system: if it has those of a whole class."""
        return len(numbers) >= _ENOUGH_NUMBERS and numbers <= self._ids

    def _find_word(self, owner: str) -> Student | None:
        letters = _letters(owner)
        told = [self._by_word.get(key, ()) for key in (normalize(owner), normalize_name(owner))]
        told.append(self._by_letters.get(letters, ()))
        if letters == normalize(owner):
            # In one word, the id or the address of one can be the name of another.
            told = [tuple({student for found in told for student in found})]
        return next((found[0] for found in told if len(found) == 1), None)

    def _find_id(self, owner: str) -> Student | None:
        if normalize(owner) in self._by_letters:  # it is a whole name, and not only this one's
            return None
        ids = {
            student.id: student
            for word in re.split(r"[^\w@.]+|_+|(?<=\D)\.|\.(?=\D)", normalize(owner))
            for student in self._by_word.get(word, ())
            if word and word in (normalize(student.id), normalize(student.email))
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
    ids = frozenset(normalize(student.id) for student in listed)
    return Roster(listed, _index(listed, _words_for), _index(listed, _letters_for), ids)


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
        normalize(student.id),
        normalize(student.email),
        normalize(student.email.partition("@")[0]),
        normalize(student.name),
        normalize_name(student.name),
    }
    return words - {""}


def _letters_for(student: Student) -> set[str]:
    """List how a name can be written without anything between its words, in any turn of them.

    Last names of several words come first or last, as a whole: the words are turned, not shuffled.
    """
    words = re.split(r"[\s,]+", normalize(student.name))
    turns = (words[place:] + words[:place] for place in range(len(words)))
    return {_letters("".join(turn)) for turn in turns} - {""}


def fits(written: str, name: str) -> bool:
    """Tell whether what a system calls somebody, perhaps in one word, can be of a name.

    ``doejonathan`` can be Jon Doe, all of whose words are most of it, and ``doejon`` Jonathan M.
    Doe, of whose words' beginnings it is made; neither can be John Doe.
    """
    whole = _bare(written)
    words = tuple(filter(None, map(_bare, re.split(r"[\s,]+", name))))[:_MOST_WORDS]
    if not whole or not words:
        return not whole and not words
    return _has_all(whole, words) or (len(words) > 1 and _is_made_of(whole, words))


def _has_all(whole: str, words: tuple[str, ...]) -> bool:
    """Tell whether these words are in one, one of them at an end, and are most of it."""
    if not whole.startswith(words) and not whole.endswith(words):
        return False
    rest = whole
    for word in sorted(words, key=len, reverse=True):
        if word not in rest:
            return False
        rest = rest.replace(word, " ", 1)
    return 2 * len("".join(words)) >= len(whole)


@functools.lru_cache(maxsize=65_536)
def _is_made_of(whole: str, words: tuple[str, ...], *, has_whole: bool = False) -> bool:
    """Tell whether a word is beginnings of these words, in any order, one of them whole."""
    if not whole:
        return has_whole
    for place, word in enumerate(words):
        others = (*words[:place], *words[place + 1 :])
        for end in range(min(len(word), len(whole)), 0, -1):
            is_whole = end == len(word) >= _SHORTEST_WORD
            if whole.startswith(word[:end]) and _is_made_of(
                whole[end:], others, has_whole=has_whole or is_whole
            ):
                return True
    return False


def _bare(text: str) -> str:
    """Keep of a name its letters only, without what is written above and below them."""
    parts = unicodedata.normalize("NFKD", normalize(text))
    return "".join(one for one in parts if unicodedata.category(one)[0] == "L")


def _letters(text: str) -> str:
    """Keep of a name letters, with what is written above and below them, and digits."""
    return "".join(one for one in normalize(text) if unicodedata.category(one)[0] in "LMN")
