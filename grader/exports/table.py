"""Tables in CSV that a platform wrote: read as they are, and written back with little changed."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from grader.errors import UsageError

_MAX_BYTES = 64 * 1024 * 1024
_MAX_CELL_CHARACTERS = 4 * 1024 * 1024  # an online text is one cell
_MARK_OF_UTF_8 = b"\xef\xbb\xbf"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it came: its lines of cells, the first one the header, and how it was written."""

    lines: list[list[str]]
    delimiter: str = ","
    line_end: str = "\r\n"
    has_mark: bool = False

    @property
    def header(self) -> list[str]:
        """Give the names of the columns."""
        return self.lines[0]


def read_table(path: Path) -> Table:
    """Read a table: UTF-8 with or without a mark, with commas, semicolons or tabs.

    Raises:
        UsageError: it can't be read, or is no such file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} is too large to be a table of grades")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not in UTF-8; use the file as it was downloaded, or save it as CSV UTF-8"
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file: {error}") from error
    if not lines:
        raise UsageError(f"{path} is empty")
    return Table(
        lines=lines,
        delimiter=delimiter,
        line_end="\r\n" if first.endswith("\r") else "\n",
        has_mark=data.startswith(_MARK_OF_UTF_8),
    )


def write_table(table: Table) -> bytes:
    """Write a table in the form in which it came."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=table.delimiter, lineterminator=table.line_end)
    writer.writerows(table.lines)
    text = file.getvalue().encode("utf-8", "backslashreplace")
    return (_MARK_OF_UTF_8 if table.has_mark else b"") + text


def find_column(header: Sequence[str], names: Iterable[str]) -> int | None:
    """Find a column by the first of several names that is there, without regard to case."""
    folded = [fold(title) for title in header]
    return next((folded.index(fold(name)) for name in names if fold(name) in folded), None)


def scale_points(score: float, max_score: float, maximum: float) -> str:
    """Write a score in the points of a gradebook, with two digits after the point at most.

    Args:
        score: What was earned.
        max_score: Of how many points.
        maximum: What the gradebook gives for all of them.
    """
    exact = Decimal(str(score)) * Decimal(str(maximum)) / Decimal(str(max_score or 1))
    points = exact.quantize(_CENT, ROUND_HALF_UP)
    if score < max_score and points >= Decimal(str(maximum)):
        points = exact.quantize(_CENT, ROUND_DOWN)  # a part of the points never becomes all
    return f"{points.normalize():f}"


def read_number(text: str) -> float | None:
    """Read a number with a point or a comma before its decimals; None if it is none."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() else None


def fold(text: str) -> str:
    """Compare without case, and without the two ways in which Unicode writes an accent."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def fold_name(text: str) -> str:
    """Compare names whatever the order of their words and what is between them."""
    # With what stands above and below letters: in many scripts that is a vowel.
    plain = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in fold(text))
    return " ".join(sorted(plain.split()))
