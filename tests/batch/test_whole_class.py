"""A class with every known mistake, hostile and unreadable files: nobody changes another's report.

ZEROGRAD_TEST_CLASS=300 makes it as large as a real one, with all misconceptions in it.
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
from grader.pool.local_pool import Job, grade_all
from grader.pool.messages import GradeRequest, PoolSettings

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
    """Deal two misconceptions to each, of different functions; all of them to a class of 300."""
    known = assignment.misconceptions
    chosen = known[:: max(1, len(known) // (2 * students))]
    hands: list[dict[str, Misconception]] = [{} for _ in range(students)]
    for place, one in enumerate(chosen):
        free = (hands[(place + more) % students] for more in range(students))
        next(hand for hand in free if one.function not in hand)[one.function] = one
    return [list(hand.values()) for hand in hands]


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the class."""
    folder = tmp_path_factory.mktemp("whole_class")
    assignment = load_assignment()
    for number, mistakes in enumerate(_deal(assignment, COUNT - HOSTILE - UNREADABLE)):
        source = make_source(assignment, mistakes)
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
    """Grade it with `grader batch`, and give the reports by the names of the files."""
    out = tmp_path_factory.mktemp("out")
    command = [GRADER, "batch", whole_class, "--out", out, "--jobs", "2", "--call-limit", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        path.name.removesuffix(".json"): path.read_bytes() for path in out.glob("reports/*.json")
    }


def test_everybody_is_answered(whole_class: Path, reports: dict[str, bytes]) -> None:
    """And nobody is given up."""
    statuses = {name: json.loads(report)["status"] for name, report in reports.items()}

    assert sorted(statuses) == sorted(path.name for path in whole_class.iterdir())
    assert "grader_error" not in statuses.values()
    assert {one for name, one in statuses.items() if name.startswith("s")} == {"graded"}
    unreadable = [one for name, one in statuses.items() if name.startswith("unreadable")]
    assert unreadable == ["unreadable"] * UNREADABLE


def test_report_does_not_depend_on_who_else_is_in_the_class(
    whole_class: Path, reports: dict[str, bytes]
) -> None:
    """The others in another order, by one worker, without the hostile ones."""
    names = sorted((name for name in reports if name.startswith("s")), reverse=True)
    grades = (GradeRequest(name=one, data=(whole_class / one).read_bytes()) for one in names)
    tasks = (Job(key=one.name, request=one) for one in grades)
    setup = PoolSettings(assignment="lab4", limits={"call_cpu_s": 2})

    again = {task.key: graded.report for task, graded in grade_all(tasks, settings=setup, workers=1)}

    for name in names:
        assert _without_time(again[name]) == _without_time(reports[name])


def test_report_is_the_same_as_when_graded_alone(
    whole_class: Path, reports: dict[str, bytes], tmp_path: Path
) -> None:
    """By the student, with a grader that has seen nobody else."""
    names = sorted(name for name in reports if name.startswith("s"))

    for name in names[:: max(1, len(names) // ALONE)]:
        own = tmp_path / "own.json"
        command = [GRADER.with_name("grade"), whole_class / name, "--json", own, "--exit-zero"]
        subprocess.run([*command, "--quiet", "--call-limit", "2"], check=True)

        assert _without_time(own.read_bytes()) == _without_time(reports[name])
