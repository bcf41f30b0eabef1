"""The Canvas gradebook, as its importer reads it.

Header and rows follow ``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb`` of
canvas-lms. Only the columns that identify students and the column of the assignment are written,
so an import can't undo changes that were made in other columns since the download.
"""

import re
from collections.abc import Iterator, Sequence

from grader.errors import UsageError
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.grades import People, explain_waiting, fill_in
from grader.exports.table import (
    Table,
    find_column,
    read_number,
    read_table,
    scale_points,
    write_table,
)
from grader.outputs.gradebook import guard_cell
from grader.report.class_model import Row, Student
from grader.report.collector_name import CollectorName

_FILE = "canvas.csv"
_INFO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS_POSSIBLE = "Points Possible"
# Systems whose student ids are issued by the school.
_HAVE_SCHOOL_IDS = (CollectorName.GRADESCOPE,)
_READ_ONLY = "(read only)"
_EXCUSED = "EX"
_ID_AT_END = re.compile(r"\((\d+)\)$")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Canvas: gradebook, new or filled in (--worksheet FILE).

    Settings: ``column`` is the title of the assignment in Canvas, with or without its id, or the
    id alone. The default is the title of the assignment here. Canvas makes a new assignment for a
    title that it doesn't know. Who is excused gets ``EX``.
    """
    if work.worksheet is None:
        yield _write_new(work)
        rows = (item.row for item in work.items)
        yield from (LeftOut(row.id, explain_waiting(row)) for row in rows if row.is_waiting)
        return
    table, left_out = _fill_in(work, read_table(work.worksheet))
    yield ExportedFile(_FILE, write_table(table))
    yield from left_out


def _write_new(work: Work) -> ExportedFile:
    title = work.setting("column") or work.assignment.title
    lines = [
        [*_INFO, title],
        [f"    {_POINTS_POSSIBLE}", "", "", "", "", scale_points(1, 1, work.max_score)],
    ]
    for item in work.items:
        row = item.row
        points = _points(row, work.max_score)
        lines += [[*_identity_cells(row, person), points] for person in row.people]
    for row in work.take_excused():
        lines += [[*_identity_cells(row, person), _EXCUSED] for person in row.people]
    return ExportedFile(_FILE, write_table(Table(lines=lines)))


def _identity_cells(row: Row, person: Student) -> list[str]:
    """Return the cells that identify a student, by the most reliable key that is known."""
    has_canvas_key = row.origin.system == CollectorName.CANVAS and not row.members
    key = row.origin.key if has_canvas_key and row.origin.key.isdecimal() else ""
    # An id that is not Canvas's own may be the school's or a login. Each id is written in one
    # column only, so that it can't match another student.
    has_school_id = row.origin.system in _HAVE_SCHOOL_IDS
    sis_id = person.id if has_school_id and not key else ""
    login = "" if key else person.email if has_school_id else person.id or person.email
    name = person.name or row.origin.name or person.email or row.id or person.id
    return [_guard_name(name), key, guard_cell(sis_id), guard_cell(login), ""]


def _guard_name(name: str) -> str:
    """Quote a name that a spreadsheet would evaluate as a formula, as Canvas itself does."""
    if name.lstrip().startswith("="):
        quoted = name.replace('"', "'")
        return f'="{quoted}"'
    return guard_cell(name)


def _fill_in(work: Work, table: Table) -> tuple[Table, list[LeftOut]]:
    """Fill the scores into the assignment's column of a downloaded gradebook."""
    header = table.header
    info = _count_info(header)
    column = _find_assignment(header, info, work.setting("column") or work.assignment.title)
    maximum = work.max_score
    places = []
    for place, line in enumerate(table.lines[1:], start=1):
        line.extend([""] * (len(header) - len(line)))
        name = line[0].strip()
        if name == _POINTS_POSSIBLE:
            maximum = _read_maximum(line[column], header[column], work.max_score)
        elif any(cell.strip() for cell in line[:info]):  # other lines are about the columns
            places.append(place)
    people = People(
        (_keys(header[:info], table.lines[place]) for place in places), system=CollectorName.CANVAS
    )

    def write(place: int, item: Item) -> str:
        line = table.lines[places[place]]
        if line[column].strip().upper() == _EXCUSED:
            return "excused in Canvas, and a score would undo that"
        line[column] = _points(item.row, maximum)
        return ""

    left_out = fill_in(work, people.find_all, write)
    for row in work.take_excused():
        for person in people.find_all(row):
            if person.line is not None:
                table.lines[places[person.line]][column] = _EXCUSED
    # The cells become plain strings, so that they are quoted anew: the result always has commas,
    # whatever the delimiter of the worksheet was.
    lines = [[*map(str, line[:info]), _with_point(line[column])] for line in table.lines]
    # The importer takes a mark for a part of the first title, which has to be exactly LastName.
    has_mark = table.has_mark and not _is_split(header)
    return Table(lines=lines, has_mark=has_mark, line_end=table.line_end), left_out


def _with_point(cell: str) -> str:
    """Write a number with a decimal point, which Canvas reads in every language.

    Other cells stay as they are.
    """
    return cell.replace(",", ".") if read_number(cell) is not None else str(cell)


def _count_info(header: Sequence[str]) -> int:
    """Return the number of columns that identify students, by the importer's own check.

    Raises:
        UsageError: If this is not a Canvas gradebook.
    """
    is_split = _is_split(header)
    sections = [place for place, title in enumerate(header) if "Section" in title]
    starts_well = is_split or "Student" in header[0]
    if not starts_well or not sections or "ID" not in header[2 if is_split else 1 : sections[0]]:
        raise UsageError(
            "the worksheet is not a Canvas gradebook: its header lacks Student, ID or Section"
        )
    return sections[0] + 1


def _is_split(header: Sequence[str]) -> bool:
    """Return whether the names of students are in two columns."""
    return list(header[:2]) == ["LastName", "FirstName"]


def _find_assignment(header: Sequence[str], info: int, wanted: str) -> int:
    titles = {place: header[place] for place in range(info, len(header))}
    for how in (
        lambda title: title == wanted,
        lambda title: _ID_AT_END.sub("", title).strip() == wanted.strip(),
        lambda title: wanted in (_ID_AT_END.findall(title) or [""]),
    ):
        found = [place for place, title in titles.items() if how(title)]
        if len(found) == 1:
            return found[0]
    assignments = [title for title in titles.values() if _ID_AT_END.search(title)]
    raise UsageError(
        f'found no single column "{wanted}" in the worksheet; choose one with --set column=TITLE: '
        + "; ".join(assignments or titles.values())
    )


def _read_maximum(cell: str, title: str, max_score: float) -> float:
    if _READ_ONLY in cell:
        raise UsageError(f'Canvas accepts no scores in the column "{title}": it is read only')
    return read_number(cell) or max_score


def _keys(info: Sequence[str], line: Sequence[str]) -> dict[str, Sequence[str]]:
    def cells(*names: str) -> list[str]:
        place = find_column(info, names)
        return [] if place is None else [line[place]]

    name = line[0] if info[0] != "LastName" else f"{line[1]} {line[0]}"
    ids = [*cells("SIS User ID"), *cells("SIS Login ID")]
    return {
        "key": cells("ID"),
        "id": ids,
        "email": [one for one in ids if "@" in one],
        "name": [name],
    }


def _points(row: Row, maximum: float) -> str:
    """Return the score of a row in points of the gradebook; empty if it has no final score."""
    if row.score is None or row.max_score is None or row.is_waiting:
        return ""
    return scale_points(row.score, row.max_score, maximum)
