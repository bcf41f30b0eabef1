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
from grader.report.class_model import Row
from grader.report.csv_dialect import CsvDialect
from grader.report.manual import waiting_items, waiting_points
from grader.report.words import join_names

# Without a byte order mark, Excel decodes the file with the code page of its machine and garbles
# accents. LibreOffice, Numbers, pandas and the imports of Canvas and Moodle skip the mark; in
# Python, open(..., encoding="utf-8-sig") does.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

_FIRST_COLUMNS = ("id", "student_id", "name", "email", "file", "status", "score", "max_score")
_LAST_COLUMN = "notes"
# If a person marks answers: the points until now, and those that are still open.
_COLUMNS_OF_WAITING = ("score_so_far", "points_waiting")

# Far below the 32,767 characters that fit into a spreadsheet's cell.
_MAX_CHARACTERS = 1000

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# After NFKC, which turns full-width and small forms into these. The minus sign looks like "-".
_FORMULA_STARTS = "=+-@\N{MINUS SIGN}"
_INVISIBLE_CATEGORIES = ("C", "Z", "M")


def write_gradebook(
    rows: Iterable[Row],
    functions: Sequence[str],
    file: TextIO,
    *,
    manual: Sequence[str] = (),
    dialect: CsvDialect = CsvDialect.EXCEL,
) -> None:
    """Write a row for each student, also for each of those who handed in together.

    Args:
        rows: The rows of the class.
        functions: The names of the functions that the cells of a row are about, in order.
        file: A text file in UTF-8, opened with ``newline=""``.
        manual: The ids of what a person marks, in order. As long as an answer of a row waits, its
            field is empty and so is the score: no part of the points is written as the whole.
        dialect: What separates the columns, and how numbers are written.
    """
    file.write(_BYTE_ORDER_MARK)
    writer = csv.writer(file, delimiter=dialect.separator)
    guard = guard_cell if dialect is CsvDialect.EXCEL else _guard_parts
    more = (*map(guard, manual), *_COLUMNS_OF_WAITING) if manual else ()
    writer.writerow([*_FIRST_COLUMNS, *map(guard, functions), *more, _LAST_COLUMN])
    for row in rows:
        texts = _notes(row)
        numbers = list(_numbers(row, functions=len(functions), manual=manual))
        numbers = [one.replace(".", dialect.decimal_sign) for one in numbers]
        for student in row.people:
            names = map(guard, (row.id, student.id, student.name, student.email, row.file))
            writer.writerow([*names, row.status.value, *numbers, guard(texts)])


def _numbers(row: Row, *, functions: int, manual: Sequence[str]) -> Iterator[str]:
    yield from map(_number, (None if row.is_waiting else row.score, row.max_score))
    # A submission that was not run has no cells, and its functions stay empty.
    yield from [_number(cell.score) for cell in row.cells] or [""] * functions
    if manual:
        given = {one.id: one.points for one in row.manual}
        yield from (_number(given.get(id_)) for id_ in manual)
        yield from map(_number, (row.score, None if row.score is None else waiting_points(row)))


def _number(value: float | None) -> str:
    return "" if value is None else format_points(value)


def _notes(row: Row) -> str:
    loading = (note.text for note in row.loading)
    waiting = join_names([one.id for one in waiting_items(row.manual)])
    open_ = f"waits for a person: {waiting}" if waiting else ""
    return " | ".join(filter(None, (row.error, open_, *loading, *row.notes)))


def guard_cell(text: str) -> str:
    """Return text as one harmless line: no formula, no control characters.

    Where a spreadsheet's locale separates fields by semicolons, a semicolon ends a field even in
    quotes, so the text after each one is guarded too.
    """
    return ";".join(map(_guard, _to_line(text).split(";")))


def _guard_parts(text: str) -> str:
    """Return text as one harmless line, also in a file whose fields aren't separated by commas.

    Such a file doesn't quote commas, so if it is opened by the rules of another language, a comma
    ends a field as well.
    """
    return re.sub(r"[^;,]+", lambda part: _guard(part[0]), _to_line(text))


def _to_line(text: str) -> str:
    line = _LINE_ENDS.sub(" ", text)
    return f"{line[:_MAX_CHARACTERS]}..." if len(line) > _MAX_CHARACTERS else line


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
