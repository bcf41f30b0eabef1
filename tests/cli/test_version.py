"""``--version``: what a report of a fault should say, without importing torch."""

import importlib.metadata
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import grader as package
from grader.cli import version
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader
from grader.observations.locks import LOCK_WORDS, Lock
from grader.observations.messages import Ready

LOCKS = "grader.sandbox.host.probes.which_locks_hold"


@pytest.fixture
def _all_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LOCKS, lambda: Ready(locks=tuple(Lock), missing={}))


@pytest.mark.usefixtures("_all_locks")
@pytest.mark.parametrize("command", [grade, grader], ids=["grade", "grader"])
def test_versions_are_a_line_each(command: click.Command) -> None:
    """Both commands print the same, with zerograd's own version first."""
    done = CliRunner().invoke(command, ["--version"])

    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == f"zerograd {package.__version__}"
    assert lines[1].startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}.")
    assert f"torch {importlib.metadata.version('torch')}" in lines
    assert f"numpy {importlib.metadata.version('numpy')}" in lines
    assert lines[-1] == f"locked: {', '.join(LOCK_WORDS.values())}"


@pytest.mark.usefixtures("_all_locks")
def test_missing_torch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no error here: `grader doctor` says what to do."""
    monkeypatch.setattr(version, "_PACKAGES", ("a-package-that-nobody-has",))

    assert "a-package-that-nobody-has is not installed" in list(version.describe_versions())


def test_missing_locks_have_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, as in a report."""
    missing = {Lock.SYSCALLS: "no libseccomp"}
    monkeypatch.setattr(LOCKS, lambda: Ready(locks=(Lock.FILES,), missing=missing))

    lines = list(version.describe_versions())

    assert lines[-2:] == [
        "locked: reading and writing files",
        "not locked: network and new processes (no libseccomp)",
    ]


def test_locks_that_can_not_be_tried_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops the program that tries them."""
    monkeypatch.setattr(LOCKS, lambda: "it was killed by SIGSYS")

    assert list(version.describe_versions())[-1] == "locks: not known: it was killed by SIGSYS"


def test_locks_are_tried_without_torch() -> None:
    """A process of its own puts them on; this one imports no torch either."""
    program = (
        "import sys\nfrom grader.sandbox.host.probes import which_locks_hold\n"
        "found = which_locks_hold()\nassert 'torch' not in sys.modules\n"
        "print(len(found.locks) + len(found.missing))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout == f"{len(Lock)}\n", done.stderr


def test_program_that_tries_locks_imports_no_torch() -> None:
    """Otherwise ``--version`` would take as long as the import."""
    program = (
        "import sys; from grader.sandbox.guest import try_locks; print('torch' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout == "False\n", done.stderr
