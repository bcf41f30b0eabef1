"""The lab itself: the reference is right for every seed, a stub is worth nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus, Status

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference" / "lab4.py"


@pytest.mark.slow
def test_reference_gets_full_marks_for_200_seeds(warm_grader: Grader) -> None:
    """No draw of inputs costs a right solution a point."""
    losing = {}
    for seed in range(200):
        report = warm_grader.grade(REFERENCE, seed=seed)
        if report.score != 100:
            losing[seed] = [
                f"{check.id}: {check.message}"
                for function in report.functions
                for check in function.checks
                if check.status is not Status.PASSED
            ]

    assert losing == {}


@pytest.mark.parametrize("name", ["lab4.py", "lab4.ipynb"])
def test_stub_scores_zero_and_does_not_look_like_a_crash(name: str, warm_grader: Grader) -> None:
    """Nothing written is nothing earned, and it is told as *not written yet*."""
    report = warm_grader.grade(ROOT / "exercises" / name)

    assert report.score == 0
    assert report.status is ReportStatus.GRADED
    assert {one.status for one in report.functions} == {Status.MISSING}
    assert "Error" not in " ".join(report.notes)


def test_empty_file_scores_zero(warm_grader: Grader, write_submission: Callable[..., Path]) -> None:
    """An empty file is a submission without functions."""
    report = warm_grader.grade(write_submission(""))

    assert report.score == 0
    assert report.max_score == 100
    assert {one.status for one in report.functions} == {Status.MISSING}


def test_same_input_gives_the_same_report(warm_grader: Grader) -> None:
    """Everything but the timing is equal for equal input."""
    path = ROOT / "tests" / "submissions" / "wrong_make_data_gaussian_noise.py"

    first, second = warm_grader.grade(path), warm_grader.grade(path)

    assert _without_timing(first) == _without_timing(second)


def _without_timing(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__struct_fields__ if name != "timing"}


def test_half_done_file_earns_what_is_done(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A student who has written two functions of the stub gets their points."""
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
