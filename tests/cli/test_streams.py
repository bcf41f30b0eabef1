"""What ends a command from outside: Ctrl-C at any moment, closed streams, a full disk."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.start import _quiet_start

ROOT = Path(__file__).resolve().parents[2]
RIGHT = ROOT / "tests" / "submissions" / "right_plain.py"
GRADE = [sys.executable, "-m", "grader"]
GRADER = [sys.executable, "-c", "from grader.cli.start import grader; grader()"]
FULL = Path("/dev/full")

Done = subprocess.CompletedProcess[str]

needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
needs_signals = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and descriptors")


# --- closed and full outputs --------------------------------------------------------------


def run_and_close(command: list[str]) -> tuple[int, str]:
    """Run a command whose reader closes its end at once; return its exit status and errors."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    return process.returncode, errors


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["batch", "--help"], ["--version"], ["schema"], ["export", "--list"]],
    ids=" ".join,
)
def test_reader_that_stops_reading_is_not_a_failure(arguments: list[str]) -> None:
    """As with every program in a pipe to ``head``: nothing is said, and the status is SIGPIPE's."""
    assert run_and_close([*GRADER, *arguments]) == (141, "")


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--plain"], ["--json", "-", "--quiet"]], ids=" ".join)
def test_report_that_nobody_reads_is_not_lost_points(options: list[str]) -> None:
    """A status of 1 would say that points were lost."""
    assert run_and_close([*GRADE, str(RIGHT), "--only", "mse", *options]) == (141, "")


@needs_full
@pytest.mark.parametrize("arguments", [["--help"], ["schema"]], ids=" ".join)
def test_full_disk_is_explained(arguments: list[str]) -> None:
    """What was printed is not complete, so the status is not zero."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [*GRADER, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 3
    assert done.stderr == (
        "grader: there is no space left: free some, and run the same command again\n"
    )


@pytest.mark.slow
@needs_full
def test_report_to_a_full_disk_is_explained() -> None:
    """Both reports and texts can be cut."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [*GRADE, str(RIGHT), "--only", "mse", "--json", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 3
    assert "grade: there is no space left" in done.stderr
    assert "Traceback" not in done.stderr


@needs_signals
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(closed: str, tmp_path: Path) -> None:
    """Nothing that is opened later gets the number of a standard stream."""
    target = tmp_path / "man"
    command = f'exec "$@" {closed}'

    done = subprocess.run(
        ["sh", "-c", command, "sh", *GRADER, "man", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert done.stderr == ""
    assert (target / "grade.1").read_text(encoding="utf-8").startswith('.\\" Made by')


# --- Ctrl-C -------------------------------------------------------------------------------


# Before this, an interruption is Python's own affair.
_SAY_WHEN_STARTED = """
from grader.cli.start import {program}
print("started", flush=True)
{program}()
"""


@pytest.mark.slow
@needs_signals
@pytest.mark.parametrize("delay_s", [0.05, 0.2, 0.5, 1.2, 2.0])
@pytest.mark.parametrize("command", ["grade", "batch", "verify", "doctor"])
def test_interrupted_command_ends_quietly(command: str, delay_s: float, tmp_path: Path) -> None:
    """From the imports to the report there is no traceback of anybody, and nothing is left."""
    program, arguments = {
        "grade": ("grade", [str(RIGHT)]),
        "batch": ("grader", ["batch", str(RIGHT), "--out", str(tmp_path / "out")]),
        "verify": ("grader", ["verify"]),
        "doctor": ("grader", ["doctor"]),
    }[command]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    # As from a terminal, where Ctrl-C reaches all processes of the command.
    process = subprocess.Popen(
        [sys.executable, "-c", _SAY_WHEN_STARTED.format(program=program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        time.sleep(delay_s)

        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    assert process.returncode in (130, 0), errors  # it may have been done already
    assert b"Traceback" not in errors
    _wait_until_empty(scratch)


def _wait_until_empty(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while left := list(folder.iterdir()):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


@pytest.fixture
def _default_interrupt() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_default_interrupt")
def test_start_hands_interruptions_back() -> None:
    """While the command is imported they end the process; afterwards they raise as usual."""
    with _quiet_start("grade"):
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_start_does_not_bring_ignored_interruptions_back() -> None:
    """In the background of a shell, and under nohup, Ctrl-C is ignored, and stays so."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _quiet_start("grade"):
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


# --- an installation with something missing -----------------------------------------------

_WITHOUT = (
    "import sys; sys.modules[{name!r}] = None; from grader.cli.start import {program}; {program}()"
)


@pytest.mark.parametrize(
    ("program", "name", "words"),
    [
        ("grade", "click", "grade: zerograd can't start: import of click halted"),
        ("grader", "click", "pip install --force-reinstall zerograd"),
        ("grade", "rich", "`grader doctor` says what is missing here"),
        ("grade", "msgspec", "`grader doctor` says what is missing here"),
    ],
)
def test_missing_package_is_explained(program: str, name: str, words: str) -> None:
    """There is a line that names it, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(name=name, program=program), str(RIGHT)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert words in done.stderr
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
