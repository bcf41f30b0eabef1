"""The reading of a roster: a table of a class, as schools and platforms export it.

The titles of the columns say what they hold, in the words of `grader.report.column_words`. A
table may have several ids for each student, such as a matriculation number and a login: all of them
identify the student. A column with another title is not used, and its title is kept for a remark.

Not everybody in such a table is expected to hand in: teachers and test students are marked, and a
line with the points that are possible is nobody.
"""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.report.class_model import Student
from grader.report.column_words import COLUMN_WORDS, Column, find_columns, fold_title
from grader.report.normalize import normalize_name

_MAX_BYTES = 16 * 1024 * 1024
_DELIMITERS = ",;\t|"
# A table may begin with a few lines about the course.
_MAX_HEADER_LINE = 20
_MAX_SHOWN, _MAX_TITLE = 8, 60
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

# Only Moodle's grading worksheet has the first of these; there, an id is that of a participant.
_OF_WORKSHEETS = (Column.CAN_CHANGE, Column.SUBMITTED_AT, Column.GRADED_AT)
_NAMES = (Column.EMAIL, Column.FULL_NAME, Column.FIRST_NAME, Column.LAST_NAME)
_OTHERS = tuple(kind for kind in Column if kind not in (Column.ID, *_NAMES))
_IDENTIFYING = (Column.ID, Column.ACCOUNT, *_NAMES)

# Names of accounts with which teachers try out what students see, normalized.
_TEST_STUDENTS = ("student test", "demo student", "previewuser", "preview user")
_PREVIEW = "_previewuser"
_POINTS_POSSIBLE, _INDENT = "points possible", "    "
# Roles of those who don't hand in. A role that isn't listed is taken for that of a student.
_STAFF = tuple(
    map(
        fold_title,
        (
            "teacher", "instructor", "professor", "lecturer", "teaching assistant", "ta", "tutor",
            "grader", "marker", "designer", "observer", "manager", "admin", "administrator",
            "course builder", "course creator", "non-editing teacher", "staff", "owner", "reader",
            "maintain", "guest", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment",
            "ObserverEnrollment", "StudentViewEnrollment", "Gast",
            "Lehrkraft", "Lehrer/in", "Lehrer", "Dozent/in", "Dozent", "Dozentin", "Trainer/in",
            "Trainer/in ohne Bearbeitungsrecht", "Betreuer/in", "Tutor/in", "Manager/in",
            "Verwalter/in", "enseignant", "enseignante", "enseignant non éditeur", "gestionnaire",
            "profesor", "profesora", "docente", "profesor sin permiso de edición", "gestor",
            "docente non editor", "docent", "nauczyciel", "prowadzący", "lärare", "преподаватель",
            "учитель", "教师", "教師",
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of a roster.

    Attributes:
        student: The student.
        other_ids: What else identifies them: logins, ids of other systems, accounts at GitHub.
        is_expected: Whether they should hand in; teachers and test students need not.
    """

    student: Student
    other_ids: tuple[str, ...] = ()
    is_expected: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFile:
    """The contents of a roster.

    Attributes:
        people: Its lines, in order.
        unused: The titles of columns of which it is not known what they hold.
    """

    people: tuple[Listed, ...]
    unused: tuple[str, ...] = ()


def read_roster_file(path: Path) -> RosterFile:
    """Read a roster: a table with the titles of its columns, and a line for each student.

    It needs a column with ids, names (in one column or two) or e-mail addresses. Commas,
    semicolons, tabs and bars can separate the columns.

    Raises:
        UsageError: The file can't be read, is not such a table, or lists nobody.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read the roster {path}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(
            f"the roster {path} is larger than {_MAX_BYTES // 2**20} MiB, which is the limit"
        )
    if data.startswith(_WORKBOOKS):
        raise UsageError(f"the roster {path} is a workbook; save it as CSV, and give that file")
    try:
        found = _read_table(_decode(data))
    except (csv.Error, _TableError, UnicodeDecodeError) as error:
        advice = "" if _is_unicode(data) else '; it is not in UTF-8: save it as "CSV UTF-8"'
        raise UsageError(f"the roster {path} can't be used: {error}{advice}") from error
    if not found.people:
        raise UsageError(f"the roster {path} lists no students")
    if not any(one.is_expected for one in found.people):
        raise UsageError(f"the roster {path} lists no students, only teachers and test students")
    return found


class _TableError(Exception):
    """A table that is not a roster; the message says why. Never raised outside this module."""


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    # Without a mark: every second byte of what is mostly ASCII is NUL.
    sample = data[:200]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(sample) > 1 and zeros.count(0) > len(zeros) // 2:
            return data.decode(encoding)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # the encoding of a spreadsheet's plain CSV


def _is_unicode(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Header:
    """The line with the titles of the columns.

    Attributes:
        line: Its number, from 0.
        titles: The titles.
        found: The columns of which it is known what they hold.
        ids: The columns with ids and accounts, the one that the results show first.
        delimiter: What separates the columns.
    """

    line: int
    titles: tuple[str, ...]
    found: Mapping[Column, int]
    ids: tuple[int, ...]
    delimiter: str

    @property
    def unused(self) -> tuple[str, ...]:
        """The titles of the columns that are not used, except for those that are never needed."""
        used = {*self.found.values(), *self.ids}
        titles = (title.strip() for place, title in enumerate(self.titles) if place not in used)
        return tuple(filter(None, titles))


def _read_table(text: str) -> RosterFile:
    # Not splitlines(): it also ends lines at characters that are part of a name for csv.
    lines = list(itertools.islice(io.StringIO(text, newline=""), _MAX_HEADER_LINE + 1))
    if lines and lines[0].lower().startswith("sep="):  # a note for Excel
        text = text[len(lines[0]) :]
        del lines[0]
    headers = [one for sign in _DELIMITERS for one in _find_headers(lines, sign)]
    if not headers:
        raise _TableError(_describe_missing(lines))
    header = max(headers, key=lambda one: (len(one.found), len(one.titles), -one.line))
    people: dict[Student, Listed] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=header.delimiter)
    for place, cells in enumerate(reader):
        if place <= header.line:
            continue
        if any(cell.strip() for cell in cells[len(header.titles) :]):
            raise _TableError(
                f"line {reader.line_num} has more cells than the line with the titles; a name like"
                ' "Last, First" has to be in quotes'
            )
        one = _read_line(cells, header)
        if one is not None:
            people[one.student] = _merge(people.get(one.student), one)
    return RosterFile(people=tuple(people.values()), unused=header.unused)


def _find_headers(lines: Sequence[str], delimiter: str) -> Iterator[_Header]:
    """Yield the lines that can be the one with the titles, if this separates the columns."""
    is_first = True
    for place, cells in enumerate(_try_to_split(lines, delimiter)):
        if not any(cell.strip() for cell in cells):
            continue
        header = _make_header(place, tuple(cells), delimiter)
        known = sum(kind in header.found for kind in _IDENTIFYING)
        # In a later line, a single word may be anything.
        if known >= (1 if is_first else 2):
            yield header
        is_first = False


def _try_to_split(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each line, as long as these are lines of CSV."""
    with contextlib.suppress(csv.Error):
        yield from csv.reader(lines, delimiter=delimiter)


def _make_header(line: int, titles: tuple[str, ...], delimiter: str) -> _Header:
    is_worksheet = bool(find_columns(titles, _OF_WORKSHEETS))
    first = (Column.PARTICIPANT,) if is_worksheet else ()
    kinds = (*first, Column.ID, *_NAMES, *(one for one in _OTHERS if one is not Column.PARTICIPANT))
    found = find_columns(titles, kinds)
    words = [
        fold_title(word) for kind in (Column.ID, Column.ACCOUNT) for word in COLUMN_WORDS[kind]
    ]
    taken = {place for kind, place in found.items() if kind not in (Column.ID, Column.ACCOUNT)}
    ids = [
        (words.index(title), place)
        for place, title in enumerate(map(fold_title, titles))
        if title in words and place not in taken
    ]
    return _Header(line, titles, found, tuple(place for _, place in sorted(ids)), delimiter)


def _describe_missing(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    if not first:
        return "it is empty"
    delimiter = max(_DELIMITERS, key=first.count)
    titles = next(_try_to_split([first], delimiter), [first])
    return (
        "it needs a column id, name or email, and its first line has none of these: it has "
        f"{list_titles(titles)}"
    )


def list_titles(titles: Sequence[str]) -> str:
    """List the titles of columns, up to a few."""
    shown = [title.strip() for title in titles if title.strip()]
    cut = [one if len(one) <= _MAX_TITLE else f"{one[:_MAX_TITLE]}..." for one in shown]
    left = len(cut) - _MAX_SHOWN
    return ", ".join([*cut[:_MAX_SHOWN], *([f"and {left} more"] if left > 0 else [])])


def _read_line(cells: Sequence[str], header: _Header) -> Listed | None:
    """Return the student of a line; None if the line is about nobody."""

    def cell(kind: Column) -> str:
        place = header.found.get(kind, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    name = _join_name(cell(Column.FULL_NAME), cell(Column.FIRST_NAME), cell(Column.LAST_NAME))
    ids = [cells[place].strip().lstrip("#") for place in header.ids if place < len(cells)]
    id_ = next(filter(None, ids), "")
    email = cell(Column.EMAIL) or next((one for one in ids if "@" in one), "")
    student = Student(id=id_, name=name, email=email)
    others = tuple(dict.fromkeys(one for one in ids if one and one != id_))
    if student == Student() or name.casefold() == _POINTS_POSSIBLE:
        return None
    # Canvas indents what isn't a student, and may translate it.
    raw = header.found.get(Column.FULL_NAME, len(cells))
    if header.ids and not any(ids) and cells[raw : raw + 1] and cells[raw].startswith(_INDENT):
        return None
    is_test = normalize_name(name) in _TEST_STUDENTS or any(
        one.casefold().endswith(_PREVIEW) for one in ids
    )
    is_staff = fold_title(cell(Column.ROLE)) in _STAFF
    return Listed(student=student, other_ids=others, is_expected=not (is_test or is_staff))


def _join_name(full: str, first: str, last: str) -> str:
    if not full:
        return f"{first} {last}".strip()
    # In "Name; Vorname" the name is the last one.
    is_last = first and not last and not _has_words(full, first)
    return f"{first} {full}" if is_last else full


def _has_words(text: str, words: str) -> bool:
    return set(normalize_name(words).split()) <= set(normalize_name(text).split())


def _merge(earlier: Listed | None, one: Listed) -> Listed:
    """Combine two lines about the same student, as of somebody in two sections."""
    if earlier is None:
        return one
    return Listed(
        student=one.student,
        other_ids=tuple(dict.fromkeys((*earlier.other_ids, *one.other_ids))),
        is_expected=earlier.is_expected and one.is_expected,
    )
