"""What the tests share: sample submissions, graded once by one warm grader."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.authoring.verify import Verification, verify
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report

# Fixtures of a module that needs no other: those of a browser.
pytest_plugins = ("browser",)

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"


@pytest.fixture(scope="session")
def warm_grader() -> Iterator[Grader]:
    """One grader for all the tests that don't need settings of their own."""
    with Grader() as warm:
        yield warm


@pytest.fixture(scope="session")
def grade_sample(warm_grader: Grader) -> Callable[[str], Report]:
    """Grade a file of tests/submissions, once."""

    @functools.cache
    def grade(name: str) -> Report:
        return warm_grader.grade(SUBMISSIONS / name)

    return grade


@pytest.fixture(scope="session")
def two_layers() -> Verification:
    """What came of verifying the example of docs/authoring.md, which takes its time."""
    example = load_assignment(ROOT / "docs" / "examples" / "two_layers")
    return verify(example, seeds=5, jobs=2, on_progress=lambda _done, _total, _name: None)


@pytest.fixture
def write_submission(tmp_path: Path) -> Callable[[str], Path]:
    """Write source to a file that can be graded."""

    def write(source: str, name: str = "submission.py") -> Path:
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write
