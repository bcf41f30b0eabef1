"""From an LMS's export to the file it imports: nobody is lost, and every score is in its own row.

Only the grading is faked. A submission's score is computed from its bytes, so that no two scores
are equal and a score in the wrong row is noticed.
"""

import csv
import hashlib
import io
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Protocol, TypedDict

import lms_samples
import pytest
from fakes import check_result, make_report
from lms_samples import FIRST_USER, PEOPLE, Expected, students

from grader.batch.collectors.choose import collect
from grader.batch.roster import Roster, make_roster
from grader.batch.run import Batch, grade_class
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.exports.format import ExportedFile, LeftOut
from grader.exports.registry import load_format
from grader.exports.source import open_work
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.class_model import ClassSummary, Student
from grader.report.model import ReportStatus, Status
from grader.report.schema import report_to_json


class Grade(Protocol):
    """A function that grades an export."""

    def __call__(
        self, path: Path, roster: Roster | None = None, *, pattern: str | None = None
    ) -> ClassSummary:
        """Grade the export in ``path``, and return the summary of the class."""


class Export(Protocol):
    """A function that exports the class that was graded."""

    def __call__(
        self, name: str, worksheet: list[list[str]] | None = None, **settings: str
    ) -> tuple[list[list[str]], list[LeftOut]]:
        """Return the lines of the exported table, and who is left out."""


class MoodleOptions(TypedDict, total=False):
    """What a download of Moodle's depends on; `lms_samples.make_moodle` takes these."""

    is_flat: bool
    is_blind: bool
    ending: str
    has_usernames: bool
    are_teams: bool


def points_of(content: bytes | None) -> float:
    """Compute a score from a submission's bytes; an unreadable submission scores 0."""
    if content is None:
        return 0.0
    return int.from_bytes(hashlib.sha256(content).digest()[:4], "big") % 9900 / 100 + 1


class _PointsPool:
    """A pool that grades nothing: the points follow from the bytes."""

    settings = PoolSettings(assignment="lab4")

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        for job in jobs:
            request = job.request
            points = points_of(None if request.problem else request.data)
            report = make_report(
                check_result("update/a", Status.FAILED, points=points, max_points=100.0),
                status=ReportStatus.UNREADABLE if request.problem else ReportStatus.GRADED,
                score=points,
                max_score=100.0,
                error=request.problem,
                key=request.key,
            )
            yield job, GradeResult(report=report_to_json(report).encode())


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Return a function that grades an export as `grader batch` does, into the folder ``out``."""
    assignment = load_assignment()

    def run(
        path: Path, roster: Roster | None = None, *, pattern: str | None = None
    ) -> ClassSummary:
        out = tmp_path / "out"
        batch = Batch(
            assignment=assignment,
            collection=collect([path], stem="lab4", out=out, pattern=pattern),
            pool=_PointsPool(),
            roster=roster,
        )
        return grade_class(batch, ReportStore(out), on_progress=lambda *_: None)

    return run


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Return a function that exports the folder ``out``."""

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


def canvas_gradebook() -> list[list[str]]:
    """Return the class as Canvas's own gradebook, with a student who did not hand in."""
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
def test_canvas_gradebook_is_filled_in(
    grade: Grade, export: Export, tmp_path: Path, name: str
) -> None:
    """Scores go into the downloaded Canvas gradebook, scaled to its points."""
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


def test_canvas_table_is_written_without_a_gradebook(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """Without a Canvas gradebook, the ids in the file names are enough to write the table."""
    truth = lms_samples.make_canvas(tmp_path / "submissions.zip")

    summary = grade(tmp_path / "submissions.zip")
    lines, _ = export("canvas")

    assert {line[1]: float(line[5]) for line in lines[2:]} == {
        one.key: pytest.approx(points_of(one.content)) for one in truth
    }
    late = {row.origin.key for row in summary.rows if row.origin.is_late}
    assert late == {one.key for one in truth if one.is_late}
    assert late == {row.origin.key for row in summary.rows if "handed in late" in row.notes}


def test_canvas_user_id_is_not_taken_for_a_school_id(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """A person on the roster whose id is another student's Canvas user id gets no submission."""
    truth = lms_samples.make_canvas(tmp_path / "submissions.zip")
    roster = make_roster([Student(id="4104", name="Somebody Else")])

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
    """Return the class as a grading worksheet, with a student who did not hand in."""
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
    "options",
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
    ids=lambda options: "-".join(options) or "folders",
)
def test_moodle_worksheet_is_filled_in(
    grade: Grade, export: Export, tmp_path: Path, options: MoodleOptions
) -> None:
    """Only grades and feedback change in a Moodle worksheet, and each line gets its own."""
    truth = lms_samples.make_moodle(tmp_path / "moodle.zip", **options)
    sheet = moodle_worksheet(
        truth, is_blind=options.get("is_blind", False), teams=options.get("are_teams", False)
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


def test_gradescope_groups_have_a_line_for_each_member(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """Every member of a Gradescope group gets the score of the group's submission."""
    truth = lms_samples.make_gradescope(tmp_path / "export.zip")

    grade(tmp_path / "export.zip")
    lines, _ = export("csv")

    student_id, score = lines[0].index("student_id"), lines[0].index("score")
    assert {line[student_id]: float(line[score]) for line in lines[1:]} == {
        person.id: pytest.approx(points_of(one.content)) for one in truth for person in one.people
    }
    assert len(lines) - 1 == len(students())


def test_github_classroom_is_matched_with_a_roster_of_accounts(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """The part of a clone's folder name that differs is the account, and finds the student."""
    truth = lms_samples.make_github(tmp_path / "clones")
    accounts = [
        Student(id=one.key, name=one.people[0].name, email=one.people[0].email) for one in truth
    ]

    summary = grade(tmp_path / "clones", make_roster(accounts))
    lines, _ = export("csv")

    email, score = lines[0].index("email"), lines[0].index("score")
    assert {line[email]: float(line[score]) for line in lines[1:]} == {
        one.people[0].email: pytest.approx(points_of(one.content)) for one in truth
    }
    assert not [remark for remark in summary.remarks if "could not be matched" in remark]


def test_pattern_finds_the_newest_file_of_each_student(
    grade: Grade, export: Export, tmp_path: Path
) -> None:
    """With `--pattern`, each student's file with the newest timestamp is graded."""
    truth = lms_samples.make_pattern(tmp_path / "collected.zip")

    grade(tmp_path / "collected.zip", pattern=lms_samples.PATTERN)
    lines, _ = export("csv")

    student_id, score = lines[0].index("student_id"), lines[0].index("score")
    assert {line[student_id]: float(line[score]) for line in lines[1:]} == {
        one.key: pytest.approx(points_of(one.content)) for one in truth
    }
