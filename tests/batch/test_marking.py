"""``grader mark``: marks are checked, kept by answer, and shown wherever the class is."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from fakes import check_result, make_report
from hypothesis import given
from hypothesis import strategies as st
from manual_samples import make_notebook, marked_item, waiting_item, write_assignment

from grader.batch.marking import mark_class, open_marks
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.checks.manual_answers import manual_items
from grader.cli.grader import command
from grader.outputs.class_files import write_class_files
from grader.outputs.marks_table import guard, read_marks_file, unguard, write_marks_table
from grader.outputs.pages.student_page import render_student_page
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.csv_dialect import CsvDialect
from grader.report.manual import with_items
from grader.report.marks import ClassAnswer
from grader.report.model import ManualMark, ManualStatus, Report
from grader.report.outline import read_outline
from grader.report.schema import read_report, report_to_json
from grader.report.summary_file import read_summary

ANSWERS = {"ada": "By the chain rule.", "bob": "By the chain rule.", "cyd": "No idea.", "dan": None}


@pytest.fixture(name="lab", scope="module")
def make_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assignment with two answers that a person marks."""
    return write_assignment(tmp_path_factory.mktemp("lab"))


def grade(folder: Path, lab: Path, answers: Mapping[str, str | None] = ANSWERS) -> ClassSummary:
    """Write the class as a batch does, without grading anything: all functions are right."""
    folder.mkdir(exist_ok=True)
    assignment, store, figures = load_assignment(lab), ReportStore(folder), ClassFigures()
    marks = open_marks(folder)
    for name, text in answers.items():
        notebook = make_notebook(text).encode()
        report = with_items(
            make_report(check_result("double/is-right", max_points=3.0)),
            manual_items(assignment.manual, (), notebook),
        )
        page = render_student_page(report, notebook=notebook)
        outline = store.keep(name, report_to_json(report).encode(), page.encode())
        student = Student(id=f"m-{name}", name=name.title(), email=f"{name}@example.edu")
        figures.add(outline, id=name, student=student, file="lab.ipynb")
    summary = figures.finish(
        assignment=assignment.info, max_score=assignment.points, function_names=("double",)
    )
    summary = mark_class(summary, store, marks)
    write_class_files(summary, folder)
    return summary


@pytest.fixture(name="results")
def make_results(tmp_path: Path, lab: Path) -> Path:
    """The folder of a class that was graded."""
    grade(tmp_path / "results", lab)
    return tmp_path / "results"


def run(*arguments: object) -> Result:
    """Run ``grader mark``."""
    return CliRunner().invoke(command, ["mark", *map(str, arguments)], prog_name="grader")


def report_of(results: Path, name: str) -> Report:
    """Return a report as it is on the disk."""
    return read_report(results / "reports" / f"{name}.json")


def export(results: Path, *options: str, name: str = "marks.csv") -> list[dict[str, str]]:
    """Export the answers, and return the rows of the table."""
    target = results.parent / name
    found = run(results, "--export", target, *options)
    assert found.exit_code == 0, found.output
    return list(csv.DictReader(io.StringIO(target.read_bytes().decode("utf-8-sig"), newline="")))


def give(results: Path, *rows: Mapping[str, str], options: tuple[str, ...] = ()) -> Result:
    """Give marks in a table."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerows(rows)
    path = results.parent / "given.csv"
    path.write_bytes(file.getvalue().encode())
    return run(results, path, *options)


def why(student: str, points: str, **more: str) -> dict[str, str]:
    """Return a row that marks a student's answer."""
    return {"unit": "why", "student": student, "points": points, **more}


# --- export -------------------------------------------------------------------------------


def test_equal_answers_have_one_row_and_nobody_is_named(results: Path) -> None:
    """A person marks a question for everybody, in an order that says nothing about them."""
    rows = export(results)

    assert [(row["unit"], row["students"]) for row in rows] == [
        *(("why", count) for count in [row["students"] for row in rows[:3]]),
        ("plot", "4"),
    ]
    assert sorted(row["students"] for row in rows[:3]) == ["1", "1", "2"]
    assert [row["answer"] for row in rows[:3]] == sorted(row["answer"] for row in rows[:3])
    text = (results.parent / "marks.csv").read_text().casefold()
    assert not any(name in text for name in ("m-ada", "cyd", "bob@"))


def test_names_are_there_if_asked_for(results: Path) -> None:
    """A course may not want to be blind."""
    who = {row["who"] for row in export(results, "--names")}

    assert "Ada (ada.html); Bob (bob.html)" in who


def test_the_gradebook_keeps_its_form(results: Path) -> None:
    """Marks are put into it with the separators that it was written with."""
    write_class_files(read_summary(results), results, dialect=CsvDialect.SEMICOLON)

    give(results, why("ada", "2.5"))

    assert ";2,5;" in (results / "gradebook.csv").read_text()


def test_only_what_waits_is_exported_if_asked_for(results: Path) -> None:
    """A second round has only new answers."""
    give(results, why("ada", "5"))

    assert len(export(results, "--waiting")) == 3


# --- giving marks -------------------------------------------------------------------------


def test_a_mark_is_in_report_page_gradebook_summary_and_stats(results: Path) -> None:
    """Everything that shows a class or a student has it; what waits still says so."""
    found = give(results, why("ada", "partly", comment="Which rule?"), options=("--by", "Eve"))

    assert found.exit_code == 0, found.output
    assert "marks: 1 new" in found.output
    for name in ("ada", "bob"):
        report = report_of(results, name)
        item = report.manual[0]
        assert (report.score, report.max_score) == (5.0, 10.0)
        assert (item.points, item.status) == (2.0, ManualStatus.MARKED)
        assert item.mark is not None
        assert (item.mark.level, item.mark.comment, item.mark.by) == (
            "partly",
            "Which rule?",
            "Eve",
        )
        page = (results / "reports" / f"{name}.html").read_text()
        assert "5 of 10 points so far</h1>" in page
        assert "Which rule?" in page
        assert page.count("The notebook") == 1
    assert report_of(results, "cyd").score == 3.0
    gradebook = (results / "gradebook.csv").read_text("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(gradebook))}
    assert (rows["ada"]["why"], rows["ada"]["score"], rows["ada"]["score_so_far"]) == ("2", "", "5")
    summary = read_summary(results)
    assert [(one.marked, one.waiting) for one in summary.manual] == [(2, 2), (0, 4)]
    assert summary.scores.mean == 4.0
    stats = CliRunner().invoke(command, ["stats", str(results)]).output
    assert "6 answers wait for a person, so 4 scores are not final" in stats
    assert "6 answers wait for a person" in (results / "index.html").read_text()


def test_once_all_is_marked_the_score_is_final(results: Path) -> None:
    """The gradebook has it, and nothing waits any more."""
    rows = [{**row, "points": "1"} for row in export(results)]

    found = give(results, *rows)

    assert found.exit_code == 0, found.output
    gradebook = (results / "gradebook.csv").read_text("utf-8-sig")
    assert {row["score"] for row in csv.DictReader(io.StringIO(gradebook))} == {"5"}
    page = (results / "reports" / "ada.html").read_text()
    assert "<h1>5 of 10 points</h1>" in page
    assert "for a person" not in page


def test_a_page_after_marking_is_the_page_of_the_marked_report(results: Path) -> None:
    """Nothing but what marks change was changed, and nothing of that was left."""
    give(results, why("ada", "2", comment="<b>No</b> & `so`"))

    notebook = make_notebook(ANSWERS["ada"]).encode()
    wanted = render_student_page(report_of(results, "ada"), notebook=notebook)
    assert (results / "reports" / "ada.html").read_text() == wanted


def test_levels_are_given_by_name_or_by_points(results: Path) -> None:
    """In either column; points of exactly one level are that level."""
    rows = [
        {"unit": "why", "student": "Ada", "points": "Complete", "level": ""},
        {"unit": "why", "student": "cyd@example.edu", "points": "", "level": "nothing"},
        {"unit": "why", "student": "m-dan", "points": "2,0", "level": ""},
    ]

    assert give(results, *rows).exit_code == 0

    items = [report_of(results, name).manual[0] for name in ("ada", "cyd", "dan")]
    assert [(one.points, one.mark and one.mark.level) for one in items] == [
        (5.0, "complete"),
        (0.0, "nothing"),
        (2.0, "partly"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (why("ada", "5.5"), "row 3: 5.5 points are not between 0 and 5"),
        (why("ada", "-1"), "row 3: -1 points are not between 0 and 5"),
        (why("ada", "nan"), "row 3: nan points are not between 0 and 5"),
        (why("ada", "much"), 'row 3: "much" is not a number of points, nor a level'),
        (why("ada", "1e400"), "row 3: 1e400 points are not between 0 and 5"),
        (why("zoe", "5"), 'row 3: there is no student "zoe"'),
        (why("", "5"), "row 3: neither an answer nor a student is named"),
        (why("ada", "", level="best"), 'row 3: why has no level "best"; known are complete'),
        (why("ada", "5", level="partly"), 'row 3: the level "partly" is worth 2, not 5'),
        (why("ada", "", comment="hm"), "row 3: there is a comment, but no points"),
        (why("ada", "1", comment="x" * 5000), "row 3: the comment has more than 4,000 characters"),
        ({**why("ada", "1"), "unit": "wy"}, 'row 3: there is no unit "wy"; known are why, plot'),
        ({**why("", "1"), "answer": "abc"}, 'row 3: "abc" does not identify an answer'),
        ({**why("ada", "1"), "answer": "0" * 64}, "row 3: ada has another answer than this one"),
        (why("bob", "4"), "row 3: the same answer has another mark in row 2"),
        ({**why("ada", "1"), "unit": "\x1b[31m"}, 'row 3: there is no unit "\\x1b[31m"'),
    ],
)
def test_a_wrong_row_is_one_line_and_no_mark_is_given(
    results: Path, row: dict[str, str], message: str
) -> None:
    """Neither that of the row nor that of any other; the line has the number of the row."""
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}

    found = give(results, why("ada", "5"), row)

    assert found.exit_code == 2
    assert sum(message in line for line in found.output.splitlines()) == 1, found.output
    assert {path: path.read_bytes() for path in before} == before


def test_all_wrong_rows_are_listed(results: Path) -> None:
    """A file can then be mended at once, not row by row."""
    found = give(results, *(why("ada", "9") for _ in range(30)))

    assert "row 2: " in found.output
    assert "and 10 more" in found.output


def test_a_mark_can_be_taken_back_and_an_empty_row_changes_nothing(results: Path) -> None:
    """Part of a table can be filled in and given at any time."""
    give(results, why("ada", "5"), why("cyd", "1"))

    found = give(results, why("ada", "-"), why("cyd", ""))

    assert "1 taken back" in found.output
    assert [report_of(results, name).manual[0].points for name in ("ada", "cyd")] == [None, 1.0]
    assert report_of(results, "ada").manual[0].outdated is None


def test_who_and_when_stay_if_a_mark_does_not_change(results: Path) -> None:
    """Giving a whole table back does not make its marks somebody else's."""
    give(results, why("ada", "5", marked_by="Eve"))
    before = (results / "marks.json").read_text()

    found = give(results, *export(results), options=("--by", "Mallory"))

    assert "1 unchanged" in found.output
    assert (results / "marks.json").read_text() == before


def test_marks_for_answers_that_are_gone_are_kept_and_listed(results: Path) -> None:
    """Somebody handed in again after the export."""
    found = give(results, {"unit": "why", "answer": "0" * 64, "points": "1"})

    assert found.exit_code == 1
    assert "nobody in the class has these answers now: row 2" in found.output
    assert "0" * 64 in (results / "marks.json").read_text()


def test_an_unknown_column_is_named(results: Path) -> None:
    """A misspelt title must not lose all comments without a word."""
    found = give(results, why("ada", "1", coment="lost"))

    assert "the column coment was not used" in found.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no column unit"),
        (b"unit,points\nwhy,3\n", "has no column answer or student"),
        (b"unit,student\nwhy,ada\n", "has no column points or level"),
        (b"unit,student,points,points\nwhy,ada,1,2\n", "has two columns points"),
        (b"\xff\xfeu\x00x", "is not UTF-8"),  # half a character of UTF-16
        (b"unit,answer,comment\nwhy,\xe4,x\n", "is not UTF-8"),
    ],
)
def test_a_file_that_is_not_a_table_of_marks_is_refused(
    results: Path, content: bytes, message: str
) -> None:
    """With the reason."""
    path = results.parent / "x.csv"
    path.write_bytes(content)

    found = run(results, path)

    assert (found.exit_code, message in found.output) == (2, True), found.output


def test_json_gives_the_same_marks(results: Path) -> None:
    """A program can mark with it; it has the whole answers."""
    target = results.parent / "marks.json"
    run(results, "--export", target)
    content = json.loads(target.read_text())
    for entry in content["marks"]:
        if "chain rule" in entry["text"]:
            entry.update(points=4.25, comment="a\r\nb \N{PARTY POPPER}")
    target.write_text(json.dumps(content))

    assert run(results, target).exit_code == 0

    mark = report_of(results, "bob").manual[0].mark
    assert mark is not None
    assert (mark.points, mark.comment) == (4.25, "a\r\nb \N{PARTY POPPER}")
    target.write_text('{"marks": [{"unit": "why", "student": "ada", "points": true}]}')
    assert 'entry 1: "True" is not a number' in run(results, target).output


def test_a_class_without_such_answers_is_refused(tmp_path: Path, results: Path) -> None:
    """There is nothing to give points for; and a file and --export don't go together."""
    summary = msgspec.structs.replace(read_summary(results), manual=())
    (tmp_path / "other").mkdir()
    write_class_files(summary, tmp_path / "other")

    assert "nothing in" in run(tmp_path / "other").output
    assert run(results, "a.csv", "--export", "b.csv").exit_code == 2


# --- regrading ----------------------------------------------------------------------------


def test_marks_last_as_long_as_the_answer_does(results: Path, lab: Path) -> None:
    """A regrade keeps them; a changed answer asks again and shows the old mark as outdated."""
    give(results, why("ada", "5", comment="Good."), why("cyd", "1"))

    summary = grade(results, lab, {**ANSWERS, "ada": "By magic.", "zoe": "No idea."})

    ada, bob, zoe = (report_of(results, name).manual[0] for name in ("ada", "bob", "zoe"))
    assert (ada.points, ada.status, bob.points, zoe.points) == (None, ManualStatus.WAITING, 5, 1)
    assert ada.outdated is not None
    assert (ada.outdated.points, ada.outdated.comment) == (5.0, "Good.")
    assert report_of(results, "ada").score == 3.0
    assert (
        "An earlier answer was given 5 of 5 points"
        in (results / "reports" / "ada.html").read_text()
    )
    assert {row.id: row.score for row in summary.rows}["zoe"] == 4.0
    (row,) = [row for row in export(results) if "magic" in row["text"]]
    assert (row["points"], row["remark"]) == ("", "an earlier answer was given 5 of 5 (Good.)")

    grade(results, lab)  # the first answer again
    assert report_of(results, "ada").manual[0].points == 5.0


def test_what_is_changed_in_marks_json_is_applied_by_the_next_batch(
    results: Path, lab: Path
) -> None:
    """The file has the marks, and everything else copies of them."""
    give(results, why("ada", "5"))
    path = results / "marks.json"
    path.write_text(path.read_text().replace('"points": 5.0', '"points": 4.0'))

    grade(results, lab)

    assert report_of(results, "bob").score == 7.0


def test_a_mark_out_of_the_range_of_a_changed_assignment_does_not_count(
    results: Path, lab: Path
) -> None:
    """It is shown as outdated, and the answer waits."""
    give(results, why("ada", "5"))
    path = results / "marks.json"
    path.write_text(path.read_text().replace('"points": 5.0', '"points": 6.0'))

    grade(results, lab)

    item = report_of(results, "ada").manual[0]
    assert (item.points, item.outdated and item.outdated.points) == (None, 6.0)


def test_damaged_marks_stop_a_batch_before_it_writes_anything(results: Path) -> None:
    """They would be lost without a word otherwise."""
    (results / "marks.json").write_text("{")

    found = give(results, why("ada", "5"))

    assert found.exit_code == 2
    assert "is not a file of marks" in found.output
    assert (results / "marks.json").read_text() == "{"


# --- tables -------------------------------------------------------------------------------

COMMENTS = st.text(
    st.one_of(st.sampled_from("=+-@';,\t\n\r \"\\\N{FULLWIDTH EQUALS SIGN}\0"), st.characters()),
    max_size=30,
).filter(lambda text: text.encode("utf-8", "ignore").decode() == text and "\0" not in text)


@given(COMMENTS)
def test_a_comment_comes_back_exactly_and_is_never_a_formula(text: str) -> None:
    """Whatever a marker writes, in every form of a table."""
    assert unguard(guard(text)) == text
    assert not guard(text).lstrip(" \t\r\n").startswith(("=", "+", "-", "@"))


@given(COMMENTS, st.sampled_from(("excel", "excel-semicolon", "excel-tab")))
def test_a_table_comes_back_exactly(comment: str, dialect: str) -> None:
    """Also with line ends, quotes and separators in a comment, and with a byte order mark."""
    item = marked_item(2.3333333333333335, comment=comment)
    table = write_marks_table([ClassAnswer(item=item, rows=())], dialect=CsvDialect(dialect))

    ((line,), unknown) = read_marks_file(table, "marks.csv")

    assert table.startswith(b"\xef\xbb\xbf")
    assert (line.comment, line.unit, line.answer) == (comment, "why", "a" * 64)
    assert float(line.points.replace(",", ".")) == 2.3333333333333335
    assert not unknown


def test_answers_are_no_formulas_either() -> None:
    """A student's text is guarded, and control characters are visible."""
    item = waiting_item(answer='=cmd()|"x"!A1\n@sum\x1b[31m;=1')
    table = write_marks_table([ClassAnswer(item=item, rows=())]).decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["text"] == "'=cmd()|\"x\"!A1\n'@sum\\x1b[31m;'=1"


def test_old_reports_have_no_answers() -> None:
    """A report of an earlier version can be read."""
    report = json.loads(report_to_json(make_report()))
    del report["manual"]

    assert read_outline(json.dumps(report).encode()).manual == ()
    assert ManualMark(points=1.0).comment == ""
