"""The example of a module, an optimizer and the loop that brings them together."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.report.model import Example, Report, Status

pytestmark = pytest.mark.slow

EXAMPLE = "module_and_optimizer"
Grade = Callable[[Path], Report]


def test_right_solution_gets_full_marks(
    right: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """Subclasses of Optimizer, callbacks, dataclasses, foreach, matrices by hand: all right."""
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
    """Verify finds no problems, although train uses both classes."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 35


def test_one_bug_costs_its_own_unit_and_its_examples_can_be_pasted(
    wrong: Path,
    grade: Grade,
    complaints: Callable[[Report], list[str]],
    paste: Callable[[Path, Example], None],
) -> None:
    """The unit that is wrong is in the name of the file, and every other one has full marks."""
    report = grade(wrong)

    losing = [one for one in report.functions if one.status is not Status.PASSED]
    assert len(losing) == 1, complaints(report)
    assert wrong.name.startswith(f"wrong_{losing[0].name}_")
    for check in losing[0].checks:
        if check.example is not None:
            paste(wrong, check.example)


def test_hostile_submission_gains_nothing(hostile: Path, grade: Grade) -> None:
    """Its file says the score that it deserves."""
    expected = hostile.read_text(encoding="utf-8").partition("# expect: score=")[2].split()[0]

    assert grade(hostile).score == float(expected)
