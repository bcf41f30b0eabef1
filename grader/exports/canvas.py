"""The gradebook of Canvas, as its import reads it.

Header and rows by canvas-lms, ``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb``. Only
the columns that say who somebody is go back, and that of the assignment: what has changed in
others since the download is left alone.
"""

import re
from collections.abc import Iterator, Sequence

from grader.errors import UsageError
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.grades import People, fill_in
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
# Whose students' ids are those of the school.
_HAVE_SCHOOL_IDS = (CollectorName.GRADESCOPE,)
_READ_ONLY = "(read only)"
_EXCUSED = "EX"
_ID_AT_END = re.compile(r"\s*\((\d+)\)$")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Gradebook of Canvas, new or filled in: --worksheet FILE.

    Settings: ``column`` is the title of the assignment in Canvas, with or without its id, or the id
    alone; without it, the title of the assignment here. A title that Canvas doesn't know makes a
    new assignment.
    """
    if work.worksheet is None:
        yield _write_new(work)
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
        lines += [[*_who(row, person), points] for person in row.people]
    return ExportedFile(_FILE, write_table(Table(lines=lines)))


def _who(row: Row, person: Student) -> list[str]:
    """Say who somebody is, by the one thing that is surest."""
    is_known = row.origin.system == CollectorName.CANVAS and not row.members
    key = row.origin.key if is_known and row.origin.key.isdecimal() else ""
    # An id that is not Canvas's own may be that of the school, or what somebody logs in with; one
    # column only, so that it can't be taken for somebody else's.
    is_schools = row.origin.system in _HAVE_SCHOOL_IDS
    sis_id = person.id if is_schools and not key else ""
    login = "" if key else person.email if is_schools else person.id or person.email
    name = person.name or row.origin.name or person.email or row.id or person.id
    return [_guard_name(name), key, guard_cell(sis_id), guard_cell(login), ""]


def _guard_name(name: str) -> str:
    """Quote a name that a spreadsheet would compute, as Canvas does itself."""
    if name.lstrip().startswith("="):
        quoted = name.replace('"', "'")
        return f'="{quoted}"'
    return guard_cell(name)


def _fill_in(work: Work, table: Table) -> tuple[Table, list[LeftOut]]:
    """Write the scores into the assignment's column of a downloaded gradebook."""
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
        elif any(cell.strip() for cell in line[:info]):  # else it is about the columns
            places.append(place)
    people = People(
        (_keys(header[:info], table.lines[place]) for place in places), system=CollectorName.CANVAS
    )

    def write(place: int, item: Item) -> str:
        line = table.lines[places[place]]
        if line[column].strip().upper() == _EXCUSED:
            return "excused in Canvas, and a score would take that back"
        line[column] = _points(item.row, maximum)
        return ""

    left_out = fill_in(work, people.find_all, write)
    # Written anew: with commas, whatever was between the cells.
    lines = [[*map(str, line[:info]), _with_point(line[column])] for line in table.lines]
    return Table(lines=lines, has_mark=table.has_mark, line_end=table.line_end), left_out


def _with_point(cell: str) -> str:
    """Write a number as Canvas reads it in every language; leave other cells alone."""
    return cell.replace(",", ".") if read_number(cell) is not None else str(cell)


def _count_info(header: Sequence[str]) -> int:
    """Count the columns that say who somebody is, by the importer's own check.

    Raises:
        UsageError: this is no gradebook of Canvas.
    """
    is_split = header[:2] == ["LastName", "FirstName"]
    sections = [place for place, title in enumerate(header) if "Section" in title]
    starts_well = is_split or "Student" in header[0]
    if not starts_well or not sections or "ID" not in header[2 if is_split else 1 : sections[0]]:
        raise UsageError("the worksheet has no header as the gradebooks of Canvas have it")
    return sections[0] + 1


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
        f"the worksheet has no column {wanted}; choose one with --set column=TITLE: "
        + "; ".join(assignments or titles.values())
    )


def _read_maximum(cell: str, title: str, max_score: float) -> float:
    if _READ_ONLY in cell:
        raise UsageError(f"Canvas takes no scores in the column {title}: it is read only")
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
    """Write what a row has earned; nothing where there is no score."""
    if row.score is None or row.max_score is None:
        return ""
    return scale_points(row.score, row.max_score, maximum)
