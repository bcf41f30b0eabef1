"""The answers of a class as a table or as JSON, to be marked and read again.

The order of the lines says nothing about who gave an answer, and equal answers have one line. A
table is safe to open in a spreadsheet, and what a marker writes comes back exactly as it was: see
`guard` and `unguard`.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from grader.errors import UsageError
from grader.outputs.class_wording import name_people
from grader.outputs.escaping import escape_controls
from grader.outputs.wording import format_points
from grader.report.budget import cut_text
from grader.report.csv_dialect import CsvDialect
from grader.report.marks import ClassAnswer
from grader.report.model import RubricLevel
from grader.system.redirected import to_utf_8

# What is read again; the other columns are to be read by the person who marks.
_GIVEN = ("unit", "answer", "points", "level", "comment", "marked_by")
_COLUMNS = (
    "unit",
    "points",
    "max_points",
    "level",
    "comment",
    "marked_by",
    "marked_at",
    "students",
    "text",
    "remark",
    "title",
    "rubric",
    "answer",
)
_WHO = "who"
_STUDENT = "student"

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_MAX_TEXT = 8000  # characters of an answer in a table; a cell of a spreadsheet holds 32,767
_MAX_CELL = 1024 * 1024
_SEPARATORS = re.compile(r"([;,\t\n\r])")
_FORMULA_STARTS = "=+-@\N{MINUS SIGN}"
_INVISIBLE_CATEGORIES = ("C", "Z", "M")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksLine:
    """A line of a file of marks, as it was read; what is not given is empty.

    Attributes:
        place: Which line it is, as people count: ``row 3`` of a table, ``entry 2`` of JSON.
        unit: The id of the unit.
        answer: The digest of the answer.
        student: A student, who may be given instead of an answer.
        points: The points, or the title of a level.
        level: The title of a level.
        comment: The comment.
        marked_by: Who gave the mark.
    """

    place: str
    unit: str
    answer: str
    student: str
    points: str
    level: str
    comment: str
    marked_by: str


def write_marks_table(
    answers: Iterable[ClassAnswer],
    *,
    with_names: bool = False,
    dialect: CsvDialect = CsvDialect.EXCEL,
) -> bytes:
    """Write a table with a row for each answer, with its mark if it has one.

    Args:
        answers: The answers.
        with_names: Whether to say who gave each answer.
        dialect: What separates the columns, and how numbers are written.
    """
    file = io.StringIO(newline="")
    file.write(_BYTE_ORDER_MARK)
    writer = csv.writer(file, delimiter=dialect.separator)
    columns = (*_COLUMNS[:-1], *((_WHO,) if with_names else ()), _COLUMNS[-1])
    writer.writerow(columns)
    for one in answers:
        cells = _cells(one)
        numbers = {name: _number(cells[name], dialect) for name in ("points", "max_points")}
        writer.writerow([{**cells, **numbers}[name] for name in columns])
    return file.getvalue().encode("utf-8", "backslashreplace")


def write_marks_json(answers: Iterable[ClassAnswer], *, with_names: bool = False) -> bytes:
    """Write the same as JSON, with the whole text of each answer that the report has."""
    entries = []
    for one in answers:
        item, mark = one.item, one.item.mark
        entry = {
            "unit": item.id,
            "answer": item.digest,
            "points": item.points,
            "max_points": item.max_points,
            "level": mark.level if mark else "",
            "comment": mark.comment if mark else "",
            "marked_by": mark.by if mark else "",
            "marked_at": mark.at if mark else "",
            "students": len(one.rows),
            "title": item.title,
            "rubric": [msgspec.to_builtins(level) for level in item.rubric],
            "remark": _remark(one),
            "text": item.answer,
        }
        entries.append({**entry, **({_WHO: _names(one)} if with_names else {})})
    text = json.dumps({"marks": entries}, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def read_marks_file(data: bytes, name: str) -> tuple[list[MarksLine], list[str]]:
    """Read the marks from a table, or from JSON.

    Args:
        data: The bytes of the file.
        name: Its name; JSON ends in ``.json``.

    Returns:
        The lines, and the titles of the columns that nothing is read from and nobody knows.

    Raises:
        UsageError: The file is neither, or lacks a column.
    """
    if name.lower().endswith(".json"):
        return _read_json(data, name), []
    try:
        text = to_utf_8(data).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8; save it as CSV UTF-8") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    usual = csv.field_size_limit(_MAX_CELL)  # it holds for the whole process
    try:
        rows = list(reader)
    except csv.Error as error:
        raise UsageError(f"{name} is not a table: {error}") from error
    finally:
        csv.field_size_limit(usual)
    header = [title.strip().casefold() for title in rows[0]] if rows else []
    _expect_columns(header, name)
    lines = [
        _make_line(f"row {number}", dict(zip(header, row, strict=False)), is_guarded=True)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    known = {*_COLUMNS, _WHO, _STUDENT, ""}
    return lines, [title for title in header if title not in known]


def _expect_columns(header: Sequence[str], name: str) -> None:
    for wanted in (("unit",), ("answer", _STUDENT), ("points", "level")):
        if not set(wanted) & set(header):
            raise UsageError(f"{name} has no column {' or '.join(wanted)}")
    for title in header:
        if title and header.count(title) > 1 and title in (*_GIVEN, _STUDENT):
            raise UsageError(f"{name} has two columns {title}")


def _read_json(data: bytes, name: str) -> list[MarksLine]:
    try:
        content = msgspec.json.decode(to_utf_8(data))
    except ValueError as error:
        raise UsageError(f"{name} is not JSON: {error}") from error
    entries = content.get("marks") if isinstance(content, dict) else content
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise UsageError(f'{name} has no list "marks" of objects')
    lines = []
    for number, entry in enumerate(entries, start=1):
        values = {name: "" if value is None else str(value) for name, value in entry.items()}
        lines.append(_make_line(f"entry {number}", values, is_guarded=False))
    return lines


def _make_line(place: str, values: Mapping[str, str], *, is_guarded: bool) -> MarksLine:
    def text(name: str) -> str:
        value = values.get(name, "")
        return unguard(value) if is_guarded else value

    return MarksLine(
        place=place,
        unit=text("unit").strip(),
        answer=text("answer").strip().lower(),
        student=text(_STUDENT).strip(),
        points=values.get("points", "").strip(),
        level=text("level").strip(),
        comment=text("comment"),
        marked_by=text("marked_by").strip(),
    )


def guard(text: str) -> str:
    """Return a text with an apostrophe before everything that a spreadsheet could evaluate.

    That is also so in a file that is opened by the rules of another language: there a semicolon, a
    comma or a line end can end a cell even in quotes.
    """
    return "".join(f"'{one}" if _is_at_risk(one) else one for one in _SEPARATORS.split(text))


def unguard(text: str) -> str:
    """Return the text that was guarded; one that was written by hand stays as it is."""
    return "".join(
        one[1:] if one.startswith("'") and _is_at_risk(one) else one
        for one in _SEPARATORS.split(text)
    )


def _is_at_risk(text: str) -> bool:
    """Whether a cell could be a formula, or was one before it was guarded."""
    for character in unicodedata.normalize("NFKC", text).lstrip("'"):
        if character in _FORMULA_STARTS:
            return True
        if unicodedata.category(character)[0] not in _INVISIBLE_CATEGORIES:
            return False
    return False


def _cells(one: ClassAnswer) -> dict[str, str]:
    item, mark = one.item, one.item.mark
    text = escape_controls(cut_text(item.answer, _MAX_TEXT, ellipsis=" ... (cut)"))
    return {
        "unit": item.id,
        "answer": item.digest,
        "points": "" if item.points is None else _exact(item.points),
        "max_points": _exact(item.max_points),
        "level": guard(mark.level) if mark else "",
        "comment": guard(mark.comment) if mark else "",
        "marked_by": guard(mark.by) if mark else "",
        "marked_at": mark.at if mark else "",
        "students": str(len(one.rows)),
        "text": guard(text),
        "remark": guard(_remark(one)),
        "title": guard(item.title),
        "rubric": guard("\n".join(map(_level, item.rubric))),
        _WHO: guard(escape_controls(_names(one))),
    }


def _level(level: RubricLevel) -> str:
    more = f" ({level.description})" if level.description else ""
    return f"{level.title}: {format_points(level.points)}{more}"


def _remark(one: ClassAnswer) -> str:
    item = one.item
    remarks = [item.problem] if item.problem else []
    if item.is_cut:
        remarks.append("longer than what is shown here")
    if item.outdated is not None:
        old = item.outdated
        points = f"{format_points(old.points)} of {format_points(item.max_points)}"
        comment = f" ({old.comment})" if old.comment else ""
        remarks.append(f"an earlier answer was given {points}{comment}")
    return "; ".join(remarks)


def _names(one: ClassAnswer) -> str:
    """Name who gave an answer, each with the name of the page in ``reports``."""
    return "; ".join(f"{name_people(row)} ({row.id}.html)" for row in one.rows)


def _exact(points: float) -> str:
    """Write points so that they are read again as the same number."""
    return str(float(points)).removesuffix(".0")


def _number(text: str, dialect: CsvDialect) -> str:
    return text.replace(".", dialect.decimal_sign)
