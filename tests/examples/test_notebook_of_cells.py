"""The example of a notebook without functions: all right styles, and one bug a unit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.report.model import Report, Status

pytestmark = pytest.mark.slow

EXAMPLE = "notebook_of_cells"
Grade = Callable[[Path], Report]

# 35 points are given by checks, and 5 by a person.
OF_CHECKS = 35


def test_right_solution_gets_all_points_of_checks(
    right: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """A right solution in any style gets all points but those that a person gives."""
    report = grade(right)

    assert complaints(report) == []
    assert (report.score, report.max_score) == (OF_CHECKS, 40)


def test_answer_in_a_text_cell_waits_for_a_person(right: Path, grade: Grade) -> None:
    """What was written below the heading of the question is shown to whoever marks it."""
    (unit,) = grade(right).manual

    assert unit.points is None
    assert "steeper in the direction of the slope" in str(unit.answer)


def test_reference_gets_full_marks_and_stub_none(
    example: Assignment, grade: Grade, stub: Path
) -> None:
    """The exercise as students get it earns nothing, as a script and as a notebook."""
    assert grade(example.reference_path).score == OF_CHECKS
    assert grade(stub).score == 0
    assert grade(stub.with_suffix(".ipynb")).score == 0


def test_exercise_is_up_to_date(stale: list[Path]) -> None:
    """What students get is what release makes."""
    assert stale == []


def test_every_misconception_is_named_and_costs_one_unit(verification: Verification) -> None:
    """Verify finds no problems."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 25


def test_one_bug_costs_its_own_unit(
    wrong: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """The unit that is wrong is in the name of the file, and every other one has full marks."""
    report = grade(wrong)

    losing = [one.name for one in report.functions if one.status is not Status.PASSED]
    assert len(losing) == 1, complaints(report)
    assert wrong.name.startswith(f"wrong_{losing[0]}_")


def test_hostile_submission_gains_nothing(hostile: Path, grade: Grade) -> None:
    """Its file says the score that it deserves."""
    expected = hostile.read_text(encoding="utf-8").partition("# expect: score=")[2].split()[0]

    assert grade(hostile).score == float(expected.rstrip('\\n",'))
