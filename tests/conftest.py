"""Fixtures for all tests: sample submissions, each graded once by one warm grader."""

import functools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from grader.authoring.verify import Verification, verify
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report

# The fixtures that drive a browser, the databases of the service, and what is left out on systems
# other than Linux.
pytest_plugins = ("browser", "service_backend", "systems")

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"

# An example may take long on a machine that is busy.
settings.register_profile("zerograd", deadline=None)
settings.load_profile("zerograd")

# Shells have what they start in the background ignore Ctrl-C; so would every process that a test
# starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the recordings of all tests together, and apart from those of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZEROGRAD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def warm_grader() -> Iterator[Grader]:
    """Return one grader for all tests that don't need their own settings."""
    with Grader() as warm:
        yield warm


@pytest.fixture(scope="session")
def grade_sample(warm_grader: Grader) -> Callable[[str], Report]:
    """Return a function that grades a file of tests/submissions, each only once."""

    @functools.cache
    def grade(name: str) -> Report:
        return warm_grader.grade(SUBMISSIONS / name)

    return grade


@pytest.fixture(scope="session")
def two_layers() -> Verification:
    """Return the verification of the example of docs/authors/, which takes a while."""
    example = load_assignment(ROOT / "docs" / "examples" / "two_layers")
    return verify(example, seeds=5, jobs=2, on_progress=lambda _done, _total, _name: None)


@pytest.fixture
def write_submission(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes source to a file that can be graded."""

    def write(source: str, name: str = "submission.py") -> Path:
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write
