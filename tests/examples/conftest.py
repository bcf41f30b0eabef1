"""Fixtures for tests of the examples in docs/examples: each module names one as ``EXAMPLE``.

The submissions to it are in the folder of the same name. A test that takes ``right``, ``wrong`` or
``hostile`` runs once for each file whose name begins so.
"""

import functools
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.release import find_exercises, release_assignment
from grader.authoring.verify import Verification, verify
from grader.checks.assignment import Assignment, load_assignment
from grader.pipeline import Grader
from grader.report.model import Example, Report, Status

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"

Grade = Callable[[Path], Report]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each submission of a kind."""
    folder = Path(__file__).parent / str(getattr(metafunc.module, "EXAMPLE", ""))
    for kind in ("right", "wrong", "hostile"):
        if kind in metafunc.fixturenames:
            found = sorted(folder.glob(f"{kind}_*"))
            metafunc.parametrize(kind, found, ids=[path.name for path in found])


@pytest.fixture(scope="module")
def example(request: pytest.FixtureRequest) -> Assignment:
    """Return the example that the module is about."""
    return load_assignment(EXAMPLES / request.module.EXAMPLE)


@pytest.fixture(scope="module")
def grade(example: Assignment) -> Iterator[Grade]:
    """Return a function that grades a file with one warm grader, each file only once."""
    with Grader(example) as grader:
        yield functools.cache(grader.grade)


@pytest.fixture(scope="module")
def verification(example: Assignment) -> Verification:
    """Return the verification of the example with one seed."""
    return verify(example, seeds=1, jobs=2, on_progress=lambda _done, _total, _name: None)


@pytest.fixture
def stale(example: Assignment) -> list[Path]:
    """Return the files of the exercise that are out of date."""
    return release_assignment(example, find_exercises(example), is_dry=True)


@pytest.fixture
def stub(example: Assignment) -> Path:
    """Return the exercise as students get it."""
    return find_exercises(example) / f"{example.info.id}.py"


@pytest.fixture
def complaints() -> Callable[[Report], list[str]]:
    """Return a function that lists the checks that a submission did not pass, with messages."""

    def list_them(report: Report) -> list[str]:
        return [report.error or ""] * (report.score is None) + [
            f"{check.id}: {check.message}"
            for function in report.functions
            for check in function.checks
            if check.status is not Status.PASSED
        ]

    return list_them


@pytest.fixture
def paste(tmp_path: Path) -> Callable[[Path, Example], None]:
    """Return a function that runs an example below a submission, as students do.

    It requires that what is printed are the numbers that the report says, or what it says is raised
    or has another shape.
    """

    def run(submission: Path, example: Example) -> None:
        pasted = tmp_path / "pasted.py"
        source = submission.read_text(encoding="utf-8")
        pasted.write_text(f"{source}\n\nprint('BELOW')\n{example.code}\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, pasted], capture_output=True, text=True, check=False, timeout=60
        )
        printed = done.stdout.partition("BELOW\n")[2]
        if example.expected == "no exception":
            assert example.got in done.stderr.splitlines()[-1]
            return
        assert done.returncode == 0, done.stderr
        if not example.got.startswith("shape"):
            assert _numbers(printed) == pytest.approx(
                _numbers(example.got), rel=1e-3, abs=1e-4, nan_ok=True
            )

    return run


def _numbers(text: str) -> list[float]:
    """Return the numbers in a text, without the names of dtypes."""
    plain = re.sub(r"(dtype=\w+(\.\w+)*|grad_fn=<\w+>|[A-Za-z_]+\d+)", "", text)
    found = re.findall(r"nan|-?inf|-?\d+\.?\d*(?:e[+-]?\d+)?", plain)
    return [float(np.float64(one)) for one in found]
