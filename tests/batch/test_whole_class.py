"""A class with misconceptions, hostile and unreadable files: no submission affects another.

ZEROGRAD_TEST_CLASS=300 makes it as large as a real class, and it then contains all misconceptions.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.mock_class import make_notebook, make_source
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.misconceptions import Misconception
from grader.pool.jobs import Job
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, PoolSettings

pytestmark = pytest.mark.slow

GRADER = Path(sys.executable).with_name("grader")
SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
COUNT = int(os.environ.get("ZEROGRAD_TEST_CLASS", "30"))
HOSTILE, UNREADABLE = COUNT // 15, COUNT // 30
ALONE = max(3, COUNT // 15)

_NOT_GRADABLE = (
    b"def broken(:\n",
    b"\xff\xfe\xff",
    b"x = '\0'\n",
    b"{",
    b'{"nbformat": 2, "worksheets": []}',
    b'{"nbformat": 4}',
    b"[" * 100_000,
    b"\xd0\xcf\x11\xe0 a word document",
    b"(" * 5000,
    b"[]",
)


def _without_time(report: bytes) -> dict[str, object]:
    content: dict[str, object] = json.loads(report)
    del content["timing"], content["key"]
    return content


def _deal(assignment: Assignment, students: int) -> list[list[Misconception]]:
    """Deal misconceptions to the students, each student's in different functions.

    Every misconception is dealt out once to a class of 300. A smaller class gets about two for
    each student.
    """
    known = assignment.misconceptions
    chosen = known[:: max(1, len(known) // (2 * students))]
    hands: list[dict[str, Misconception]] = [{} for _ in range(students)]
    for place, one in enumerate(chosen):
        free = (hands[(place + more) % students] for more in range(students))
        next(hand for hand in free if one.function not in hand)[one.function] = one
    return [list(hand.values()) for hand in hands]


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the submissions of the class, and return their folder."""
    folder = tmp_path_factory.mktemp("whole_class")
    assignment = load_assignment()
    for number, misconceptions in enumerate(_deal(assignment, COUNT - HOSTILE - UNREADABLE)):
        source = make_source(assignment, misconceptions)
        is_notebook = number % 5 == 0
        path = folder / f"s{number:03}{'.ipynb' if is_notebook else '.py'}"
        path.write_text(make_notebook(source) if is_notebook else source, encoding="utf-8")
    hostile = sorted(SUBMISSIONS.glob("hostile_*.py"))[:HOSTILE]
    for path in hostile:
        (folder / path.name).write_bytes(path.read_bytes())
    for number, content in enumerate(_NOT_GRADABLE[:UNREADABLE]):
        ending = ".ipynb" if content.startswith((b"{", b"[")) else ".py"
        (folder / f"unreadable{number}{ending}").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def reports(whole_class: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Grade the class with `grader batch`, and return the reports by the names of the files."""
    out = tmp_path_factory.mktemp("out")
    command: list[str | Path] = [GRADER, "batch", whole_class, "--out", out]
    command += ["--jobs", "2", "--salt", "salt"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        path.name.removesuffix(".json"): path.read_bytes() for path in out.glob("reports/*.json")
    }


def test_every_submission_gets_a_report(whole_class: Path, reports: dict[str, bytes]) -> None:
    """Every submission gets a report with the right status, and the grader never fails."""
    statuses = {name: json.loads(report)["status"] for name, report in reports.items()}

    assert sorted(statuses) == sorted(path.name for path in whole_class.iterdir())
    assert "grader_error" not in statuses.values()
    assert {one for name, one in statuses.items() if name.startswith("s")} == {"graded"}
    unreadable = [one for name, one in statuses.items() if name.startswith("unreadable")]
    assert unreadable == ["unreadable"] * UNREADABLE


def test_report_does_not_depend_on_who_else_is_in_the_class(
    whole_class: Path, reports: dict[str, bytes]
) -> None:
    """Grading without the hostile files, in reverse and by one worker, gives the same reports."""
    names = sorted((name for name in reports if name.startswith("s")), reverse=True)
    grades = (GradeRequest(name=one, data=(whole_class / one).read_bytes()) for one in names)
    jobs = (Job(key=one.name, request=one) for one in grades)
    settings = PoolSettings(assignment="lab4", salt="salt", is_class=True)
    pool = LocalPool(settings, workers=1)

    again = {job.key: one.report for job, one in pool.grade_all(jobs)}

    for name in names:
        assert _without_time(again[name]) == _without_time(reports[name])


def test_report_is_the_same_as_when_graded_alone(
    whole_class: Path, reports: dict[str, bytes], tmp_path: Path
) -> None:
    """A report equals that of `grade`, whose grader has seen no other submission."""
    names = sorted(name for name in reports if name.startswith("s"))

    for name in names[:: max(1, len(names) // ALONE)]:
        own = tmp_path / "own.json"
        command: list[str | Path] = [GRADER.with_name("grade"), whole_class / name, "--json", own]
        command += ["--exit-zero", "--quiet", "--salt", "salt"]
        subprocess.run(command, check=True)

        assert _without_time(own.read_bytes()) == _without_time(reports[name])
