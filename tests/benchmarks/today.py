"""A pytest plugin that runs the checks in the submission's own process, as is common today.

SUBMISSION=FILE PYTHONPATH=tests python -m pytest -p benchmarks.today FOLDER_OF_THE_ASSIGNMENT
"""

import os
from pathlib import Path

import pytest
from benchmarks.in_process import InProcess

from grader.checks.assignment import load_assignment
from grader.checks.plugin import MARKERS
from grader.checks.probe import Probe, derive_seed
from grader.sandbox.host.answer_cache import AnswerCache


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of the checks."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def runner() -> InProcess:
    """Return the grader that runs everything in this process."""
    return InProcess(load_assignment())


@pytest.fixture(scope="session")
def submission(runner: InProcess) -> AnswerCache:
    """Return the submission, loaded once."""
    return runner.submission(Path(os.environ["SUBMISSION"]))


@pytest.fixture
def probe(request: pytest.FixtureRequest, runner: InProcess, submission: AnswerCache) -> Probe:
    """Return the probe that asks the submission and the reference in this process."""
    marker = request.node.get_closest_marker("function")
    name = marker.args[0] if marker else request.node.path.stem.removeprefix("check_")
    function = runner.assignment.unit(name)
    seed = derive_seed(1, request.node.name)
    return Probe(function, submission.observe, runner.expect, seed)
