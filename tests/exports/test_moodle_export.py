"""The Moodle worksheet, filled in: nothing changes except grades and feedback."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from class_fakes import ASSIGNMENT, make_outline
from fakes import check_result, make_report
from lxml import etree  # type: ignore[import-untyped]  # has no type information

from grader.errors import UsageError
from grader.exports.format import ExportedFile, Item, LeftOut, Work
from grader.exports.moodle import export
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Origin, Row, Student
from grader.report.model import Report, Status, Visibility

HEADER = (
    "Identifier,Full name,ID number,Email address,Status,Group,Grade,Maximum Grade,"
    "Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments"
)
DATE = '"Tuesday, 24 November 2026, 10:07 AM"'
WORKSHEET = f"""\
{HEADER}
Participant 1001,"O'Brien, Zoë",m1,zoe@example.edu,Submitted for grading,Red,,20.00,Yes,{DATE},-,
Participant 1002,Ben Roy,m2,ben@example.edu,Submitted,Blue,7.00,20.00,Yes,{DATE},-,<p>old</p>
Participant 1003,Ada Lee,m3,ada1@example.edu,No submission,Red,,20.00,Yes,-,-,
Participant 1004,Ada Lee,m4,ada2@example.edu,Submitted for grading,,,20.00,Yes,{DATE},-,
"""
REPORT = make_report(
    check_result("update/a", max_points=75.0),
    check_result(
        "update/b",
        Status.FAILED,
        max_points=25.0,
        message="w <moved> & stayed",
        hint="Clear it.\x00",
    ),
)


def row_of(
    id_: str = "a",
    score: float | None = 75.0,
    *,
    key: str = "",
    name: str = "",
    student: Student | None = None,
    members: tuple[Student, ...] = (),
) -> Row:
    """Make a row as a batch does."""
    figures = ClassFigures()
    figures.add(
        make_outline(score=score, max_score=100.0),
        id=id_,
        student=student or Student(),
        file="lab4.py",
        members=members,
        origin=Origin(system="moodle", key=key, name=name) if key else Origin(),
    )
    return figures.finish(assignment=ASSIGNMENT, max_score=100, function_names=()).rows[0]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[list[list[str]], list[LeftOut]]]:
    """Fill in a worksheet, and read it back."""

    def fill_in(
        *rows: Row, text: str = WORKSHEET, report: Report = REPORT, **settings: str
    ) -> tuple[list[list[str]], list[LeftOut]]:
        path = tmp_path / "worksheet.csv"
        path.write_bytes(text.encode())
        work = Work(
            assignment=ASSIGNMENT,
            max_score=100.0,
            items=tuple(Item(row=row, read=lambda: report) for row in rows),
            worksheet=path,
            settings={name.replace("_", "-"): value for name, value in settings.items()},
        )
        made = list(export(work))
        (file,) = [one for one in made if isinstance(one, ExportedFile)]
        (tmp_path / "filled.csv").write_bytes(file.content)
        lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
        return lines, [one for one in made if isinstance(one, LeftOut)]

    return fill_in


Run = Callable[..., tuple[list[list[str]], list[LeftOut]]]
ORIGINAL = list(csv.reader(io.StringIO(WORKSHEET, newline="")))


def test_nothing_changes_but_grade_and_feedback(run: Run) -> None:
    """Every cell stays as it was, except grade and feedback of lines with a new score."""
    lines, left_out = run(row_of(key="1001", name="OBrien Zoë"))

    grade, feedback = lines[0].index("Grade"), lines[0].index("Feedback comments")
    changed = {
        (place, column)
        for place, line in enumerate(lines)
        for column, cell in enumerate(line)
        if cell != ORIGINAL[place][column]
    }
    assert changed == {(1, grade), (1, feedback)}
    assert lines[1][grade] == "15"
    assert left_out == []


def test_form_of_the_file_stays(tmp_path: Path) -> None:
    """A worksheet without new scores keeps every byte, with byte order mark and line ends."""
    path = tmp_path / "worksheet.csv"
    data = b"\xef\xbb\xbf" + WORKSHEET.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    work = Work(assignment=ASSIGNMENT, max_score=100.0, items=(), worksheet=path)

    (file,) = export(work)

    assert isinstance(file, ExportedFile)
    assert file.content == data


def test_feedback_is_markup_with_escaped_student_text(run: Run) -> None:
    """The feedback is well-formed markup in which all text of the student's is escaped."""
    lines, _ = run(row_of(key="1001", name="OBrien Zoë"))

    root = etree.fromstring(lines[1][-1])
    text = "".join(root.itertext())
    assert "w <moved> & stayed" in text
    assert "75 of 100 points" in text
    assert {element.tag for element in root.iter()} <= {"div", "p", "strong", "ul", "li", "em"}


def test_feedback_can_be_left_alone(run: Run) -> None:
    """With feedback=no, comments that are in the worksheet stay."""
    lines, _ = run(row_of(key="1002", name="Ben Roy"), feedback="no")

    assert (lines[2][-1], lines[2][6]) == ("<p>old</p>", "15")


def test_points_that_are_not_shown_yet_are_announced(run: Run) -> None:
    """The feedback says how many points wait, and nothing about the waiting check."""
    later = check_result(
        "update/c", Status.FAILED, message="secret", visibility=Visibility.AFTER_DUE_DATE
    )

    lines, _ = run(row_of(key="1001", name="OBrien Zoë"), report=make_report(check_result(), later))

    assert "1 more point depends on checks shown after the due date" in lines[1][-1]
    assert "secret" not in lines[1][-1]


def test_blind_marking_uses_the_number_alone(run: Run) -> None:
    """With blind marking, when there are no names, the participant number finds the line."""
    text = "\n".join(
        line.replace('"O\'Brien, Zoë",m1,zoe@example.edu', ",,") for line in WORKSHEET.split("\n")
    )

    lines, left_out = run(row_of(key="1001"), text=text)

    assert lines[1][6] == "15"
    assert left_out == []


def test_team_has_its_score_in_each_line_of_its_group(run: Run) -> None:
    """A team is found by its name, not its group number, which may equal a participant's."""
    lines, left_out = run(row_of(key="1002", name="Red"))

    assert [line[6] for line in lines[1:]] == ["15", "7.00", "15", ""]
    assert left_out == []


@pytest.mark.parametrize("team", ["C", "3-12", "+++", "Team A", "A/B", "a_b"])
def test_teams_of_similar_names_are_not_confused(run: Run, team: str) -> None:
    """A team matches only lines whose group has exactly the name in the download's folder."""
    groups = ["C", "C++", "C#", "3-12", "12-3", "+++", "Team A", "A Team", "A/B", "B/A", "a b"]
    lines = [
        f"Participant {number},N {number},m,e{number}@x.edu,Submitted,{group},,20.00,Yes,-,-,"
        for number, group in enumerate(groups, start=1)
    ]
    in_folder = team.replace("/", "")

    filled, left_out = run(row_of(key="999", name=in_folder), text="\n".join([HEADER, *lines, ""]))

    assert left_out == []
    assert [line[5] for line in filled[1:] if line[6]] == [team.replace("_", " ")]


def test_line_that_occurs_twice_is_left_out(run: Run) -> None:
    """If a participant has two lines, as in two joined downloads, neither gets a score."""
    first, *others = WORKSHEET.splitlines()
    text = "\n".join([first, others[0], *others, ""])

    lines, left_out = run(row_of(key="1001"), text=text)

    assert [line[6] for line in lines[1:3]] == ["", ""]
    assert len(left_out) == 1


def test_no_text_ends_its_cell_for_php(run: Run) -> None:
    """Feedback has no quotes or backslashes, with which PHP could misread the end of a cell."""
    text = 'print("\\"hi\\"") \\"\r\n"Participant 1002","x\\'
    report = make_report(check_result("update/a", Status.FAILED, message=text, max_points=100.0))

    lines, _ = run(row_of(key="1001", name="OBrien Zoë"), report=report)

    assert '"' not in lines[1][-1]
    assert "\\" not in lines[1][-1]
    shown = "".join(etree.fromstring(lines[1][-1]).itertext())
    assert text.replace("\r\n", "\n") in shown


def test_cells_that_php_wrote_come_back_as_they_were(tmp_path: Path) -> None:
    """Cells with quotes after backslashes, as PHP writes them, come back unchanged."""
    header = HEADER.replace(",Feedback", ",Online text,Feedback")
    line = (
        'Participant 1001,"Zoë B",m1,z@x.edu,Submitted,,,20.00,Yes,-,-,'
        '"<p>say \\"hi, you\\"</p>",""'
    )
    path = tmp_path / "worksheet.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    work = Work(
        assignment=ASSIGNMENT,
        max_score=100.0,
        items=(Item(row=row_of(key="1001", name="Zoë B"), read=lambda: REPORT),),
        worksheet=path,
        settings={"feedback": "no"},
    )

    (file,) = export(work)

    assert isinstance(file, ExportedFile)
    assert file.content.decode() == f"{header}\n{line.replace(',,20.00', ',15,20.00')}\n"


def test_team_name_without_letters_matches_no_line(run: Run) -> None:
    """A team name without letters doesn't match the lines that have no group."""
    lines, left_out = run(row_of(key="55", name="***"))

    assert lines == ORIGINAL
    assert len(left_out) == 1


def test_number_with_another_name_is_not_used(run: Run) -> None:
    """The number of an unknown group doesn't match the participant with that number."""
    lines, left_out = run(row_of(key="1002", name="Team Unknown"))

    assert lines[2][6] == "7.00"
    assert left_out == [
        LeftOut("a", "Team Unknown is not in the worksheet, or is in it more than once")
    ]


@pytest.mark.parametrize(
    ("student", "place"),
    [
        (Student(id="m4"), 4),
        (Student(email="ADA1@example.edu"), 3),
        (Student(name="Zoë O'Brien"), 1),
        (Student(name="ada lee"), None),
        (Student(), None),
    ],
)
def test_students_from_elsewhere_are_found_by_id_email_or_name(
    run: Run, student: Student, place: int | None
) -> None:
    """Students of other systems are found by id, email or name if only one line matches."""
    lines, left_out = run(row_of(student=student))

    assert [index for index, line in enumerate(lines) if line[6] == "15"] == (
        [] if place is None else [place]
    )
    assert bool(left_out) == (place is None)


def test_fault_of_the_grader_leaves_the_line_alone(run: Run) -> None:
    """A fault of the grader changes nothing in the line, and is never a zero."""
    lines, left_out = run(row_of(key="1002", name="Ben Roy", score=None))

    assert lines == ORIGINAL
    assert "no score" in left_out[0].reason


GERMAN = """\
ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,\
Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar
Teilnehmer/in1001,Zoë Bär,zoe@example.edu,Zur Bewertung abgegeben,,"20,00",Ja,-,-,
"""
UNKNOWN = """\
Tunniste,Koko nimi,Tila,Arvosana,Maksimiarvosana,Voi muuttaa,Viimeksi (arvosana),Palaute
Osallistuja 1001,Zoë Bär,Palautettu,,20.00,Kyllä,-,
Osallistuja 1002,Ben Roy,Palautettu,3.00,20.00,Kyllä,-,
"""


def test_worksheets_of_other_languages_are_filled_in(run: Run) -> None:
    """The names of the columns are known in common languages."""
    lines, left_out = run(row_of(key="1001", name="Zoë Bär"), text=GERMAN)

    assert lines[1][4] == "15"
    assert lines[1][-1].startswith("<div>")
    assert left_out == []


def test_unknown_language_is_read_by_what_is_in_the_columns(run: Run) -> None:
    """In an unknown language, grades are the column before the maximum."""
    lines, _ = run(row_of(key="1001", name="Zoë Bär"), text=UNKNOWN, feedback="no")
    named, _ = run(row_of(key="1001"), text=UNKNOWN, feedback_column="Palaute")

    assert (lines[1][3], lines[1][-1]) == ("15", "")
    assert named[1][-1].startswith("<div>")


@pytest.mark.parametrize("graded_at", ["Viimeksi (arvosana)", "Last modified (grade)"])
def test_unknown_column_of_the_feedback_is_asked_for(run: Run, graded_at: str) -> None:
    """Feedback is not dropped without a word because its column has an unknown title."""
    text = UNKNOWN.replace("Viimeksi (arvosana)", graded_at)

    with pytest.raises(UsageError, match=r"feedback-column=NAME.*feedback=no: Tunniste"):
        run(row_of(key="1001"), text=text)


def test_worksheet_without_feedback_needs_no_column_for_it(run: Run) -> None:
    """If nothing follows the time of the last grade, the site asks for no feedback."""
    lines, _ = run(
        row_of(key="1001", name="Zoë Bär"), text=GERMAN.replace(",Feedback als Kommentar", "")
    )

    assert lines[1][4] == "15"


def test_grades_are_not_guessed_if_two_columns_can_be_theirs(run: Run) -> None:
    """A group with a number in each line looks like a maximum."""
    text = "Tunniste,Koko nimi,Numero,Ryhmä,Arvosana,Maksimi\nO 1,Zoë Bär,7,12,,20.00\n"

    with pytest.raises(UsageError, match="grade-column=NAME: Tunniste"):
        run(row_of(key="1"), text=text)


RUSSIAN = """\
Идентификатор,Полное имя,Адрес электронной почты,Состояние,Оценка,Максимальная оценка,\
Оценка может быть изменена,Последнее изменение (ответ),Последнее изменение (оценка),\
Отзыв в виде комментария
Участник 1001,Zoë Bär,zoe@example.edu,x,,"20,00",Да,-,-,
"""


@pytest.mark.parametrize("text", [RUSSIAN, RUSSIAN.replace("Адрес электронной почты", "X")])
def test_columns_have_the_words_of_a_language_pack(run: Run, text: str) -> None:
    """A site in Russian gets its grades and feedback without a setting."""
    lines, left_out = run(row_of(key="1001", name="Zoë Bär"), text=text)

    assert lines[1][4] == "15"
    assert lines[1][-1].startswith("<div>")
    assert left_out == []


@pytest.mark.parametrize("kind", ["name", "email", "id", "group"])
def test_column_that_identifies_students_can_be_named(run: Run, kind: str) -> None:
    """In an unknown language, the columns by which students are found can be given."""
    text = "Identifier,Grade,Maximum Grade,Last modified (grade),Tieto\nP 7,,20.00,-,zoe\n"
    rows = {
        "name": row_of(student=Student(name="zoe")),
        "email": row_of(student=Student(email="zoe")),
        "id": row_of(student=Student(id="zoe")),
        "group": row_of(key="5", name="zoe"),
    }

    lines, left_out = run(rows[kind], text=text, **{f"{kind}_column": "Tieto", "feedback": "no"})

    assert lines[1][1] == "15"
    assert left_out == []


def read_as_php(text: str) -> list[list[str]]:
    """Read a file as PHP's ``fgetcsv`` does, for which a backslash escapes a quote."""
    # A cell without its last quote goes on to the end of the file.
    cell = re.compile(r"""(?:"((?:[^"\\]|""|\\.)*+)(?:"|\Z))?([^,\r\n]*)(,|\r?\n|\Z)""", re.DOTALL)
    lines: list[list[str]] = []
    place, is_new = 0, True
    while place < len(text):
        found = cell.match(text, place)
        assert found is not None
        if is_new:
            lines.append([])
        lines[-1].append((found[1] or "").replace('""', '"') + found[2])
        place, is_new = found.end(), found[3] != ","
    return lines


@pytest.mark.parametrize("cell", ['"old ""words"" \\"', '"f(""a\\""b"", 1)\n"', '"\\"'])
@pytest.mark.parametrize("settings", [{}, {"feedback": "no"}])
def test_cell_that_php_misreads_does_not_shift_the_others(
    run: Run, tmp_path: Path, cell: str, settings: dict[str, str]
) -> None:
    """Moodle reads all lines, whatever an earlier comment or a text that was handed in ends in."""
    header = HEADER.replace(",Last modified (grade)", ",Online text,Last modified (grade)")
    line = "Participant {},Zoë B,m1,z@x.edu,Submitted,,,20.00,Yes,-,{},-,{}"
    text = "\n".join([header, line.format(1001, cell, '""'), line.format(1002, "x", cell), ""])
    assert [len(one) for one in read_as_php(text)] != [len(ORIGINAL[0]) + 1] * 3

    run(row_of(key="1001", name="Zoë B"), text=text, **settings)

    lines = read_as_php((tmp_path / "filled.csv").read_text(encoding="utf-8"))
    assert [len(one) for one in lines] == [len(ORIGINAL[0]) + 1] * 3
    assert [one[0] for one in lines[1:]] == ["Participant 1001", "Participant 1002"]
    assert "&#92;" in lines[2][-1]


def test_equal_dates_are_not_a_scale(run: Run) -> None:
    """If no maximum follows the grades, the next column has the same date in every line."""
    text = f"Identifier,Grade,Last modified (grade)\nP 7,,{DATE}\nP 8,,{DATE}\n"

    lines, _ = run(row_of(key="7", name="Zoë"), text=text)

    assert lines[1][1] == "75"


def test_column_can_be_named(run: Run) -> None:
    """The column of the grades can be given by its name, which must exist."""
    settings = {"grade_column": "Arvosana", "feedback": "no"}
    lines, _ = run(row_of(key="1001"), text=UNKNOWN, **settings)

    assert lines[1][3] == "15"
    with pytest.raises(UsageError, match='no column "Note"'):
        run(row_of(key="1001"), text=UNKNOWN, grade_column="Note")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER.replace("Maximum Grade", "Scale") + "\n", "scale"),
        ('Identifier,Bewertung,Skala,X\nT 1,,"schlecht, gut",\n', "scale"),
        ('Identifier,Grade,Skale,X\nT 1,,"bad, good",\n', "scale"),
        ('Tunniste,Nimi,Grade,Asteikko,X\nT 1,A,,"huono\nhyvä",\nT 2,B,,"huono\nhyvä",\n', "scale"),
        (RUSSIAN.replace("Максимальная оценка", "Шкала"), "scale"),
        ("a,b,c\nd,e,f\n", "grade-column"),
        ("", "empty"),
    ],
)
def test_worksheets_that_can_not_be_filled_in_are_refused(run: Run, text: str, why: str) -> None:
    """A worksheet that can't be filled in is refused, and the message says why."""
    with pytest.raises(UsageError, match=why):
        run(row_of(key="1001"), text=text)


def test_worksheet_is_never_made_from_scratch() -> None:
    """Without a worksheet the export is refused, as every site has its own column names."""
    with pytest.raises(UsageError, match="--worksheet"):
        list(export(Work(assignment=ASSIGNMENT, max_score=100.0, items=())))


def test_worksheet_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """A worksheet that a spreadsheet saved in another encoding is refused, to protect names."""
    path = tmp_path / "worksheet.csv"
    path.write_bytes(WORKSHEET.encode("cp1252"))

    with pytest.raises(UsageError, match="UTF-8"):
        list(export(Work(assignment=ASSIGNMENT, max_score=100.0, items=(), worksheet=path)))
