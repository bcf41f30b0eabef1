"""The example whose hand-in consists of two files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.authoring.release import render_files
from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.pipeline import Grader
from grader.report.model import Report, Status
from grader.submission.hand_in import HandedIn, pack

pytestmark = pytest.mark.slow

EXAMPLE = "two_files"
FOLDER = Path(__file__).parent / EXAMPLE
GradeFiles = Callable[[dict[str, str]], Report]


@pytest.fixture(scope="module")
def grade_files(example: Assignment) -> Iterator[GradeFiles]:
    """Return a function that grades the files of a hand-in."""
    with Grader(example) as grader:

        def grade(files: dict[str, str]) -> Report:
            handed_in = [HandedIn(name, name, text.encode()) for name, text in files.items()]
            return grader.grade_data(pack(handed_in), name="hand_in")

        yield grade


def read(name: str) -> dict[str, str]:
    """Read the files of a hand-in."""
    return {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / name).iterdir()}


def losing(report: Report) -> dict[str, Status]:
    """Return the units that have lost points."""
    return {one.name: one.status for one in report.functions if one.score < one.max_score}


@pytest.mark.parametrize(
    "name", sorted(path.name for path in FOLDER.iterdir() if path.name.startswith("right_"))
)
def test_right_solution_gets_full_marks(name: str, grade_files: GradeFiles) -> None:
    """Other imports, layers in a Sequential, steps by hand, a trainer, files in a circle."""
    report = grade_files(read(name))

    assert losing(report) == {}
    assert report.score == report.max_score == 24


def test_reference_gets_full_marks_and_stub_none(
    example: Assignment, grade_files: GradeFiles
) -> None:
    """Both consist of two files."""
    assert grade_files(dict(example.reference_files)).score == 24
    assert grade_files(render_files(example)).score == 0


def test_missing_file_costs_only_what_is_in_it(grade_files: GradeFiles) -> None:
    """A right model is not needed to judge the training."""
    report = grade_files(read("half_no_model"))

    assert losing(report) == {
        "Classifier.__init__": Status.MISSING,
        "Classifier.forward": Status.MISSING,
        "accuracy": Status.MISSING,
    }
    assert any("model.py" in note and "not handed in" in note for note in report.notes)


def test_one_bug_costs_its_own_unit(grade_files: GradeFiles) -> None:
    """An epoch too few."""
    assert losing(grade_files(read("wrong_fit"))) == {"fit": Status.FAILED}


def test_exercise_is_up_to_date(stale: list[Path]) -> None:
    """What students get is what release makes: two files, and no notebook."""
    assert stale == []


def test_every_misconception_is_named_and_costs_one_unit(verification: Verification) -> None:
    """Verify finds no problems."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 20
