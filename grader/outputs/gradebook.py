"""The gradebook of a class as CSV, safe to open in a spreadsheet.

If there is no score, because the grader failed or nothing was handed in, the field is empty and
never 0. No text from a student can become a formula.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from grader.outputs.class_wording import show_line
from grader.outputs.wording import format_points
from grader.report.class_model import Row, Student

# Without a byte order mark, Excel decodes the file with the code page of its machine and garbles
# accents. LibreOffice, Numbers, pandas and the imports of Canvas and Moodle skip the mark; in
# Python, open(..., encoding="utf-8-sig") does.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

_FIRST_COLUMNS = ("id", "student_id", "name", "email", "file", "status", "score", "max_score")
_LAST_COLUMN = "notes"

# Far below the 32,767 characters that fit into a spreadsheet's cell.
_MAX_CHARACTERS = 1000

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# After NFKC, which turns full-width and small forms into these. The minus sign looks like "-".
_FORMULA_STARTS = "=+-@\N{MINUS SIGN}"
_INVISIBLE_CATEGORIES = ("C", "Z", "M")


def write_gradebook(rows: Iterable[Row], functions: Sequence[str], file: TextIO) -> None:
    """Write a row for each student, also for each of those who handed in together.

    Args:
        rows: The rows of the class.
        functions: The names of the functions that the cells of a row are about, in order.
        file: A text file in UTF-8, opened with ``newline=""``.
    """
    file.write(_BYTE_ORDER_MARK)
    writer = csv.writer(file)
    writer.writerow([*_FIRST_COLUMNS, *map(guard_cell, functions), _LAST_COLUMN])
    for row in rows:
        for student in row.people:
            writer.writerow(_fields(row, student, functions=len(functions)))


def _fields(row: Row, student: Student, *, functions: int) -> Iterator[str]:
    yield from map(guard_cell, (row.id, student.id, student.name, student.email, row.file))
    yield row.status.value
    yield from map(_number, (row.score, row.max_score))
    # A submission that was not run has no cells, and its functions stay empty.
    yield from [_number(cell.score) for cell in row.cells] or [""] * functions
    loading = (note.text for note in row.loading)
    yield guard_cell(" | ".join(filter(None, (row.error, *loading, *row.notes))))


def _number(value: float | None) -> str:
    return "" if value is None else format_points(value)


def guard_cell(text: str) -> str:
    """Return text as one harmless line: no formula, no control characters.

    Where a spreadsheet's locale separates fields by semicolons, a semicolon ends a field even in
    quotes, so the text after each one is guarded too.
    """
    line = _LINE_ENDS.sub(" ", text)
    if len(line) > _MAX_CHARACTERS:
        line = f"{line[:_MAX_CHARACTERS]}..."
    return ";".join(map(_guard, line.split(";")))


def _guard(text: str) -> str:
    """Put an apostrophe before a formula, so that a spreadsheet shows it as text."""
    shown = show_line(text)
    is_formula = _begins_formula(text) or _begins_formula(shown) or text[:1] in {"\t", "\r"}
    return f"'{shown}" if is_formula else shown


def _begins_formula(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    for character in plain:
        if character in _FORMULA_STARTS:
            return True
        if unicodedata.category(character)[0] not in _INVISIBLE_CATEGORIES:
            return False
    return False
