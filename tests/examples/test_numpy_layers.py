"""The example of layers on numpy arrays: right solutions in any style, and one bug a unit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification
from grader.checks.assignment import Assignment
from grader.report.model import Example, Report, Status

pytestmark = pytest.mark.slow

EXAMPLE = "numpy_layers"
Grade = Callable[[Path], Report]


def test_right_solution_gets_full_marks(
    right: Path, grade: Grade, complaints: Callable[[Report], list[str]]
) -> None:
    """A right solution in any style gets full marks."""
    report = grade(right)

    assert complaints(report) == []
    assert (report.score, report.max_score) == (60, 60)


def test_reference_gets_full_marks_and_stub_none(
    example: Assignment, grade: Grade, stub: Path
) -> None:
    """The exercise as students get it earns nothing."""
    assert grade(example.reference_path).score == 60
    assert grade(stub).score == 0


def test_exercise_is_up_to_date(stale: list[Path]) -> None:
    """What students get is what release makes."""
    assert stale == []


def test_every_misconception_is_named_and_costs_one_unit(verification: Verification) -> None:
    """Verify finds no problems."""
    assert verification.problems == []
    assert len(verification.proved) == len(verification.caught) >= 30


# A right solution becomes wrong when one of its lines is replaced by another.
WRONG = {
    "affine_backward": [
        (
            "dx = dout.dot(w.T).reshape(x.shape)",
            "dx = dout.dot(w.T).reshape(x.shape, order='F')",
        ),
        ("return dx, dw, db\n\n\ndef relu", "return dx, dw\n\n\ndef relu"),
    ],
    "affine_forward": [
        ("    return out, cache\n\n\ndef affine_b", "    return out\n\n\ndef affine_b")
    ],
    "relu_forward": [("out = x * (x > 0)", "out = x\n    out[out < 0.0] = 0.0")],
    "relu_backward": [("dx = dout * (x > 0)", "dx = dout * (dout > 0) * (x > 0)")],
    "softmax_loss": [("probs = np.exp(x - np.max(x, axis=1, keepdims=True))", "probs = np.exp(x)")],
    "network_loss": [
        (
            'grads["b1"] = affine_relu_backward(dh, cache1)',
            'grads["b1"] = affine_backward(dh, cache1[0])',
        )
    ],
    "sgd_momentum": [
        ("    w += v\n", "    w += config['momentum'] * v - config['learning_rate'] * dw\n")
    ],
    "adam": [('    config.setdefault("t", 0)\n', "")],
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
    source = (Path(__file__).parent / EXAMPLE / "right_course_style.py").read_text()
    assert source.count(right_line) == 1
    submission = tmp_path / "submission.py"
    submission.write_text(source.replace(right_line, wrong_line))

    report = grade(submission)

    losing = [one.name for one in report.functions if one.status is not Status.PASSED]
    assert losing == [unit], complaints(report)
    for function in report.functions:
        for check in function.checks:
            if check.example is not None:
                paste(submission, check.example)


# Known mistakes in other styles than that of the misconceptions.
KNOWN = [
    (
        "right_bias_trick.py",
        '    settings["velocity"] = velocity\n',
        "",
        "sgd_momentum/forgets-the-velocity",
    ),
    ("right_layer_objects.py", "self.iter = 0", "self.iter = -1", "adam/counts-from-zero"),
    (
        "right_typed_dataclasses.py",
        "np.where(cache.is_on, dout, np.zeros_like(dout))",
        "np.clip(dout, 0, None)",
        "relu_backward/relu-of-the-slope",
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
