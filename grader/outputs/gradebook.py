"""Writes the gradebook of a class as CSV, safe to open in a spreadsheet.

A score that is not there is an empty field and never a 0: the grader failed, or nothing was handed
in. What comes from students can't become a formula.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from grader.outputs.class_wording import show_line
from grader.outputs.wording import format_points
from grader.report.class_model import Row, Student

# Without it Excel takes the file for one in the code page of its machine and spoils every accent.
# LibreOffice, Numbers, pandas, and the imports of Canvas and Moodle take it off; in Python,
# open(..., encoding="utf-8-sig") does.
_MARK_OF_UTF_8 = "\N{ZERO WIDTH NO-BREAK SPACE}"

_FIRST_COLUMNS = ("id", "student_id", "name", "email", "file", "status", "score", "max_score")
_LAST_COLUMN = "notes"

# A spreadsheet's field ends at 32,767 characters.
_MAX_CHARACTERS = 1000

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# Also full-width and small forms, which become these; and a minus that looks like one.
_STARTS_FORMULA = "=+-@\N{MINUS SIGN}"
_INVISIBLE = ("C", "Z", "M")


def write_gradebook(rows: Iterable[Row], functions: Sequence[str], file: TextIO) -> None:
    """Write a row for everybody in the class; those who handed in together have one each.

    Args:
        rows: The class.
        functions: What the cells of the rows are of.
        file: Open for text in UTF-8, with ``newline=""``.
    """
    file.write(_MARK_OF_UTF_8)
    writer = csv.writer(file)
    writer.writerow([*_FIRST_COLUMNS, *map(guard_cell, functions), _LAST_COLUMN])
    for row in rows:
        for student in row.people:
            writer.writerow(_fields(row, student, functions=len(functions)))


def _fields(row: Row, student: Student, *, functions: int) -> Iterator[str]:
    yield from map(guard_cell, (row.id, student.id, student.name, student.email, row.file))
    yield row.status.value
    yield from map(_number, (row.score, row.max_score))
    # Nothing was run, so the functions are empty too.
    yield from [_number(cell.score) for cell in row.cells] or [""] * functions
    yield guard_cell(" | ".join(filter(None, (row.error, *row.notes))))


def _number(value: float | None) -> str:
    return "" if value is None else format_points(value)


def guard_cell(text: str) -> str:
    """Make text harmless: no formula, no control character, one line.

    A spreadsheet whose language separates fields by semicolons ends a field there, quotes or not;
    so what comes after one is looked at as well.
    """
    line = _LINE_ENDS.sub(" ", text)
    if len(line) > _MAX_CHARACTERS:
        line = f"{line[:_MAX_CHARACTERS]}..."
    return ";".join(map(_guard, line.split(";")))


def _guard(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute; it shows the rest as text."""
    shown = show_line(text)
    is_formula = _begins_formula(text) or _begins_formula(shown) or text[:1] in {"\t", "\r"}
    return f"'{shown}" if is_formula else shown


def _begins_formula(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    for character in plain:
        if character in _STARTS_FORMULA:
            return True
        if unicodedata.category(character)[0] not in _INVISIBLE:
            return False
    return False
