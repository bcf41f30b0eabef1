"""``grade --watch``: every complete save is graded, until Ctrl-C."""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from fakes import check_result, make_report
from rich.console import Console

from grader.cli import watch
from grader.cli.watch import saved_states, watch_file
from grader.errors import UsageError
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus, Status, SubmissionInfo

WRONG_MSE = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).sum()\n"
RIGHT_MSE = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).mean()\n"

# --- the states of a file, with scripted polls ----------------------------------------------


class _Warm:
    """A grader that the loop only hands on, and has get ready for the next run."""

    def get_ready(self) -> None:
        """Do nothing."""


class _OutOfPollsError(Exception):
    """The script of a test has ended."""


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Watch a file with one event between any two polls, and count the yielded states."""

    def play_script(path: Path, *events: Callable[[], object] | None) -> int:
        remaining = iter(events)
        reasons: list[str] = []

        def run_next_event(_seconds: float) -> None:
            try:
                event = next(remaining)
            except StopIteration:
                raise _OutOfPollsError from None
            if event is not None:
                event()

        monkeypatch.setattr(time, "sleep", run_next_event)
        count = 0
        with contextlib.suppress(_OutOfPollsError):
            for _ in saved_states(path, on_waiting=reasons.append):
                count += 1
        assert reasons == []
        return count

    return play_script


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with something in it."""
    path = tmp_path / "lab4.py"
    path.write_text("x = 1\n", encoding="utf-8")
    return path


def test_unchanged_file_is_yielded_once(path: Path, play: Callable[..., int]) -> None:
    """A file that stays as it is is yielded once."""
    assert play(path, *[None] * 10) == 1


def test_each_save_is_yielded(path: Path, play: Callable[..., int]) -> None:
    """Each save is yielded, even one of the same size."""

    def save(text: str) -> Callable[[], object]:
        return lambda: path.write_text(text, encoding="utf-8")

    assert play(path, None, save("x = 2\n"), None, None, save("x = 33\n"), None) == 3


def test_replaced_file_is_yielded(path: Path, play: Callable[..., int]) -> None:
    """A file that an editor replaces is yielded, even with the same size and time."""
    other = path.with_suffix(".new")
    shutil.copy2(path, other)

    assert play(path, None, lambda: other.replace(path), None, None) == 2


def test_empty_file_is_not_yielded(path: Path, play: Callable[..., int]) -> None:
    """A file that an editor has just emptied is not yielded."""

    def write() -> None:
        path.write_text("x = 2\n", encoding="utf-8")

    assert play(path, None, lambda: os.truncate(path, 0), None, None, None) == 1
    assert play(path, None, write, None, lambda: os.truncate(path, 0), None, write, None) == 2


def test_file_that_is_gone_for_a_moment_is_waited_for(path: Path, play: Callable[..., int]) -> None:
    """A file that is gone for a moment is waited for."""
    aside = path.with_suffix(".bak")

    assert play(path, None, lambda: path.rename(aside), None, lambda: shutil.copy(aside, path)) == 1
    assert play(path, None, path.unlink, None, lambda: shutil.copy(aside, path), None, None) == 2


def test_file_that_is_being_written_is_waited_for(path: Path, play: Callable[..., int]) -> None:
    """A file that is being written is yielded when two polls agree."""

    def append() -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("x = 1\n")

    assert play(path, None, append, append, append, append) == 1
    assert play(path, None, append, append, append, append, None) == 2


def test_waiting_is_reported_once_after_a_while(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while, the reason for waiting is reported, once."""
    path.write_text("", encoding="utf-8")
    clock = iter(range(100))
    reasons: list[str] = []

    def sleep(_seconds: float) -> None:
        if next(clock) > 20:
            raise _OutOfPollsError

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(_OutOfPollsError):
        list(saved_states(path, on_waiting=reasons.append))

    assert reasons == ["is empty"]


# --- the loop, with a made-up grader -----------------------------------------------------


class _Loop:
    """The loop over scripted reports; each grading saves the file, so that another one follows."""

    def __init__(self, path: Path, *reports: Report | Exception) -> None:
        self.kept: list[Report] = []
        self.started = 0
        self.seeds: list[int | None] = []
        self._path = path
        self._reports = iter(reports)

    def run(self, console: Console | None) -> int:
        """Run until the reports are used up, which acts as Ctrl-C, and return the exit code."""
        with pytest.raises(SystemExit) as ended:
            watch_file(
                self._path,
                open_grader=self._open,
                grade=self._grade,
                keep=self.kept.append,
                console=console,
            )
        return int(ended.value.code or 0)

    @contextlib.contextmanager
    def _open(self) -> Iterator[Grader]:
        self.started += 1
        yield cast("Grader", _Warm())

    def _grade(self, _grader: object, seed: int | None) -> Report:
        self.seeds.append(seed)
        with self._path.open("a", encoding="utf-8") as file:
            file.write("x = 1\n")
        report = next(self._reports, None)
        if report is None:
            raise KeyboardInterrupt
        if isinstance(report, Exception):
            raise report
        return report


@pytest.fixture
def run_loop(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[_Loop, str]]:
    """Run the loop over reports, and return it with its output."""

    def run(*reports: Report | Exception) -> tuple[_Loop, str]:
        monkeypatch.setattr(watch, "_POLL_S", 0)
        loop = _Loop(path, *reports)
        assert loop.run(Console(width=80, highlight=False)) == 130
        return loop, capsys.readouterr().out

    return run


WRONG_REPORT = make_report(check_result("mse/a", Status.FAILED, title="Promise", message="Why"))
RIGHT_REPORT = make_report(check_result("mse/a", title="Promise"))
GAINED = "+ mse                 0 -> 1 / 1  right"
UNREADABLE = make_report(status=ReportStatus.UNREADABLE, error="line 1 is not valid Python")
FAILED = make_report(status=ReportStatus.GRADER_ERROR, error="the forkserver is gone", score=None)
EMPTY = make_report(
    check_result("mse/a", Status.MISSING),
    submission=SubmissionInfo(
        name="lab4.py",
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        format="python",
    ),
)


def test_changes_since_the_last_report_are_shown(
    run_loop: Callable[..., tuple[_Loop, str]],
) -> None:
    """Each report first shows what changed, then what is still wrong."""
    loop, shown = run_loop(WRONG_REPORT, RIGHT_REPORT, RIGHT_REPORT)

    first, second, third = shown.split("watching lab4.py")[:3]
    assert "Why" in first
    assert GAINED in second
    assert second.index(GAINED) < second.index("1 of 1 points")
    assert "no points gained or lost" in third
    assert loop.kept == [WRONG_REPORT, RIGHT_REPORT, RIGHT_REPORT]


def test_unreadable_state_is_not_compared(
    run_loop: Callable[..., tuple[_Loop, str]],
) -> None:
    """A report after an unreadable state is compared with the one before it."""
    _, shown = run_loop(WRONG_REPORT, UNREADABLE, RIGHT_REPORT)

    assert "lab4.py: can't be graded: line 1 is not valid Python" in shown
    assert GAINED in shown


def test_grader_that_failed_is_replaced(run_loop: Callable[..., tuple[_Loop, str]]) -> None:
    """A grader that failed is replaced, because it may be broken for good."""
    loop, shown = run_loop(WRONG_REPORT, FAILED, RIGHT_REPORT)

    assert "the grader failed, so there is no score" in shown
    assert loop.started == 2
    assert GAINED in shown


def test_file_that_was_empty_when_it_was_read_is_skipped(
    run_loop: Callable[..., tuple[_Loop, str]],
) -> None:
    """A file that was empty when it was read is skipped."""
    loop, shown = run_loop(WRONG_REPORT, EMPTY, WRONG_REPORT)

    assert loop.kept == [WRONG_REPORT, WRONG_REPORT]
    assert "no points gained or lost" in shown


def test_file_that_can_not_be_read_is_reported(run_loop: Callable[..., tuple[_Loop, str]]) -> None:
    """A file that can't be read is reported, and watching goes on."""
    _, shown = run_loop(WRONG_REPORT, UsageError("can't open lab4.py"), RIGHT_REPORT)

    assert "can't open lab4.py" in shown
    assert GAINED in shown


def test_wrong_usage_ends_the_loop(path: Path) -> None:
    """A usage error in the first run ends the loop."""
    loop = _Loop(path, UsageError('unknown function "nothing"'))

    with pytest.raises(UsageError):
        watch_file(
            path,
            open_grader=loop._open,
            grade=loop._grade,
            keep=loop.kept.append,
            console=None,
        )


def test_every_run_has_the_inputs_of_the_first(run_loop: Callable[..., tuple[_Loop, str]]) -> None:
    """Every run has the seed of the first run that graded something."""
    loop, _ = run_loop(UNREADABLE, WRONG_REPORT, RIGHT_REPORT)

    assert loop.seeds == [None, None, WRONG_REPORT.seed, WRONG_REPORT.seed]


def test_quiet_shows_errors_only(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a console only errors are shown, on standard error."""
    code = _Loop(path, WRONG_REPORT, UNREADABLE).run(None)

    captured = capsys.readouterr()
    assert code == 130
    assert captured.out == ""
    assert "can't be graded" in captured.err
    assert "Why" not in captured.err


# --- the command itself -------------------------------------------------------------------


class Watching:
    """A running ``grade --watch``, whose output is read as it comes."""

    def __init__(self, path: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", str(path), "--watch", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "80", "TMPDIR": str(path.parent)},
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def next_run(self) -> str:
        """Return the output of one run; wait for it at most a minute."""
        shown, deadline = "", time.monotonic() + 60
        while "Ctrl-C to end" not in shown:
            shown += self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        return shown

    def interrupt(self) -> str:
        """Press Ctrl-C, and return the rest of the output."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        self._reader.join(timeout=30)
        shown = ""
        while not self._lines.empty():
            shown += self._lines.get()
        return shown

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self._lines.put(line)


@pytest.fixture
def start() -> Iterator[Callable[..., Watching]]:
    """Return a function that starts watching; the processes end after the test."""
    with contextlib.ExitStack() as stack:

        def start_it(path: Path, *options: str) -> Watching:
            watching = Watching(path, *options)
            stack.callback(watching.process.wait)
            stack.callback(watching.process.kill)
            return watching

        yield start_it


@pytest.mark.slow
def test_each_save_is_graded_until_ctrl_c(path: Path, start: Callable[..., Watching]) -> None:
    """Right, wrong, broken and replaced files are graded in turn until Ctrl-C."""
    path.write_text(WRONG_MSE, encoding="utf-8")
    target = path.with_name("report.json")
    other = path.with_suffix(".new")

    watching = start(path, "--only", "mse", "--json", str(target))
    first = watching.next_run()
    path.write_text(RIGHT_MSE, encoding="utf-8")
    second = watching.next_run()
    right_json = json.loads(target.read_text(encoding="utf-8"))
    other.write_text("def f(:\n", encoding="utf-8")
    other.replace(path)
    third = watching.next_run()
    path.write_text(RIGHT_MSE + "\n", encoding="utf-8")
    fourth = watching.next_run()
    last = watching.interrupt()

    assert "should be" in first
    assert "0 of 6 points" in first
    assert "+ mse                 0 -> 6 / 6" in second
    assert "should be" not in second
    assert right_json["score"] == 6
    assert "can't be graded: line 1 is not valid Python" in third
    assert "= no points gained or lost" in fourth
    assert watching.process.returncode == 130
    assert last.strip().splitlines()[-1] == "stopped watching"
    assert "\x1b" not in first + second + third + fourth + last
    assert sorted(one.name for one in path.parent.iterdir()) == ["lab4.py", "report.json"]


@pytest.mark.slow
def test_save_during_a_grading_is_graded_after_it(
    path: Path, start: Callable[..., Watching]
) -> None:
    """After a grading that takes long, only the newest save is graded."""
    path.write_text("def mse(y_hat, y):\n    while True: pass\n", encoding="utf-8")

    watching = start(path, "--only", "mse", "--function-limit", "3")
    deadline = time.monotonic() + 60
    while not any(path.parent.glob("zerograd-*/scratch-*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    path.write_text(WRONG_MSE, encoding="utf-8")
    path.write_text(RIGHT_MSE, encoding="utf-8")
    first, second = watching.next_run(), watching.next_run()
    watching.interrupt()

    assert "hit a limit" in first
    assert "6 of 6 points" in second
    assert watching.process.returncode == 130


def test_many_reports_can_not_go_to_standard_output(path: Path) -> None:
    """--watch with --json on standard output is a usage error."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", str(path), "--watch", "--json", "-"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert "--watch writes many reports; give --json a file name" in done.stderr
