"""The example of functions of autograd: right solutions in any style, and one bug a unit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.report.model import Example, Report, Status

pytestmark = pytest.mark.slow

EXAMPLE = "custom_function"
Grade = Callable[[Path], Report]


def test_right_solution_gets_full_marks(
    right: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """A right solution in any style gets full marks."""
    report = grade(right)

    assert complaints(report) == []
    assert (report.score, report.max_score) == (50, 50)


def test_reference_gets_full_marks_and_stub_none(
    example: Assignment, grade: Grade, stub: Path
) -> None:
    """The exercise as students get it earns nothing."""
    assert grade(example.reference_path).score == 50
    assert grade(stub).score == 0


def test_exercise_is_up_to_date(stale: list[Path]) -> None:
    """What students get is what release makes."""
    assert stale == []


def test_every_misconception_is_named_and_costs_one_unit(verification: Verification) -> None:
    """Verify finds no problems."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 20


# A right solution becomes wrong when one of its lines is replaced by another.
WRONG = {
    "Swish": [
        ("(1 + input * (1 - sigma))", "(1 + input * sigma)"),
        (
            "grad_input = grad_output.clone()\n        sigma",
            "grad_input = grad_output\n        sigma",
        ),
        (
            "        return grad_input\n\n\nclass Robust",
            "        del grad_input\n\n\nclass Robust",
        ),
        ("return input * torch.sigmoid(input)", "return input.view(-1) * torch.sigmoid(input)"),
    ],
    "RobustSquare": [(".pow(-2))", ".pow(2))"), ("return grad_input, None", "return grad_input")],
    "MatMul": [("input.t().mm(grad_output)", "grad_output.t().mm(input)")],
    "Binarise": [("grad_input[input < -1] = 0", "grad_input[input < 0] = 0")],
    "binary_layer": [("torch.mm(x, binarise(w))", "torch.mm(x, binarise(w).detach())")],
}


@pytest.mark.parametrize(
    ("unit", "right_line", "wrong_line"),
    [(unit, *lines) for unit, pairs in WRONG.items() for lines in pairs],
    ids=[f"{unit}-{place}" for unit, pairs in WRONG.items() for place in range(len(pairs))],
)
def test_one_bug_costs_its_own_unit_and_its_examples_can_be_pasted(
    unit: str,
    right_line: str,
    wrong_line: str,
    grade: Grade,
    complaints: Callable[[Report], list[str]],
    paste: Callable[[Path, Example], None],
    tmp_path: Path,
) -> None:
    """None of these bugs is a known misconception, but for two."""
    source = (Path(__file__).parent / EXAMPLE / "right_tutorial.py").read_text()
    assert source.count(right_line) == 1
    submission = tmp_path / "submission.py"
    submission.write_text(source.replace(right_line, wrong_line))

    report = grade(submission)

    losing = [one.name for one in report.functions if one.status is not Status.PASSED]
    assert losing == [unit], complaints(report)
    checks = [check for function in report.functions for check in function.checks]
    # Only the first one: each imports torch.
    paste(submission, next(check.example for check in checks if check.example is not None))


# Known mistakes in other styles than that of the misconceptions.
KNOWN = [
    (
        "right_setup_context.py",
        "return torch.addcmul(p, x, p * (1 - p)).mul(dy)",
        "return p * dy",
        "Swish/first-term-only",
    ),
    (
        "right_made_by_a_factory.py",
        "lambda x: x.clamp(-1, 1) + (torch.where(x >= 0, 1.0, -1.0) - x.clamp(-1, 1)).detach()",
        "lambda x: x + (torch.where(x >= 0, 1.0, -1.0) - x).detach()",
        "Binarise/never-stops",
    ),
]


@pytest.mark.parametrize(("style", "right_line", "wrong_line", "misconception"), KNOWN)
def test_misconception_is_named_in_any_style(
    style: str, right_line: str, wrong_line: str, misconception: str, grade: Grade, tmp_path: Path
) -> None:
    """What it is called, and how the student keeps things, makes no difference."""
    source = (Path(__file__).parent / EXAMPLE / style).read_text()
    assert source.count(right_line) == 1
    submission = tmp_path / "submission.py"
    submission.write_text(source.replace(right_line, wrong_line))

    named = {
        check.misconception
        for function in grade(submission).functions
        for check in function.checks
        if check.misconception
    }

    assert named == {misconception}


def test_hostile_submission_gains_nothing(hostile: Path, grade: Grade) -> None:
    """Its file says the score that it deserves."""
    expected = hostile.read_text(encoding="utf-8").partition("# expect: score=")[2].split()[0]

    assert grade(hostile).score == float(expected)
