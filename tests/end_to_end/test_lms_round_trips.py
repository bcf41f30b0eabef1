"""What an LMS exports in, its own file out: nobody is lost, and every score is in the right row.

Everything is real but the grading: a submission's score is made of its bytes, so that no two are
equal and a score in the wrong row would be seen.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import lms_samples
import pytest
from fakes import check_result, make_report
from lms_samples import FIRST_USER, PEOPLE, Expected, students

from grader.batch import run as batch_run
from grader.batch.collectors.choose import collect
from grader.batch.roster import Roster, make_roster
from grader.batch.run import Batch, grade_class
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.exports.format import ExportedFile, LeftOut
from grader.exports.registry import load_format
from grader.exports.source import open_work
from grader.pool.local_pool import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.class_model import ClassSummary
from grader.report.model import ReportStatus, Status
from grader.report.schema import report_to_json

Grade = Callable[..., ClassSummary]


def points_of(content: bytes | None) -> float:
    """Make a score of a submission's bytes; what can't be read is worth 0."""
    if content is None:
        return 0.0
    return int.from_bytes(hashlib.sha256(content).digest()[:4], "big") % 9900 / 100 + 1


def _grade_all(tasks: Iterable[Job], **_: object) -> Iterator[tuple[Job, GradeResult]]:
    for task in tasks:
        grade = task.request
        points = points_of(None if grade.problem else grade.data)
        report = make_report(
            check_result("update/a", Status.FAILED, points=points, max_points=100.0),
            status=ReportStatus.UNREADABLE if grade.problem else ReportStatus.GRADED,
            score=points,
            max_score=100.0,
            error=grade.problem,
            key=grade.key,
        )
        yield task, GradeResult(report=report_to_json(report).encode())


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GradeRequest:
    """Grade an export as `grader batch` does, into the folder ``out``."""
    monkeypatch.setattr(batch_run, "grade_all", _grade_all)
    assignment = load_assignment()

    def run(path: Path, roster: Roster | None = None, **how: str) -> ClassSummary:
        out = tmp_path / "out"
        job = Batch(
            assignment=assignment,
            collection=collect([path], stem="lab4", out=out, **how),  # type: ignore[arg-type]
            setup=PoolSettings(assignment="lab4"),
            jobs=1,
            roster=roster,
        )
        return grade_class(job, ReportStore(out), on_progress=lambda *_: None)

    return run


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., tuple[list[list[str]], list[LeftOut]]]:
    """Export the folder ``out``, and read the table that comes of it."""

    def run(
        name: str, worksheet: list[list[str]] | None = None, **settings: str
    ) -> tuple[list[list[str]], list[LeftOut]]:
        path = None
        if worksheet is not None:
            path = tmp_path / "worksheet.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(worksheet)
        work = open_work(tmp_path / "out", worksheet=path, settings=settings)
        made = list(load_format(name)(work))
        (file_,) = [one for one in made if isinstance(one, ExportedFile)]
        text = file_.content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline="")))
        return lines, [one for one in made if isinstance(one, LeftOut)]

    return run


Export = Callable[..., tuple[list[list[str]], list[LeftOut]]]


def canvas_gradebook() -> list[list[str]]:
    """The class in Canvas's own gradebook, and one who handed in nothing."""
    info = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    lines = [
        [*info, "Quiz (1)", "Lab 4 (2)"],
        ["    Points Possible", "", "", "", "", "5", "50"],
    ]
    for number, (first, last) in enumerate(PEOPLE):
        sortable = f"{last}, {first}" if last else first
        name = f'="{sortable}"' if sortable.startswith("=") else sortable
        lines.append([name, str(FIRST_USER + number), "", f"u{number}", "M1", "3", ""])
    return [*lines, ["Missing, Mia", "99", "", "mia", "M1", "", "1"]]


@pytest.mark.parametrize("name", ["submissions.zip", "submissions"])
def test_canvas_in_and_out(grade: Grade, export: Export, tmp_path: Path, name: str) -> None:
    """Into the gradebook that was downloaded, in the points that it gives."""
    truth = lms_samples.make_canvas(tmp_path / name)

    summary = grade(tmp_path / name)
    lines, left_out = export("canvas", canvas_gradebook(), column="Lab 4")

    assert left_out == []
    assert len(summary.rows) == len(truth) >= 30
    scores = {line[1]: line[5] for line in lines[2:]}
    assert {key: float(points) for key, points in scores.items()} == {
        "99": 1.0,
        **{one.key: pytest.approx(points_of(one.content) / 2, abs=0.005001) for one in truth},
    }


def test_canvas_out_without_its_gradebook(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """The ids in the names of the files are enough."""
    truth = lms_samples.make_canvas(tmp_path / "submissions.zip")

    summary = grade(tmp_path / "submissions.zip")
    lines, _ = export("canvas")

    assert {line[1]: float(line[5]) for line in lines[2:]} == {
        one.key: pytest.approx(points_of(one.content)) for one in truth
    }
    late = {row.origin.key for row in summary.rows if row.origin.is_late}
    assert late == {one.key for one in truth if one.is_late}
    assert late == {row.origin.key for row in summary.rows if "handed in late" in row.notes}


def test_number_of_canvas_is_no_id_of_the_school(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """Number 4104 on the roster is somebody else, and so is nobody of the class."""
    truth = lms_samples.make_canvas(tmp_path / "submissions.zip")
    roster = make_roster([lms_samples.Student(id="4104", name="Somebody Else")])

    summary = grade(tmp_path / "submissions.zip", roster)
    lines, _ = export("csv")
    table, _ = export("canvas")

    student_id = lines[0].index("student_id")
    assert [line[student_id] for line in lines[1:] if line[student_id]] == ["4104"]
    assert summary.statuses["not_handed_in"] == 1
    assert {line[1] for line in table[2:]} == {"", *(one.key for one in truth)}


def moodle_worksheet(truth: list[Expected], *, is_blind: bool = False, teams: bool = False) -> (
    list[list[str]]
):  # fmt: skip
    """The class in a grading worksheet, and one who handed in nothing."""
    header = ["Identifier", "Full name", "Email address", "Status", "Group", "Grade"]
    header += ["Maximum Grade", "Grade can be changed", "Last modified (submission)"]
    header += ["Last modified (grade)", "Feedback comments"]
    lines = [header]
    for number, (one, student) in enumerate(zip(truth, students(), strict=True)):
        name, email = ("", "") if is_blind else (student.name, student.email)
        group = one.name if teams else ""
        key = str(77_000 + number) if teams else one.key
        line = [f"Participant {key}", name, email, "Submitted for grading", group, "", "20.00"]
        lines.append([*line, "Yes", "Tuesday, 24 November 2026, 10:07 AM", "-", ""])
    last = ["Participant 5", "Missing, Mia", "mia@x.edu", "No submission", "", "3.00", "20.00"]
    return [*lines, [*last, "Yes", "-", "Monday", "<p>by hand</p>"]]


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"is_flat": True},
        {"is_blind": True},
        {"is_flat": True, "is_blind": True},
        {"ending": "_"},
        {"has_usernames": True},
        {"are_teams": True},
        {"are_teams": True, "is_flat": True},
    ],
    ids=lambda how: "-".join(how) or "folders",
)
def test_moodle_in_and_out(
    grade: Grade, export: Export, tmp_path: Path, how: dict[str, bool]
) -> None:
    """With nothing changed but grades and feedback."""
    truth = lms_samples.make_moodle(tmp_path / "moodle.zip", **how)  # type: ignore[arg-type]
    sheet = moodle_worksheet(
        truth, is_blind=how.get("is_blind", False), teams=how.get("are_teams", False)
    )

    summary = grade(tmp_path / "moodle.zip")
    lines, left_out = export("moodle", sheet)

    assert left_out == []
    assert len(summary.rows) == len(truth) >= 30
    assert [[*line[:5], *line[6:10]] for line in lines] == [
        [*line[:5], *line[6:10]] for line in sheet
    ]
    assert lines[-1] == sheet[-1]
    for line, one in zip(lines[1:-1], truth, strict=True):
        assert float(line[5]) == pytest.approx(points_of(one.content) / 5, abs=0.005001)
        assert one.reason in line[-1] if one.content is None else line[-1].startswith("<div>")


def test_gradescope_in_and_a_line_for_each_member(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """Groups share a submission, and each has the score."""
    truth = lms_samples.make_gradescope(tmp_path / "export.zip")

    grade(tmp_path / "export.zip")
    lines, _ = export("csv")

    student_id, score = lines[0].index("student_id"), lines[0].index("score")
    assert {line[student_id]: float(line[score]) for line in lines[1:]} == {
        person.id: pytest.approx(points_of(one.content)) for one in truth for person in one.people
    }
    assert len(lines) - 1 == len(students())


def test_github_classroom_in_with_a_roster_of_accounts(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """What is left of a folder's name is the account."""
    truth = lms_samples.make_github(tmp_path / "clones")
    accounts = [
        lms_samples.Student(id=one.key, name=one.people[0].name, email=one.people[0].email)
        for one in truth
    ]

    summary = grade(tmp_path / "clones", make_roster(accounts))
    lines, _ = export("csv")

    email, score = lines[0].index("email"), lines[0].index("score")
    assert {line[email]: float(line[score]) for line in lines[1:]} == {
        one.people[0].email: pytest.approx(points_of(one.content)) for one in truth
    }
    assert not [remark for remark in summary.remarks if "could not be matched" in remark]


def test_pattern_in(grade: Grade, export: Export, tmp_path: Path) -> None:
    """The newest by the timestamp in the name."""
    truth = lms_samples.make_pattern(tmp_path / "collected.zip")

    grade(tmp_path / "collected.zip", pattern=lms_samples.PATTERN)
    lines, _ = export("csv")

    student_id, score = lines[0].index("student_id"), lines[0].index("score")
    assert {line[student_id]: float(line[score]) for line in lines[1:]} == {
        one.key: pytest.approx(points_of(one.content)) for one in truth
    }
