"""The example of linear regression from scratch: all right styles, and one bug a unit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.report.model import Example, Report, Status

pytestmark = pytest.mark.slow

EXAMPLE = "regression_from_scratch"
Grade = Callable[[Path], Report]


def test_right_solution_gets_full_marks(
    right: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """A right solution in any style gets full marks."""
    report = grade(right)

    assert complaints(report) == []
    assert (report.score, report.max_score) == (40, 40)


def test_reference_gets_full_marks_and_stub_none(
    example: Assignment, grade: Grade, stub: Path
) -> None:
    """The exercise as students get it earns nothing."""
    assert grade(example.reference_path).score == 40
    assert grade(stub).score == 0


def test_exercise_is_up_to_date(stale: list[Path]) -> None:
    """What students get is what release makes."""
    assert stale == []


def test_every_misconception_is_named_and_costs_one_unit(verification: Verification) -> None:
    """Verify finds no problems."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 40


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

    assert grade(hostile).score == float(expected)


def test_examples_can_be_pasted(
    wrong: Path, grade: Grade, paste: Callable[[Path, Example], None]
) -> None:
    """Below the submission, the code of an example prints what the report says."""
    examples = [check.example for one in grade(wrong).functions for check in one.checks]

    for example in examples:
        # Those of data_iter() print minibatches, of which the report counts the rows.
        if example is not None and not example.got.startswith("sizes"):
            paste(wrong, example)
