"""What PowerShell has redirected or saved is read back: in UTF-16, or with a byte order mark."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from report_samples import SAMPLES

from grader.exports.table import read_table
from grader.outputs.marks_table import read_marks_file
from grader.report.schema import read_report, report_to_json
from grader.system.redirected import to_utf_8

Save = Callable[[str], bytes]
WAYS: dict[str, Save] = {
    "plain": str.encode,
    "a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "UTF-16": lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16, big end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}
each_way = pytest.mark.parametrize("save", WAYS.values(), ids=WAYS)


@each_way
def test_a_report_is_read_back(save: Save, tmp_path: Path) -> None:
    """`grade --json - FILE > report.json` in Windows PowerShell."""
    report = SAMPLES["partial"]
    (tmp_path / "report.json").write_bytes(save(report_to_json(report)))

    assert read_report(tmp_path / "report.json") == report


@each_way
def test_a_table_of_grades_is_read(save: Save, tmp_path: Path) -> None:
    """Its lines and cells are the same in any encoding."""
    (tmp_path / "grades.csv").write_bytes(save("ID,Grade\nänne,1\n"))

    assert read_table(tmp_path / "grades.csv").lines == [["ID", "Grade"], ["änne", "1"]]


@each_way
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("marks.csv", "unit,answer,points,comment\nQ1,abc,2,schön\n"),
        ("marks.json", '{"marks": [{"unit": "Q1", "answer": "abc", "comment": "schön"}]}'),
    ],
)  # fmt: skip
def test_marks_are_read_back(save: Save, name: str, text: str) -> None:
    """Whoever marks may save the table with any program."""
    ((line,), unknown) = read_marks_file(save(text), name)

    assert (line.unit, line.comment, list(unknown)) == ("Q1", "schön", [])


def test_half_a_character_is_an_error_of_encoding() -> None:
    """Then the file is not what its mark says."""
    with pytest.raises(UnicodeDecodeError):
        to_utf_8(codecs.BOM_UTF16_LE + b"a\0b")
