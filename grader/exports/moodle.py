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
    read_number,
    read_table,
    scale_points,
    write_table,
)
from grader.report.class_model import Row
from grader.report.collector_name import CollectorName
from grader.report.normalize import normalize, normalize_name

_FILE = "moodle.csv"
_MAX_FEEDBACK_CHARACTERS = 60_000

# The names of the columns in common languages.
_NAMES: Mapping[str, Sequence[str]] = {
    "identifier": (
        "Identifier", "Identifiant", "Identificador", "Identificativo", "Identificatie", "ID",
    ),
    "grade": (
        "Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Nota", "Cijfer", "Avaliação",
    ),
    "scale": ("Scale", "Skala", "Barème", "Escala", "Scala", "Schaal"),
    "feedback": (
        "Feedback comments", "Feedback als Kommentar", "Feedback par commentaires",
        "Comentarios de retroalimentación", "Commenti di feedback", "Feedback opmerkingen",
    ),
    "name": (
        "Full name", "Vollständiger Name", "Nom complet", "Nombre completo", "Nome completo",
        "Volledige naam",
    ),
    "email": (
        "Email address", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo",
        "Indirizzo email", "E-mailadres",
    ),
    "id": ("ID number", "ID-Nummer", "Numéro d'identification", "Número de ID", "Codice ID"),
    "group": ("Group", "Gruppe", "Groupe", "Grupo", "Gruppo", "Groep"),
}  # fmt: skip
# The columns that may follow the grades if there is no column for the maximum.
_NO_MAXIMUM = ("Grade can be changed", "Last modified (submission)", "Last modified (grade)")

# Moodle reads with PHP's fgetcsv, for which a quote after a backslash doesn't end a cell. So
# neither character is ever written. The markup has no attributes, which would need quotes.
_GUARDED = {ord('"'): "&quot;", ord("\\"): "&#92;"}
# The characters that Moodle's clean_filename removes from the names of folders.
_NOT_IN_NAMES = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]""")

_NUMBER_AT_END = re.compile(r"^\D*?(\d+)$")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Moodle: grading worksheet, filled in (--worksheet FILE).

    Settings: ``grade-column`` and ``feedback-column`` name these columns if they are not
    recognised; ``feedback=no`` leaves the comments as they are.
    """
    if work.worksheet is None:
        raise UsageError(
            "Moodle imports only its own worksheet: download it from the assignment and pass it "
            "with --worksheet FILE"
        )
    sheet = _Worksheet(read_table(work.worksheet), work)
    left_out = fill_in(work, sheet.find, sheet.fill_in)
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
            shown = student_view(item.read(), is_after_due=self._work.is_after_due)
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


def _find_columns(table: Table, work: Work) -> dict[str, int]:
    """Find the columns by their known names, or else by what is in them."""
    header = table.header
    columns = {
        kind: place
        for kind, names in _NAMES.items()
        if (place := find_column(header, names)) is not None
    }
    for kind in ("grade", "feedback"):
        name = work.setting(f"{kind}-column")
        if name:
            chosen = find_column(header, [name])
            if chosen is None:
                raise UsageError(
                    f'the worksheet has no column "{name}"; its columns are {", ".join(header)}'
                )
            columns[kind] = chosen
    if not work.flag("feedback", default="yes"):
        columns.pop("feedback", None)
    columns.setdefault("identifier", 0)  # the first in every language
    if "grade" not in columns:
        columns |= _guess_grade(table)
    if columns["grade"] + 1 < len(header):
        columns["maximum"] = columns["grade"] + 1  # by its place: every site can word its name
    if "scale" in columns or _is_scale(table, columns.get("maximum")):
        raise UsageError("the worksheet takes grades of a scale, but scores are numbers")
    return columns


def _is_scale(table: Table, place: int | None) -> bool:
    """Return whether a column lists the grades of a scale: the same words in every line."""
    if place is None or table.header[place] in _NO_MAXIMUM:
        return False
    cells = {line[place].strip() for line in table.lines[1:] if len(line) > place}
    return len(cells) == 1 and "," in (only := cells.pop()) and read_number(only) is None


def _guess_grade(table: Table) -> dict[str, int]:
    """Find the grades by the next column, in which every line has the same maximum."""
    lines = table.lines[1:]
    for place in range(2, len(table.header)):
        cells = {line[place] for line in lines if len(line) > place}
        before = [line[place - 1] for line in lines if len(line) > place]
        is_maximum = len(cells) == 1 and (read_number(next(iter(cells))) or 0) > 0
        if is_maximum and all(not one.strip() or read_number(one) is not None for one in before):
            return {"grade": place - 1}
    raise UsageError(
        "can't tell which column of the worksheet has the grades; choose one with "
        "--set grade-column=NAME: " + ", ".join(table.header)
    )
