"""The gradebook for Canvas: what its importer checks, and each score in the right row."""

import csv
import io
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
    """No gradebook needs the reports themselves."""
    raise AssertionError


def work_of(*rows: Row, **changes: object) -> Work:
    """Make work of rows alone."""
    fields: dict[str, object] = {"assignment": ASSIGNMENT, "max_score": 100.0, **changes}
    items = tuple(Item(row=row, read=read_nothing) for row in rows)
    return Work(items=items, **fields)  # type: ignore[arg-type]


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
    """Hold a table to the rules of lib/gradebook_importer.rb."""
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
    """A gradebook as it was downloaded."""
    path = tmp_path / "gradebook.csv"
    path.write_text(GRADEBOOK, encoding="utf-8")
    return path


def test_new_table_has_a_row_for_each_by_canvas_id() -> None:
    """What the name of a file in the zip says is all that Canvas needs."""
    lines, left_out = run(work_of(row_of(key="501", name="leeanna", score=93.5)))

    assert lines == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT.title],
        ["    Points Possible", "", "", "", "", "100"],
        ["leeanna", "501", "", "", "", "93.5"],
    ]
    assert left_out == []


def test_who_is_not_from_canvas_is_known_by_login() -> None:
    """The only column that can't mean somebody else."""
    lines, _ = run(work_of(row_of(student=ANNA), settings={"column": "Lab 4 (42)"}))

    assert lines[0][-1] == "Lab 4 (42)"
    assert lines[2] == ["Anna Lee", "", "", "anna7", "", "80"]


def test_id_of_the_school_is_in_its_column() -> None:
    """What Gradescope knows somebody by, it has from the school."""
    row = row_of(student=ANNA)
    row = msgspec.structs.replace(row, origin=Origin(system="gradescope", key="55"))

    lines, _ = run(work_of(row))

    assert lines[2][:4] == ["Anna Lee", "", "anna7", "anna@example.edu"]


def test_everybody_of_a_team_has_the_score() -> None:
    """One submission, a row for each."""
    row = row_of(student=ANNA, members=(ANNA, BEN), key="77", score=60.0)

    lines, _ = run(work_of(row))

    assert [(line[0], line[3], line[5]) for line in lines[2:]] == [
        ("Anna Lee", "anna7", "60"),
        ("Ben Roy", "ben9", "60"),
    ]


def test_fault_of_the_grader_is_an_empty_cell() -> None:
    """Never a zero."""
    lines, _ = run(work_of(row_of(key="501", status=ReportStatus.GRADER_ERROR)))

    assert lines[2][-1] == ""


@pytest.mark.parametrize("name", [*NAMES, *HOSTILE_NAMES, '=HYPERLINK("a","b")', "-1+1", "@SUM"])
def test_names_compute_nothing(name: str) -> None:
    """A name that begins as a formula is quoted, as Canvas does it."""
    lines, _ = run(work_of(row_of(student=Student(name=name), key="501")))

    shown = lines[2][0]
    assert shown[:1] not in ("=", "+", "-", "@", "\t", "\r") or (
        shown.startswith('="') and shown.endswith('"') and shown.count('"') == 2
    )


def test_downloaded_gradebook_is_filled_in_one_column(gradebook: Path) -> None:
    """In the points of that assignment; the other columns stay at home."""
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
    """As somebody would copy it from the file or from the address of its page."""
    lines, _ = run(work_of(row_of(key="501"), worksheet=gradebook, settings={"column": column}))

    assert lines[0][-1] == "Lab 4 (42)"


@pytest.mark.parametrize("column", ["Lab 5", "Current Score (7)", ""])
def test_assignment_that_is_not_there_is_refused(gradebook: Path, column: str) -> None:
    """Canvas would make a new one."""
    with pytest.raises(UsageError, match=r"Quiz \(11\); Lab 4 \(42\)"):
        run(work_of(row_of(), worksheet=gradebook, settings={"column": column}))


def test_score_that_is_there_stays_where_there_is_no_new_one(gradebook: Path) -> None:
    """A fault of ours takes nothing away."""
    row = row_of(key="501", status=ReportStatus.GRADER_ERROR)

    lines, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[3][-1] == "12.00"
    assert "no score" in left_out[0].reason


def test_two_submissions_of_one_are_not_guessed_between(gradebook: Path) -> None:
    """Both are told."""
    rows = (row_of("a", 10.0, key="501"), row_of("b", 90.0, student=Student(id="S-1")))

    lines, left_out = run(work_of(*rows, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[3][-1] == "12.00"
    assert {one.who for one in left_out} == {"a", "b"}


def test_id_of_the_school_is_none_of_canvas(gradebook: Path) -> None:
    """Number 502 here is somebody else's there."""
    row = row_of("a", 10.0, student=Student(id="502", name="Anna Gone"))

    lines, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert lines[4][-1] == ""
    assert len(left_out) == 1


def test_excuse_is_not_taken_back(gradebook: Path) -> None:
    """And the instructor is told."""
    gradebook.write_text(GRADEBOOK.replace("12.00", "EX"), encoding="utf-8")

    lines, left_out = run(
        work_of(row_of(key="501"), worksheet=gradebook, settings={"column": "Lab 4"})
    )

    assert lines[3][-1] == "EX"
    assert "excused" in left_out[0].reason


def test_only_name_is_in_the_second_column(tmp_path: Path) -> None:
    """Somebody without a last name stands in the list all the same."""
    path = tmp_path / "gradebook.csv"
    header = "LastName,FirstName,ID,SIS Login ID,Section,Lab 4 (42)"
    path.write_text(f"{header}\n,Teller,501,t,M1,\n", encoding="utf-8")

    lines, left_out = run(work_of(row_of(key="501"), worksheet=path, settings={"column": "Lab 4"}))

    assert (lines[1][-1], left_out) == ("80", [])


@pytest.mark.parametrize(("name", "other"), [("राम", "मार"), ("रानी", "रन"), ("שָׁלוֹם", "שילום")])
def test_names_that_differ_in_a_vowel_sign_are_others(
    gradebook: Path, name: str, other: str
) -> None:
    """In many scripts vowels stand above and below the letters."""
    gradebook.write_text(GRADEBOOK.replace("Roy, Ben", other), encoding="utf-8")
    row = row_of("a", 10.0, student=Student(name=name))

    _, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert len(left_out) == 1


def test_who_is_not_in_it_is_told(gradebook: Path) -> None:
    """By name, as far as it is known."""
    row = row_of("z", 10.0, student=Student(name="Zoe Nobody"))

    _, left_out = run(work_of(row, worksheet=gradebook, settings={"column": "Lab 4"}))

    assert left_out == [LeftOut("z", "Zoe Nobody is not in the worksheet, or not only once")]


def test_two_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    """A name that stands there twice says nothing."""
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
    """With a word that it is no gradebook of Canvas, or no table."""
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError):
        run(work_of(row_of(), worksheet=path))


def test_column_that_is_read_only_is_refused(tmp_path: Path) -> None:
    """Canvas would drop all of it without a word."""
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
    """Names in two columns, and everything that an account can switch on."""
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
    """And decimal commas; what is written has commas and points, which Canvas reads everywhere."""
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
    """Whatever rounding does to 99.999."""
    lines, _ = run(work_of(row_of(key="1", score=score), max_score=maximum))

    points = float(lines[2][-1])
    assert (points == maximum) == (score == 100)
    assert abs(points - score * maximum / 100) < 0.01
    assert len(lines[2][-1].partition(".")[2]) <= 2
