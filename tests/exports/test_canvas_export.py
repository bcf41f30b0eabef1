"""The gradebook for Canvas: its importer accepts it, and each score is in the right row."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from class_fakes import ASSIGNMENT, HOSTILE_NAMES, NAMES, make_failure, make_outline
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exports.canvas import export
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Origin, Row, Student
from grader.report.model import Report, ReportStatus


def read_nothing() -> Report:
    """Fail, since a gradebook doesn't need the reports."""
    raise AssertionError


def work_of(
    *rows: Row,
    max_score: float = 100.0,
    worksheet: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Work:
    """Make work of rows without reports."""
    return Work(
        assignment=ASSIGNMENT,
        max_score=max_score,
        items=tuple(Item(row=row, read=read_nothing) for row in rows),
        worksheet=worksheet,
        settings=settings or {},
    )


def row_of(
    id_: str = "a",
    score: float | None = 80.0,
    *,
    student: Student | None = None,
    members: tuple[Student, ...] = (),
    key: str = "",
    name: str = "",
    status: ReportStatus = ReportStatus.GRADED,
) -> Row:
    """Make a row as a batch does."""
    figures = ClassFigures()
    is_ours = status is ReportStatus.GRADER_ERROR
    outline = (
        make_failure(status, "it broke")
        if is_ours
        else make_outline(score=score, max_score=100.0, status=status)
    )
    origin = Origin(system="canvas", key=key, name=name) if key else Origin()
    figures.add(
        outline,
        id=id_,
        student=student or Student(),
        file="lab4.py",
        members=members,
        origin=origin,
    )
    return figures.finish(assignment=ASSIGNMENT, max_score=100, function_names=()).rows[0]


def run(work: Work) -> tuple[list[list[str]], list[LeftOut]]:
    """Export, and read the table as Canvas does."""
    made = list(export(work))
    (file,) = [one for one in made if isinstance(one, ExportedFile)]
    text = file.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check_as_the_importer(lines)
    return lines, [one for one in made if isinstance(one, LeftOut)]


def check_as_the_importer(lines: list[list[str]]) -> None:
    """Check a table by the rules of lib/gradebook_importer.rb."""
    header = lines[0]
    assert len(header) > 3
    if header[0] == "LastName":
        assert header[1:3] == ["FirstName", "ID"]
    else:
        assert "Student" in header[0]
        assert "ID" in header[1]
    known = {"SIS User ID", "SIS Login ID", "Integration ID", "Root Account"}
    info = [*header[: 3 if header[0] == "LastName" else 2]]
    for title in header[len(info) :]:
        info.append(title)
        if title not in known:
            break
    assert "Section" in info[-1]
    for line in lines[1:]:
        assert len(line) == len(header)
        for cell in line[len(info) :]:
            assert cell in ("", "EX", "-", "N/A", "Manual Posting", "(read only)") or (
                float(cell) >= 0
            )


ANNA = Student(id="anna7", name="Anna Lee", email="anna@example.edu")
BEN = Student(id="ben9", name="Ben Roy", email="ben@example.edu")

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),Lab 4 (42),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,10,50,(read only)
"Lee, Anna",501,S-1,anna@example.edu,M1 and M2,7.00,12.00,70.00
"Roy, Ben",502,S-2,ben9,M1,8.00,,80.00
"Student, Test",599,,t-599,M1,,,
"""


@pytest.fixture
def gradebook(tmp_path: Path) -> Path:
    """A gradebook as Canvas exports it."""
    path = tmp_path / "gradebook.csv"
    path.write_text(GRADEBOOK, encoding="utf-8")
    return path


def test_new_table_identifies_students_by_canvas_id() -> None:
    """A new table identifies a student by the Canvas id from the name of the file in the zip."""
    lines, left_out = run(work_of(row_of(key="501", name="leeanna", score=93.5)))

    assert lines == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT.title],
        ["    Points Possible", "", "", "", "", "100"],
        ["leeanna", "501", "", "", "", "93.5"],
    ]
    assert left_out == []


def test_student_from_elsewhere_is_identified_by_login() -> None:
    """An id that isn't from Canvas goes into the login column, where it can't match another."""
    lines, _ = run(work_of(row_of(student=ANNA), settings={"column": "Lab 4 (42)"}))

    assert lines[0][-1] == "Lab 4 (42)"
    assert lines[2] == ["Anna Lee", "", "", "anna7", "", "80"]


def test_id_of_the_school_is_in_its_column() -> None:
    """A student id from Gradescope is the school's, so it goes into the SIS column."""
    row = row_of(student=ANNA)
    row = msgspec.structs.replace(row, origin=Origin(system="gradescope", key="55"))

    lines, _ = run(work_of(row))

    assert lines[2][:4] == ["Anna Lee", "", "anna7", "anna@example.edu"]


def test_each_member_of_a_team_has_the_score() -> None:
    """A team's submission makes a row for each of its members."""
    row = row_of(student=ANNA, members=(ANNA, BEN), key="77", score=60.0)

    lines, _ = run(work_of(row))

    assert [(line[0], line[3], line[5]) for line in lines[2:]] == [
        ("Anna Lee", "anna7", "60"),
        ("Ben Roy", "ben9", "60"),
    ]


def test_fault_of_the_grader_is_an_empty_cell() -> None:
    """A fault of the grader leaves the cell empty and is never a zero."""
    lines, _ = run(work_of(row_of(key="501", status=ReportStatus.GRADER_ERROR)))

    assert lines[2][-1] == ""


@pytest.mark.parametrize("name", [*NAMES, *HOSTILE_NAMES, '=HYPERLINK("a","b")', "-1+1", "@SUM"])
def test_name_is_never_a_formula(name: str) -> None:
    """A name that begins like a formula is quoted, as in Canvas's own exports."""
    lines, _ = run(work_of(row_of(student=Student(name=name), key="501")))

    shown = lines[2][0]
    assert shown[:1] not in ("=", "+", "-", "@", "\t", "\r") or (
        shown.startswith('="') and shown.endswith('"') and shown.count('"') == 2
    )


def test_downloaded_gradebook_is_filled_in_one_column(gradebook: Path) -> None:
    """The scores are scaled to the assignment's points, and other assignments are not written."""
    lines, left_out = run(
        work_of(
            row_of("a", 93.0, key="501", student=Student(id="501")),
            row_of("b", 40.0, student=BEN),
            worksheet=gradebook,
            settings={"column": "Lab 4"},
        )
    )

    assert lines == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 4 (42)"],
        ["", "", "", "", "", ""],
        ["    Points Possible", "", "", "", "", "50"],
        ["Lee, Anna", "501", "S-1", "anna@example.edu", "M1 and M2", "46.5"],
        ["Roy, Ben", "502", "S-2", "ben9", "M1", "20"],
        ["Student, Test", "599", "", "t-599", "M1", ""],
    ]
    assert left_out == []


@pytest.mark.parametrize("column", ["Lab 4", "Lab 4 (42)", "42"])
def test_assignment_is_found_by_title_or_id(gradebook: Path, column: str) -> None:
    """The assignment can be given by its title, with or without the id, or by the id alone."""
    lines, _ = run(work_of(row_of(key="501"), worksheet=gradebook, settings={"column": column}))

    assert lines[0][-1] == "Lab 4 (42)"


@pytest.mark.parametrize("column", ["Lab 5", "Current Score (7)", ""])
def test_assignment_that_is_not_there_is_refused(gradebook: Path, column: str) -> None:
    """An unknown assignment is refused, as Canvas would make a new one."""
    with pytest.raises(UsageError, match=r"Quiz \(11\); Lab 4 \(42\)"):
        run(work_of(row_of(), worksheet=gradebook, settings={"column": column}))


def test_existing_score_stays_if_the_grader_failed(gradebook: Path) -> None:
    """A fault of the grader doesn't erase a score that is already in the gradebook."""
    row = row_of(key="501", status=ReportStatus.GRADER_ERROR)

    lines, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[3][-1] == "12.00"
    assert "no score" in left_out[0].reason


def test_two_submissions_of_one_student_are_both_left_out(gradebook: Path) -> None:
    """Of two submissions for the same line none is written, and both are listed."""
    rows = (row_of("a", 10.0, key="501"), row_of("b", 90.0, student=Student(id="S-1")))

    lines, left_out = run(work_of(*rows, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[3][-1] == "12.00"
    assert {one.who for one in left_out} == {"a", "b"}


def test_id_of_the_school_is_not_taken_for_an_id_of_canvas(gradebook: Path) -> None:
    """A student id that equals another student's Canvas id doesn't match that line."""
    row = row_of("a", 10.0, student=Student(id="502", name="Anna Gone"))

    lines, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[4][-1] == ""
    assert len(left_out) == 1


def test_excused_student_stays_excused(gradebook: Path) -> None:
    """A student who is excused gets no score, and is listed as left out."""
    gradebook.write_text(GRADEBOOK.replace("12.00", "EX"), encoding="utf-8")

    lines, left_out = run(
        work_of(row_of(key="501"), worksheet=gradebook, settings={"column": "Lab 4"})
    )

    assert lines[3][-1] == "EX"
    assert "excused" in left_out[0].reason


def test_student_without_a_last_name_is_found(tmp_path: Path) -> None:
    """A line with an empty last name is still a student's line."""
    path = tmp_path / "gradebook.csv"
    header = "LastName,FirstName,ID,SIS Login ID,Section,Lab 4 (42)"
    path.write_text(f"{header}\n,Teller,501,t,M1,\n", encoding="utf-8")

    lines, left_out = run(work_of(row_of(key="501"), worksheet=path, settings={"column": "Lab 4"}))

    assert (lines[1][-1], left_out) == ("80", [])


@pytest.mark.parametrize(("titles", "has_mark"), [("LastName,FirstName", False), ("Student", True)])
def test_mark_is_not_written_before_a_last_name(
    tmp_path: Path, titles: str, *, has_mark: bool
) -> None:
    """The importer takes a byte order mark for a part of the title, which then isn't LastName."""
    path = tmp_path / "gradebook.csv"
    names = "Lee,Anna" if "," in titles else '"Lee, Anna"'
    path.write_text(
        f"{titles},ID,SIS Login ID,Section,Lab 4 (42)\n{names},501,al,M1,\n", encoding="utf-8-sig"
    )
    work = work_of(row_of(key="501"), worksheet=path, settings={"column": "Lab 4"})

    (file,) = export(work)

    assert isinstance(file, ExportedFile)
    assert file.content.startswith(b"\xef\xbb\xbf") is has_mark
    assert b"501,al,M1,80" in file.content


@pytest.mark.parametrize(("name", "other"), [("राम", "मार"), ("रानी", "रन"), ("שָׁלוֹם", "שילום")])
def test_names_that_differ_in_a_vowel_sign_are_different(
    gradebook: Path, name: str, other: str
) -> None:
    """Combining vowel signs, which many scripts have, are not ignored when names are compared."""
    gradebook.write_text(GRADEBOOK.replace("Roy, Ben", other), encoding="utf-8")
    row = row_of("a", 10.0, student=Student(name=name))

    _, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert len(left_out) == 1


def test_student_who_is_not_in_the_gradebook_is_listed(gradebook: Path) -> None:
    """A student who is not in the gradebook is listed by name."""
    row = row_of("z", 10.0, student=Student(name="Zoe Nobody"))

    _, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert left_out == [
        LeftOut("z", "Zoe Nobody is not in the worksheet, or is in it more than once")
    ]


def test_name_that_occurs_twice_matches_no_line(tmp_path: Path) -> None:
    """If two students have the same name, the name identifies neither of them."""
    path = tmp_path / "twice.csv"
    text = GRADEBOOK.replace('"Student, Test"', '"Lee, Anna"')
    path.write_text(text, encoding="utf-8")
    row = row_of(student=Student(name="Anna Lee"))

    lines, left_out = run(work_of(row, worksheet=path, settings={"column": "Lab 4"}))

    assert [line[-1] for line in lines[3:]] == ["12.00", "", ""]
    assert len(left_out) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Name,Grade\nAnna,3\n",
        "Student,ID\n",
        "Student,Number,Section,Lab 4\n",
        "",
        '"Student,ID\n',
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str) -> None:
    """A file that is not a Canvas gradebook, or not a table at all, is refused."""
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError):
        run(work_of(row_of(), worksheet=path))


def test_column_that_is_read_only_is_refused(tmp_path: Path) -> None:
    """A read-only column is refused, as Canvas would silently ignore its scores."""
    path = tmp_path / "readonly.csv"
    path.write_text(GRADEBOOK.replace(",10,50,", ",10,(read only),"), encoding="utf-8")

    with pytest.raises(UsageError, match="read only"):
        run(work_of(row_of(), worksheet=path, settings={"column": "Lab 4"}))


@pytest.mark.parametrize(
    ("header", "line", "wanted"),
    [
        ("LastName,FirstName,ID,SIS Login ID,Section", "Lee,Anna,501,al,M1", "Anna Lee"),
        (
            "Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section",
            '"Lee, Anna",501,s1,al,,x,M1',
            "Anna Lee",
        ),
    ],
)
def test_other_headers_of_canvas_are_known(
    tmp_path: Path, header: str, line: str, wanted: str
) -> None:
    """A gradebook may have names in two columns, and any optional column of an account."""
    path = tmp_path / "gradebook.csv"
    text = f"{header},Notes,Lab 4 (42)\n{line},hello,\n"
    path.write_text(text, encoding="utf-8-sig")

    lines, left_out = run(
        work_of(row_of(student=Student(name=wanted)), worksheet=path, settings={"column": "Lab 4"})
    )

    assert left_out == []
    assert lines[1][-1] == "80"
    assert "Notes" not in lines[0]


def test_semicolons_of_another_language_are_read(tmp_path: Path) -> None:
    """Semicolons and decimal commas are read, but commas and decimal points are written."""
    path = tmp_path / "gradebook.csv"
    text = GRADEBOOK.replace('"Lee, Anna"', "Lee").replace('"Roy, Ben"', "Roy")
    text = text.replace('"Student, Test"', "Test").replace(",", ";").replace(";50;", ";12,5;")
    path.write_text(text, encoding="utf-8")

    lines, _ = run(
        work_of(row_of(key="501", score=50.0), worksheet=path, settings={"column": "42"})
    )

    assert lines[3][-1] == "6.25"


@given(
    score=st.floats(0, 100).map(lambda value: round(value, 4)),
    maximum=st.sampled_from([1.0, 3.0, 12.5, 20.0, 100.0, 1000.0]),
)
def test_part_of_the_points_never_becomes_all(score: float, maximum: float) -> None:
    """Rounding to two digits never turns a part of the points into all of them."""
    lines, _ = run(work_of(row_of(key="1", score=score), max_score=maximum))

    points = float(lines[2][-1])
    assert (points == maximum) == (score == 100)
    assert abs(points - score * maximum / 100) < 0.01
    assert len(lines[2][-1].partition(".")[2]) <= 2
