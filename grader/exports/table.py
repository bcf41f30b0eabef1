"""CSV tables of a platform, read and written back with every unchanged cell as it was."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Self

from grader.errors import UsageError
from grader.report.normalize import normalize
from grader.system.redirected import to_utf_8

_MAX_BYTES = 64 * 1024 * 1024
_MARK_OF_UTF_8 = b"\xef\xbb\xbf"
_CENT = Decimal("0.01")
_NEEDS_QUOTES = re.compile(r'[",;\t\r\n]|^\s|\s$')
_LINE_END = re.compile(r"\r\n|\n|\r")
# A quoted cell by RFC 4180, and as PHP writes it, where a backslash escapes what follows.
_QUOTED = (r'"(?:[^"]|"")*+"', r'"(?:[^"\\]|""|\\.)*+"')


class TableCell(str):
    """A cell as it was read: its text, and its exact form in the file.

    Attributes:
        raw: The text in the file, with its quotes. It is written back verbatim.
    """

    __slots__ = ("raw",)
    raw: str

    def __new__(cls, text: str, raw: str) -> Self:
        """Make a cell from its text and its form in the file."""
        cell = super().__new__(cls, text)
        cell.raw = raw
        return cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, and how it is written.

    Attributes:
        lines: The cells of each line; the first line is the header. Replace a cell with a plain
            ``str`` to change it.
        delimiter: The character between cells.
        line_end: The characters at the end of a line.
        has_mark: Whether the file begins with a byte order mark.
    """

    lines: list[list[str]]
    delimiter: str = ","
    line_end: str = "\r\n"
    has_mark: bool = False

    @property
    def header(self) -> list[str]:
        """Return the names of the columns."""
        return self.lines[0]


def read_bounded(path: Path, kind: str) -> bytes:
    """Read a file of at most 64 MiB.

    Args:
        path: The file.
        kind: What it should be, with its article.

    Raises:
        UsageError: The file can't be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} is too large for {kind}: it is over 64 MiB")
    return data


def read_table(path: Path) -> Table:
    """Read a table in UTF-8, with or without a byte order mark.

    The delimiter is whichever of comma, semicolon and tab the first line has most of.

    Raises:
        UsageError: If the file can't be read, is too large, or is not such a table.
    """
    data = read_bounded(path, "a table of grades")
    try:
        text = to_utf_8(data).decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8; use the file as it was downloaded, or save it as CSV UTF-8"
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return Table(
        lines=_parse(text, delimiter, path),
        delimiter=delimiter,
        line_end="\r\n" if first.endswith("\r") else "\n",
        has_mark=data.startswith(_MARK_OF_UTF_8),
    )


def _parse(text: str, delimiter: str, path: Path) -> list[list[str]]:
    """Split a text into cells, by the rule of quoting that gives all lines the same length."""
    if not text.strip():
        raise UsageError(f"{path} is empty")
    problems: list[str] = []
    uneven: list[list[list[str]]] = []
    for quoted in _QUOTED:
        try:
            lines = list(_read_lines(text, delimiter, quoted))
        except ValueError as error:
            problems.append(str(error))
            continue
        if len(set(map(len, lines))) == 1:
            return lines
        uneven.append(lines)
    if not uneven:
        raise UsageError(f"{path} is not a CSV file: {problems[0]}")
    return uneven[0]


def _read_lines(text: str, delimiter: str, quoted: str) -> Iterator[list[str]]:
    plain = rf'(?!")[^{delimiter}\r\n]*'
    cell = re.compile(rf"(?:{quoted}|{plain})(?=[{delimiter}\r\n]|\Z)", re.DOTALL)
    line: list[str] = []
    place = 0
    while place < len(text) or line:
        found = cell.match(text, place)
        if found is None:
            number = text.count("\n", 0, place) + 1
            raise ValueError(
                f"a quoted cell on line {number} has no closing quote, or text after it"
            )
        line.append(_read_cell(found[0]))
        place = found.end()
        if text[place : place + 1] == delimiter:
            place += 1
            continue
        end = _LINE_END.match(text, place)
        place = end.end() if end else place
        yield line
        line = []


def _read_cell(raw: str) -> TableCell:
    return TableCell(raw[1:-1].replace('""', '"') if raw.startswith('"') else raw, raw)


def write_table(table: Table) -> bytes:
    """Return the bytes of a table; every `TableCell` in it is written verbatim."""
    lines = (table.delimiter.join(map(_write_cell, line)) for line in table.lines)
    text = "".join(f"{line}{table.line_end}" for line in lines)
    return (_MARK_OF_UTF_8 if table.has_mark else b"") + text.encode("utf-8", "backslashreplace")


def _write_cell(cell: str) -> str:
    if isinstance(cell, TableCell):
        return cell.raw
    if _NEEDS_QUOTES.search(cell):
        doubled = cell.replace('"', '""')
        return f'"{doubled}"'
    return cell


def find_column(header: Sequence[str], names: Iterable[str]) -> int | None:
    """Return the index of the column with the first of these names that exists, ignoring case."""
    folded = [normalize(title) for title in header]
    return next((folded.index(name) for name in map(normalize, names) if name in folded), None)


def is_read_by_php(cell: str) -> bool:
    """Return whether PHP's ``fgetcsv`` ends a cell of a file where it ends for other readers.

    For PHP a backslash escapes the quote after it. It is true of a plain ``str``, which is not
    from a file.
    """
    if not isinstance(cell, TableCell) or not cell.raw.startswith('"'):
        return True
    return re.fullmatch(_QUOTED[1], cell.raw, re.DOTALL) is not None


def scale_points(score: float, max_score: float, maximum: float) -> str:
    """Return a score in points of a gradebook, with at most two digits after the point.

    A part of the points is never rounded up to all of them.

    Args:
        score: The points earned.
        max_score: The points that could be earned.
        maximum: The points that the gradebook gives for all of them.

    Raises:
        UsageError: If the score is too large for a gradebook.
    """
    if not max_score:
        return "0"
    exact = Decimal(str(score)) * Decimal(str(maximum)) / Decimal(str(max_score))
    try:
        points = exact.quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation as error:
        raise UsageError(f"a score of {score:g} is too large for a gradebook") from error
    if score < max_score and points >= Decimal(str(maximum)):
        points = exact.quantize(_CENT, ROUND_DOWN)
    return f"{points.normalize():f}"


def read_number(text: str) -> float | None:
    """Read a number with a decimal point or comma; None if the text is not a finite number."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() else None
