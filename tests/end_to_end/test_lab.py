"""The built-in lab: the reference is right for every seed, and the stub earns nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.verify import Verification, verify
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus, Status

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference" / "lab4.py"
# More are tried before a release.
SEEDS = int(os.environ.get("ZEROGRAD_TEST_SEEDS", "3"))


@pytest.fixture(scope="module")
def verification() -> Verification:
    """Return the result of `grader verify` for the lab."""
    jobs = min(4, os.cpu_count() or 1)
    return verify(load_assignment(), seeds=SEEDS, jobs=jobs, on_progress=lambda *_: None)


@pytest.mark.slow
def test_lab_verifies(verification: Verification) -> None:
    """`grader verify` finds no problem in the lab, whatever the seed."""
    assert verification.seeds == SEEDS
    assert verification.problems == []


@pytest.mark.slow
def test_every_check_catches_a_misconception(verification: Verification) -> None:
    """Every check of the lab catches at least one misconception."""
    checks = {check for ids in verification.checks.values() for check in ids}
    caught = {check for ids in verification.caught.values() for check in ids}

    assert checks == caught
    assert len({one.id for one in load_assignment().misconceptions}) >= 70


@pytest.mark.parametrize("name", ["lab4.py", "lab4.ipynb"])
def test_stub_scores_zero_and_does_not_look_like_a_crash(name: str, warm_grader: Grader) -> None:
    """The stub scores 0, and its functions are shown as not written yet, without errors."""
    report = warm_grader.grade(ROOT / "exercises" / name)

    assert report.score == 0
    assert report.status is ReportStatus.GRADED
    assert {one.status for one in report.functions} == {Status.MISSING}
    assert "Error" not in " ".join(report.notes)


def test_empty_file_scores_zero(warm_grader: Grader, write_submission: Callable[..., Path]) -> None:
    """An empty file scores 0 of 100, and all its functions are shown as missing."""
    report = warm_grader.grade(write_submission(""))

    assert report.score == 0
    assert report.max_score == 100
    assert {one.status for one in report.functions} == {Status.MISSING}


def test_same_input_gives_the_same_report(warm_grader: Grader) -> None:
    """Grading the same file twice gives equal reports except for the timing."""
    path = ROOT / "tests" / "submissions" / "wrong_make_data_gaussian_noise.py"

    first, second = warm_grader.grade(path), warm_grader.grade(path)

    assert _without_timing(first) == _without_timing(second)


def _without_timing(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__struct_fields__ if name != "timing"}


def test_half_done_file_earns_what_is_done(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A student who has written only two functions of the stub gets the points of these two."""
    stub = (ROOT / "exercises" / "lab4.py").read_text(encoding="utf-8")
    done = stub.replace(
        'raise NotImplementedError("lab 4: write mse()")', "return ((y_hat - y) ** 2).mean()"
    ).replace(
        'raise NotImplementedError("lab 4: write train()")',
        ("return [update(x, y, w, lr) for _ in range(epochs)]"),
    )

    report = warm_grader.grade(write_submission(done))

    earned = {one.name for one in report.functions if one.status is Status.PASSED}
    assert earned == {"mse", "train"}


_ODD_VALUES = {
    "nan": "float('nan')",
    "too large for float32": "[1e308, -1e308] * 3",
    "denormal": "torch.tensor([5e-324, 1e-310], dtype=torch.float64)",
    "empty": "torch.empty(0, 2)",
    "complex": "torch.tensor([1j, 2j])",
    "bool": "torch.ones(2, dtype=torch.bool)",
    "many numbers": "[0.0] * 10_000",
    "infinite batches": "[(torch.full((1, 2), math.inf), torch.zeros(1))] * 10",
    "data of nan": "(torch.full((n, 2), math.nan), torch.full((n,), 1e38))",
    "drawing": "draw([-1e308, 1e308], [-1e308, 1e308])",
    "upright drawing": "draw([0, 1e-200], [0, 5])",
    "empty drawing": "draw([], [])",
}


@pytest.mark.slow
@pytest.mark.parametrize("value", _ODD_VALUES.values(), ids=_ODD_VALUES)
def test_odd_values_are_wrong_and_never_a_fault(
    warm_grader: Grader, write_submission: Callable[..., Path], value: str
) -> None:
    """If all functions return an odd value, and w runs away, no check, fact or picture fails."""
    functions = [name for name in load_assignment().parameters if name != "ANSWERS"]
    lines = [
        "import math",
        "import torch",
        "from matplotlib import pyplot as plt",
        "def draw(x, y):",
        "    axes = plt.subplots()[1]",
        "    axes.plot(x, y, 'o-')",
        "    return axes",
    ]
    for name in functions:
        lines += [
            f"def {name}(*inputs):",
            "    n = inputs[0] if isinstance(inputs[0], int) else 3",
            "    for one in inputs:",
            "        if isinstance(one, torch.Tensor) and one.requires_grad:",
            "            one.data.fill_(3e38)",
            f"    return {value}",
        ]

    report = warm_grader.grade(write_submission("\n".join(lines)))

    assert report.status is ReportStatus.GRADED, report.error
    assert report.score == 0
