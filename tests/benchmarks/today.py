"""A pytest plugin that runs the checks as people do today: in the process of the submission.

SUBMISSION=FILE python -m pytest -p today FOLDER_OF_THE_ASSIGNMENT
"""

import os
from pathlib import Path

import pytest
from in_process import InProcess

from grader.checks.assignment import load_assignment
from grader.checks.probe import Probe, derive_seed
from grader.sandbox.host.recording import Recording


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for marker in ("points(n)", "function(name)", "independent"):
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def runner() -> InProcess:
    """What runs the submission: this process."""
    return InProcess(load_assignment())


@pytest.fixture(scope="session")
def submission(runner: InProcess) -> Recording:
    """The submission, loaded once."""
    return runner.submission(Path(os.environ["SUBMISSION"]))


@pytest.fixture
def probe(request: pytest.FixtureRequest, runner: InProcess, submission: Recording) -> Probe:
    """Ask the submission and the reference, both of them here."""
    marker = request.node.get_closest_marker("function")
    name = marker.args[0] if marker else request.node.path.stem.removeprefix("check_")
    function = runner.assignment.function(name)
    seed = derive_seed(1, request.node.name)
    return Probe(function, submission.observe, runner.expect, seed)
