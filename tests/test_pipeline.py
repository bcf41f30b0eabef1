"""A grader that failed says so in a report, and takes no more submissions."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

import grader
from grader import pipeline
from grader.errors import CheckCrashedError, UsageError
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus

pytestmark = pytest.mark.slow

_SAMPLES = Path(__file__).parent / "submissions"
RIGHT = _SAMPLES / "right_plain.py"
STUB = Path(__file__).resolve().parents[1] / "exercises" / "lab4.py"


@pytest.fixture
def warm_grader() -> Iterator[Grader]:
    """A grader that may be broken by the test."""
    with Grader() as one:
        yield one


def expect_fault(report: Report, *words: str) -> None:
    """Check that a report says that the grader failed, and has no score."""
    assert (report.status, report.score, report.max_score) == (
        ReportStatus.GRADER_ERROR,
        None,
        None,
    )
    for word in words:
        assert word in report.error


def test_stub_after_an_interrupted_right_solution_gets_no_points(
    warm_grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result of the interrupted submission is not handed to the next one."""
    first = warm_grader.grade(RIGHT, only="predict")  # so that the checks are collected
    assert first.status is ReportStatus.GRADED, first.error
    result = Future.result

    def interrupt(future: "Future[object]") -> object:
        if not future.done():
            raise KeyboardInterrupt
        return result(future)

    with monkeypatch.context() as patched:
        patched.setattr(Future, "result", interrupt)
        with pytest.raises(KeyboardInterrupt):
            warm_grader.grade(RIGHT)

    expect_fault(warm_grader.grade(STUB), "takes no more submissions", "interrupted")
    # The checks are still running in their pytest, which shares the environment with this one.
    checks = warm_grader._resources.checks
    checks.close()
    checks._thread.join(60)


@pytest.mark.parametrize("error", [ValueError("broken"), RecursionError(), MemoryError()])
def test_any_failure_of_ours_is_a_report_without_a_score(
    warm_grader: Grader, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """An exception that nobody foresaw is neither a zero nor a traceback."""

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "diagnose", fail)
        report = warm_grader.grade(RIGHT, only="predict")

    expect_fault(report, type(error).__name__)
    assert report.submission.sha256
    expect_fault(warm_grader.grade(RIGHT, only="predict"), "takes no more", type(error).__name__)


def test_check_that_crashes_is_named(warm_grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that we foresaw keeps its own words."""

    def fail(*_: object, **__: object) -> None:
        raise CheckCrashedError("mse/zero", "ZeroDivisionError: division by zero")

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "diagnose", fail)

        expect_fault(warm_grader.grade(RIGHT, only="mse"), "the check mse/zero is broken")


def test_mistake_of_the_caller_leaves_the_grader_usable(warm_grader: Grader) -> None:
    """An unknown function or file is the caller's error, and the next submission is graded."""
    with pytest.raises(UsageError, match="nonsense"):
        warm_grader.grade(RIGHT, only="nonsense")
    with pytest.raises(UsageError, match="nowhere"):
        warm_grader.grade(Path("nowhere.py"))

    report = warm_grader.grade(RIGHT, only="predict")

    assert (report.status, report.score) == (ReportStatus.GRADED, report.max_score)


def test_unreadable_submission_leaves_the_grader_usable(
    warm_grader: Grader, tmp_path: Path
) -> None:
    """A file that is not Python says nothing about the grader."""
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n", encoding="utf-8")

    assert warm_grader.grade(broken).status is ReportStatus.UNREADABLE
    assert warm_grader.grade(RIGHT, only="predict").status is ReportStatus.GRADED


def test_grade_reports_a_grader_that_can_not_even_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function returns a report when nothing could be started, too."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("grader.sandbox.host.starter.launch", fail)

    expect_fault(grader.grade(RIGHT), "No space left on device")


def test_grade_reports_a_score_when_only_clearing_up_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was graded is graded, although a folder could not be removed afterwards."""
    close = Grader.__exit__

    def fail(self: Grader, *_: object) -> None:
        close(self, None, None, None)
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Grader, "__exit__", fail)

    report = grader.grade(RIGHT, only="predict")

    assert (report.status, report.score) == (ReportStatus.GRADED, report.max_score)


def test_without_a_diagnosis_points_are_the_same(warm_grader: Grader) -> None:
    """Only names and pictures are left out."""
    data = (_SAMPLES / "wrong_update_never_zeroed.ipynb").read_bytes()

    full, short = (
        warm_grader.grade_data(data, name="a.ipynb", seed=0, only="update", has_diagnosis=wanted)
        for wanted in (True, False)
    )

    assert short.score == full.score
    (named,), (unnamed,) = full.functions, short.functions
    assert any(check.misconception for check in named.checks)
    assert not any(check.misconception for check in unnamed.checks)
    assert [check.message for check in unnamed.checks] == [check.message for check in named.checks]
    assert unnamed.pictures == ()
