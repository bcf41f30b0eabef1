"""The grading worksheet of a Moodle assignment, filled in.

The columns are those of ``mod/assign/gradingtable.php`` and
``mod/assign/feedback/offline/importgradeslib.php`` in Moodle. Their names are in the language of
the site, so a downloaded worksheet is filled in and never made from scratch. Only grades and
feedback change: Moodle skips a line whose ``Last modified (grade)`` isn't as it was.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.errors import UsageError
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.grades import People, Place, fill_in
from grader.exports.markup import describe_as_markup
from grader.exports.student_view import student_view
from grader.exports.table import (
    Table,
    find_column,
    is_read_by_php,
    read_number,
    read_table,
    scale_points,
    write_table,
)
from grader.report.class_model import Row
from grader.report.collector_name import CollectorName
from grader.report.column_words import COLUMN_WORDS, Column, find_columns, fold_title
from grader.report.normalize import normalize, normalize_name

_FILE = "moodle.csv"
_MAX_FEEDBACK_CHARACTERS = 60_000

# The columns that are looked for, by the name that a setting calls them. The identifier is first:
# a title such as ID means the number of the participant here, not the student's id at the school.
_KINDS: Mapping[str, Column] = {
    "identifier": Column.PARTICIPANT,
    "grade": Column.GRADE,
    "feedback": Column.FEEDBACK,
    "name": Column.FULL_NAME,
    "email": Column.EMAIL,
    "id": Column.ID,
    "group": Column.GROUP,
    "scale": Column.SCALE,
    "graded at": Column.GRADED_AT,
}
_CAN_BE_NAMED = ("grade", "feedback", "name", "email", "id", "group")
# The columns that may follow the grades if there is no column for the maximum.
_NO_MAXIMUM = frozenset(
    fold_title(word)
    for kind in (Column.CAN_CHANGE, Column.SUBMITTED_AT, Column.GRADED_AT)
    for word in COLUMN_WORDS[kind]
)

# Moodle reads with PHP's fgetcsv, for which a quote after a backslash doesn't end a cell. So
# neither character is ever written. The markup has no attributes, which would need quotes.
_GUARDED = {ord('"'): "&quot;", ord("\\"): "&#92;"}
# The same in the feedback of Moodle, which is HTML; no other cell with a backslash is imported.
_NO_BACKSLASH = {ord("\\"): "&#92;"}
# The characters that Moodle's clean_filename removes from the names of folders.
_NOT_IN_NAMES = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]""")

_NUMBER_AT_END = re.compile(r"^\D*?(\d+)$")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Moodle: grading worksheet, filled in (--worksheet FILE).

    Settings: ``grade-column``, ``feedback-column``, ``name-column``, ``email-column``,
    ``id-column`` and ``group-column`` name these columns if they are not recognised;
    ``feedback=no`` leaves the comments as they are.
    """
    if work.worksheet is None:
        raise UsageError(
            "Moodle imports only its own worksheet: download it from the assignment and pass it "
            "with --worksheet FILE"
        )
    sheet = _Worksheet(read_table(work.worksheet), work)
    left_out = fill_in(work, sheet.find, sheet.fill_in)
    _defuse(sheet.table)
    yield ExportedFile(_FILE, write_table(sheet.table))
    yield from left_out


class _Worksheet:
    """A worksheet, with an index of the students and teams in its lines.

    Raises:
        UsageError: If no column for grades is found, or its grades are those of a scale.
    """

    def __init__(self, table: Table, work: Work) -> None:
        self.table = table
        self._work = work
        self._lines = table.lines[1:]
        self._columns = _find_columns(table, work)
        self._by_number = _unique_keys(
            (found[1], place)
            for place, line in enumerate(self._lines)
            if (found := _NUMBER_AT_END.match(self._cell(line, "identifier")))
        )
        self._people = People(map(self._keys, self._lines), system=CollectorName.MOODLE)
        self._teams: dict[str, list[int]] = {}
        for place, line in enumerate(self._lines):
            if team := _clean(self._cell(line, "group")):
                self._teams.setdefault(team, []).append(place)

    def find(self, row: Row) -> Iterator[Place]:
        """Find the lines of all people of a row."""
        is_from_moodle = row.origin.system == CollectorName.MOODLE
        team = self._teams.get(_clean(row.origin.name)) if is_from_moodle else None
        # Teams come first: the number in a team's folder is that of the group, not of a student.
        if team:
            yield from (Place(self._cell(self._lines[place], "name"), place) for place in team)
            return
        place = self._by_number.get(row.origin.key) if is_from_moodle else None
        if place is not None and self._name_fits(place, row.origin.name):
            yield Place(row.origin.name, place)
            return
        yield from self._people.find_all(row)

    def fill_in(self, place: int, item: Item) -> str:
        """Write grade and feedback into a line.

        Returns:
            An empty string, or the reason why the line was left alone.
        """
        line, row = self._lines[place], item.row
        line.extend([""] * (len(self.table.header) - len(line)))
        if row.score is None or row.max_score is None:
            return "there is no score"
        maximum = read_number(self._cell(line, "maximum"))
        line[self._columns["grade"]] = scale_points(
            row.score, row.max_score, maximum or self._work.max_score
        )
        if "feedback" in self._columns:
            is_after_due = self._work.is_after_due
            report = item.read_with_reason(is_after_due=is_after_due)
            shown = student_view(report, is_after_due=is_after_due)
            markup = describe_as_markup(
                shown, has_output=False, max_characters=_MAX_FEEDBACK_CHARACTERS
            )
            line[self._columns["feedback"]] = markup.translate(_GUARDED)
        return ""

    def _cell(self, line: Sequence[str], column: str) -> str:
        place = self._columns.get(column)
        return "" if place is None or place >= len(line) else line[place]

    def _keys(self, line: Sequence[str]) -> dict[str, Sequence[str]]:
        return {
            "id": [self._cell(line, "id")],
            "email": [self._cell(line, "email")],
            "name": [self._cell(line, "name")],
        }

    def _name_fits(self, place: int, name: str) -> bool:
        """Return whether a line can belong to this name; if not, its number means another."""
        name_in_line = self._cell(self._lines[place], "name")
        if not name or not name_in_line:  # blind marking
            return True
        left, right = set(normalize_name(name).split()), set(normalize_name(name_in_line).split())
        # The download drops apostrophes and the like, and has its own order of names.
        return sorted("".join(left)) == sorted("".join(right)) or left <= right or right <= left


def _unique_keys(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Map each key that occurs exactly once to its place."""
    found: dict[str, list[int]] = {}
    for key, place in pairs:
        found.setdefault(key, []).append(place)
    return {key: places[0] for key, places in found.items() if len(places) == 1}


def _clean(name: str) -> str:
    """Return the name of a team in the form that folders have; "C", "C#" and "C++" differ."""
    return " ".join(normalize(_NOT_IN_NAMES.sub("", name).replace("_", " ")).split())


def _defuse(table: Table) -> None:
    """Rewrite the cells that PHP would read beyond their end.

    A single such cell shifts all that follow, and then Moodle changes nothing, without a word.
    """
    for line in table.lines:
        for place, cell in enumerate(line):
            if not is_read_by_php(cell):
                line[place] = cell.translate(_NO_BACKSLASH)


def _find_columns(table: Table, work: Work) -> dict[str, int]:
    """Find the columns by their known names, or else by what is in them.

    Raises:
        UsageError: If it is not clear which columns to fill in, or the grades are those of a scale.
    """
    header = table.header
    by_words = find_columns(header, _KINDS.values())
    columns = {name: by_words[kind] for name, kind in _KINDS.items() if kind in by_words}
    for kind in _CAN_BE_NAMED:
        if name := work.setting(f"{kind}-column"):
            columns[kind] = _find_named(header, name)
    columns.setdefault("identifier", 0)  # the first in every language
    if "grade" not in columns:
        columns |= _guess_grade(table)
    if columns["grade"] + 1 < len(header):
        columns["maximum"] = columns["grade"] + 1  # by its place: every site can word its name
    if "scale" in columns or _is_scale(table, columns.get("maximum")):
        raise UsageError("the worksheet takes grades of a scale, but scores are numbers")
    if not work.flag("feedback", default="yes"):
        columns.pop("feedback", None)
    elif "feedback" not in columns and _may_have_feedback(header, columns):
        raise UsageError(
            "can't tell which column of the worksheet has the feedback; choose one with --set "
            "feedback-column=NAME, or leave the feedback unchanged with --set feedback=no: "
            + ", ".join(header)
        )
    return columns


def _find_named(header: Sequence[str], name: str) -> int:
    chosen = find_column(header, [name])
    if chosen is None:
        raise UsageError(
            f'the worksheet has no column "{name}"; its columns are {", ".join(header)}'
        )
    return chosen


def _may_have_feedback(header: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Return whether one of the columns with unknown titles can be that of the feedback.

    It comes after the time of the last grade, or after the maximum if that title is unknown too.
    """
    last_known = columns.get("graded at", columns.get("maximum", len(header)))
    return any(fold_title(title) not in _NO_MAXIMUM for title in header[last_known + 1 :])


def _is_scale(table: Table, place: int | None) -> bool:
    """Return whether a column lists the grades of a scale: the same words in every line.

    Moodle writes each word on a line of its own.
    """
    if place is None or fold_title(table.header[place]) in _NO_MAXIMUM:
        return False
    cells = {line[place].strip() for line in table.lines[1:] if len(line) > place}
    only = cells.pop() if len(cells) == 1 else ""
    return ("," in only or "\n" in only) and read_number(only) is None


def _guess_grade(table: Table) -> dict[str, int]:
    """Find the grades by the next column, in which every line has the same maximum.

    Raises:
        UsageError: If no column can be that of the grades, or several can.
    """
    lines = table.lines[1:]
    found = []
    for place in range(2, len(table.header)):
        cells = {line[place] for line in lines if len(line) > place}
        before = [line[place - 1] for line in lines if len(line) > place]
        is_maximum = len(cells) == 1 and (read_number(next(iter(cells))) or 0) > 0
        if is_maximum and all(not one.strip() or read_number(one) is not None for one in before):
            found.append(place - 1)
    if len(found) == 1:
        return {"grade": found[0]}
    raise UsageError(
        "can't tell which column of the worksheet has the grades; choose one with "
        "--set grade-column=NAME: " + ", ".join(table.header)
    )
