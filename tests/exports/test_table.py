"""Tables of platforms: read as they were written, and written back unchanged."""

import csv
import io
from pathlib import Path

import pytest
from class_fakes import HOSTILE_NAMES, NAMES
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exports.table import (
    Table,
    find_column,
    read_number,
    read_table,
    scale_points,
    write_table,
)
from grader.report.normalize import normalize_name


def table_of(path: Path, data: bytes | str) -> Table:
    """Write data to a file, and read it as a table."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(path)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\r\n1;2,5\r\n", [["a", "b"], ["1", "2,5"]]),
        ("\ufeffa\tb\n1\t\n", [["a", "b"], ["1", ""]]),
        ('a,"b, c"\n"say ""hi""","x\ny"\n', [["a", "b, c"], ['say "hi"', "x\ny"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,\n", [["a", "b"], ["1", ""]]),
        # PHP writes a quote after a backslash without doubling it.
        ('a,b\n"say \\"hi, you\\"",2\n', [["a", "b"], ['say \\"hi, you\\"', "2"]]),
        # The rule that gives all lines the same length keeps a backslash at the end of a cell.
        ('a,b\n"C:\\",2\n', [["a", "b"], ["C:\\", "2"]]),
        ('a,b\n5" nail,2\n', [["a", "b"], ['5" nail', "2"]]),
    ],
)  # fmt: skip
def test_table_is_read_and_written_back_as_it_was(
    tmp_path: Path, data: str, lines: list[list[str]]
) -> None:
    """A table is written back byte for byte, except for a missing line end at its end."""
    table = table_of(tmp_path / "t.csv", data)

    assert table.lines == lines
    assert write_table(table).decode().rstrip("\r\n") == data.rstrip("\r\n")


def test_only_changed_cells_are_quoted_again(tmp_path: Path) -> None:
    """A changed cell gets quotes if it needs them, and others keep quotes they don't need."""
    table = table_of(tmp_path / "t.csv", '"a","b"\n"1","2"\n')
    table.lines[1][1] = 'x, "y"'

    assert write_table(table) == b'"a","b"\n"1","x, ""y"""\n'


@pytest.mark.parametrize("data", ['a,"b\n1,2\n', 'a,b\n1,"2"3\n', "", "\n\n", b"\xff\xfea"])
def test_other_files_are_refused(tmp_path: Path, data: bytes | str) -> None:
    """A file with an unclosed cell, an empty file and another encoding are refused."""
    with pytest.raises(UsageError):
        table_of(tmp_path / "t.csv", data)


def test_message_about_a_broken_cell_has_its_line(tmp_path: Path) -> None:
    """The message about a broken cell has the number of its line."""
    with pytest.raises(UsageError, match="a quoted cell on line 3 has no closing quote"):
        table_of(tmp_path / "t.csv", 'a,b\n1,2\n3,"4"5\n')


@given(
    lines=st.lists(
        st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), min_size=1
    ),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_csv_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], delimiter: str
) -> None:
    """Whatever the csv module writes is read with the same cells, and written back."""
    file = io.StringIO(newline="")
    header = [["head", "er"]]
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([*header, *lines])

    table = table_of(tmp_path_factory.mktemp("csv") / "t.csv", file.getvalue())

    assert table.lines == [*header, *lines]
    assert write_table(table).decode() == file.getvalue()


@given(
    cells=st.lists(st.sampled_from([*NAMES, *HOSTILE_NAMES]) | st.text(), min_size=2, max_size=5)
)
def test_new_cells_are_read_by_csv(cells: list[str]) -> None:
    """The csv module reads new cells whole, whatever is in them."""
    data = write_table(Table(lines=[list(cells)]))

    (line,) = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    assert line == [cell.encode("utf-8", "backslashreplace").decode() for cell in cells]


@pytest.mark.parametrize(
    ("score", "max_score", "maximum", "points"),
    [
        (50, 100, 20, "10"),
        (99.999, 100, 100, "99.99"),
        (100, 100, 12.5, "12.5"),
        (1, 3, 1, "0.33"),
        (0.1, 0.3, 3, "1"),
        (5, 0, 20, "0"),
        (0, 100, 20, "0"),
        (110, 100, 20, "22"),
    ],
)
def test_points_are_scaled(score: float, max_score: float, maximum: float, points: str) -> None:
    """Points are scaled to two decimals, and a part is never rounded up to all."""
    assert scale_points(score, max_score, maximum) == points


def test_absurd_score_is_refused() -> None:
    """A score that doesn't fit into a gradebook, as in an edited summary, is refused."""
    with pytest.raises(UsageError, match="1e\\+300"):
        scale_points(1e300, 1, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [("20.00", 20.0), (" 12,5 ", 12.5), ("", None), ("Yes", None), ("NaN", None), ("inf", None)],
)
def test_numbers_have_points_or_commas(text: str, number: float | None) -> None:
    """A number may have a decimal point or comma; anything else is read as None."""
    assert read_number(text) == number


def test_column_is_found_by_the_first_name_that_exists() -> None:
    """The first name that exists wins, ignoring case, outer spaces and the form of accents."""
    header = ["Name", "Calificacio\N{COMBINING ACUTE ACCENT}n ", "Note"]

    assert find_column(header, ["Grade", "calificación", "Note"]) == 1
    assert find_column(header, ["Grade"]) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'Brien, Zoë", "zoë o\N{RIGHT SINGLE QUOTATION MARK}brien"),
        ("van der Berg, Ludwig", "Ludwig van der Berg"),
    ],
)
def test_names_are_the_same_in_any_order(one: str, other: str) -> None:
    """Names match in any order of their words, and with any punctuation between them."""
    assert normalize_name(one) == normalize_name(other)
