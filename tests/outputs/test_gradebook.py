"""The gradebook: a row for each student, no unearned zeros, and no formulas."""

import csv
import io
import math
import unicodedata

import pytest
from class_fakes import (
    ASSIGNMENT,
    HOSTILE_NAMES,
    check_outline,
    make_class,
    make_failure,
    make_outline,
)
from hypothesis import example, given
from hypothesis import strategies as st

from grader.outputs.gradebook import write_gradebook
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.csv_dialect import CsvDialect
from grader.report.model import ReportStatus, Status
from grader.report.outline import Outline


def write(summary: ClassSummary) -> str:
    """Return the gradebook of a class as text."""
    file = io.StringIO(newline="")
    write_gradebook(summary.rows, [one.name for one in summary.functions], file)
    return file.getvalue()


def read(text: str) -> list[dict[str, str]]:
    """Read a gradebook as a program does that skips the byte order mark."""
    data = text.encode("utf-8").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def summarize(
    outline: Outline, *, student: Student | None = None, file: str = "a.py", notes: str = ""
) -> ClassSummary:
    """Return the summary of a class of one."""
    figures = ClassFigures()
    figures.add(
        outline,
        id="a",
        student=student or Student(),
        file=file,
        notes=(notes,) if notes else (),
    )
    return figures.finish(
        assignment=ASSIGNMENT, max_score=10, function_names=("mse", "update"), skipped=()
    )


GRADED = make_outline(
    check_outline("mse/a", max_points=2.5),
    check_outline("update/a", Status.FAILED),
    max_score=10,
)


def test_row_has_its_columns() -> None:
    """Points are written without trailing zeros, with a decimal point in any locale."""
    student = Student(id="17", name="Zoë, A.", email="z@example.edu")
    summary = summarize(GRADED, student=student, notes="handed in late")

    assert read(write(summary)) == [
        {
            "id": "a",
            "student_id": "17",
            "name": "Zoë, A.",
            "email": "z@example.edu",
            "file": "a.py",
            "status": "graded",
            "score": "2.5",
            "max_score": "10",
            "mse": "2.5",
            "update": "0",
            "notes": "handed in late",
        }
    ]


def test_file_begins_with_a_byte_order_mark() -> None:
    """The file begins with the byte order mark without which Excel garbles accents."""
    assert write(summarize(GRADED)).encode("utf-8").startswith(b"\xef\xbb\xbfid,student_id,")


def test_everybody_has_a_row_in_the_order_of_the_summary() -> None:
    """Each row of the summary has one in the gradebook, also if nothing was handed in."""
    summary = make_class(60)

    rows = read(write(summary))

    assert [row["id"] for row in rows] == [row.id for row in summary.rows]
    assert sum(row["status"] == "not_handed_in" for row in rows) == 3


def test_fault_of_the_grader_has_no_score() -> None:
    """If the grader failed, the score is an empty field and never 0, and the notes say why."""
    row = read(write(summarize(make_failure(ReportStatus.GRADER_ERROR, "the worker is lost"))))[0]

    assert (row["score"], row["max_score"], row["mse"], row["update"]) == ("", "", "", "")
    assert (row["status"], row["notes"]) == ("grader_error", "the worker is lost")


def test_student_who_did_not_hand_in_has_no_score() -> None:
    """Whether a missing submission is worth zero is left to the instructor."""
    figures = ClassFigures()
    figures.add_absent(Student(id="1", name="Ada"))
    summary = figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=("mse",))

    row = read(write(summary))[0]

    assert (row["score"], row["max_score"], row["mse"]) == ("", "", "")
    assert row["status"] == "not_handed_in"


def test_unreadable_submission_has_zero_points_and_says_why() -> None:
    """An unreadable submission has a score of 0, the reason, and no points for functions."""
    row = read(write(summarize(make_failure(ReportStatus.UNREADABLE, "not\nPython"))))[0]

    assert (row["score"], row["mse"], row["notes"]) == ("0", "", "not Python")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum(A1)", "'@sum(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'    =1"),
        ("\tharmless", "'    harmless"),
        ("\r=1", "' =1"),
        ("\n=1", "' =1"),
        ("\x00=1", r"'\x00=1"),
        ("\N{ZERO WIDTH SPACE}=1", r"'\u200b=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("\N{FULLWIDTH COMMERCIAL AT}a", "'\N{FULLWIDTH COMMERCIAL AT}a"),
        ("\N{SMALL HYPHEN-MINUS}1", "'\N{SMALL HYPHEN-MINUS}1"),
        ("a;=1", "a;'=1"),
        ("a=1", "a=1"),
        ("O'Brien", "O'Brien"),
        ("D-A", "D-A"),
        ("two\r\nlines", "two lines"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj", r"\u202egpj"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\udcf6", r"\udcf6"),
    ],
)
@pytest.mark.parametrize("place", ["name", "file", "notes"])
def test_text_is_harmless(given: str, shown: str, place: str) -> None:
    """Formulas and control characters become harmless text on one line; all else is unchanged."""
    if place == "name":
        summary = summarize(GRADED, student=Student(name=given))
    elif place == "file":
        summary = summarize(GRADED, file=given)
    else:
        summary = summarize(GRADED, notes=given)

    assert read(write(summary))[0][place] == shown


def test_hostile_class_can_be_read_back() -> None:
    """The gradebook of a class with hostile names has all rows, with all fields."""
    summary = make_class(30, names=HOSTILE_NAMES)

    rows = read(write(summary))

    assert len(rows) == len(summary.rows)
    assert all(None not in row and None not in row.values() for row in rows)


_TEXT = st.text(
    st.sampled_from("=+-@\t\r\n\x00\x0b\x85\u2028\u200b\u202e\uff1d\udcff,;\"' ab1|!")
    | st.characters()
)


@given(name=_TEXT, file=_TEXT, note=_TEXT)
def test_no_field_is_a_formula_whatever_is_in_it(name: str, file: str, note: str) -> None:
    """No text becomes a formula or breaks its row, with commas or semicolons as separators."""
    student = Student(name=name, id=name, email=file)

    text = write(summarize(GRADED, student=student, file=file, notes=note))

    rows = read(text)
    assert len(rows) == 1
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    assert len(lines) == 2
    for field in (*rows[0].values(), *lines[1].split(";")):
        begin = unicodedata.normalize("NFKC", field).lstrip(" \"'")[:1]
        quoted = unicodedata.normalize("NFKC", field).lstrip(' "')
        assert begin not in set("=+-@") or quoted.startswith("'")
        assert all(unicodedata.category(one)[0] != "C" for one in field)


def test_long_notes_are_cut() -> None:
    """Notes are cut at 1000 characters, since a cell of a spreadsheet has a limit."""
    row = read(write(summarize(GRADED, notes="x" * 50_000)))[0]

    assert row["notes"] == "x" * 1000 + "..."


def write_as(summary: ClassSummary, dialect: CsvDialect) -> str:
    """Return a gradebook in a dialect, without its mark."""
    file = io.StringIO(newline="")
    write_gradebook(summary.rows, [one.name for one in summary.functions], file, dialect=dialect)
    return file.getvalue().removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        (CsvDialect.EXCEL, 'a,17,"Zoë, A.",,a.py,graded,2.5,10,2.5,0,handed in late'),
        (CsvDialect.SEMICOLON, "a;17;Zoë, A.;;a.py;graded;2,5;10;2,5;0;handed in late"),
        (CsvDialect.TAB, "a\t17\tZoë, A.\t\ta.py\tgraded\t2.5\t10\t2.5\t0\thanded in late"),
    ],
)
def test_dialect_decides_on_separators_and_numbers(dialect: CsvDialect, line: str) -> None:
    """Semicolons come with decimal commas, as in the spreadsheets of many languages."""
    summary = summarize(GRADED, student=Student(id="17", name="Zoë, A."), notes="handed in late")

    header, row = write_as(summary, dialect).splitlines()

    assert header.split(dialect.separator)[:3] == ["id", "student_id", "name"]
    assert row == line


@given(name=_TEXT, file=_TEXT, note=_TEXT, dialect=st.sampled_from(CsvDialect))
@example(name="a,=1", file="", note="", dialect=CsvDialect.SEMICOLON)
@example(name="a;=1", file="", note="", dialect=CsvDialect.TAB)
def test_no_dialect_has_formulas(name: str, file: str, note: str, dialect: CsvDialect) -> None:
    """No text becomes a formula, also if the file is opened as one of another dialect."""
    summary = summarize(
        GRADED, student=Student(name=name, id=name, email=file), file=file, notes=note
    )

    text = write_as(summary, dialect)

    (fields,) = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.separator))[1:]
    _, line = text.splitlines()
    for sign in CsvDialect:
        (apart,) = csv.reader([line], delimiter=sign.separator)
        for field in (*fields, *apart):
            plain = unicodedata.normalize("NFKC", field).lstrip(' "')
            assert plain[:1] not in set("=+-@")


def test_decimal_comma_is_read_back_by_the_rules_of_its_language() -> None:
    """Every number of a class reads back, and the columns stay in order."""
    summary = make_class(40)
    text = write_as(summary, CsvDialect.SEMICOLON)

    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    scores = [row.score for row in summary.rows]
    assert [float(row["score"].replace(",", ".") or "nan") for row in rows] == pytest.approx(
        [math.nan if score is None else score for score in scores], nan_ok=True
    )
    assert "." not in "".join(row["score"] for row in rows)
