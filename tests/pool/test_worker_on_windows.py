"""A worker and a kernel's grader are started as Windows wants it. They were never run there."""

import io
import os
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from grader.jupyter import process as jupyter_process
from grader.pool import worker_main
from grader.pool.messages import PoolSettings
from grader.pool.worker_process import WorkerProcess
from grader.system.python import base_python, venv_variables

_BASE = r"C:\Python312\python.exe"


class _Pipe(io.BytesIO):
    """A pipe that keeps what was written when it is closed."""

    written = b""

    def close(self) -> None:
        self.written = self.written or self.getvalue()
        super().close()


class _Started:
    """A process that was not really started, with what was asked for."""

    def __init__(self, command: list[str], **options: Any) -> None:  # noqa: ANN401 - as Popen has them
        assert not options.get("pass_fds"), "Windows passes on no descriptors"
        self.command, self.options, self.pid = command, options, 4711
        self.stdin = _Pipe()
        self.signals: list[object] = []

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002
        return 0

    def poll(self) -> None:
        return None

    def kill(self) -> None:
        self.signals.append("kill")

    def send_signal(self, number: int) -> None:
        raise ValueError(f"Unsupported signal: {number}")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[_Started]:
    """Return the processes that are started while this system is Windows."""
    found: list[_Started] = []

    def start(command: list[str], **options: Any) -> _Started:  # noqa: ANN401
        found.append(_Started(command, **options))
        return found[-1]

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "_base_executable", _BASE, raising=False)
    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    monkeypatch.setattr(socket.socket, "share", lambda _self, pid: b"for %d" % pid, raising=False)
    return found


def test_the_socket_of_a_worker_is_shared_with_it(started: list[_Started]) -> None:
    """It comes through standard input, to the process that runs, and Ctrl-C is the pool's."""
    WorkerProcess(PoolSettings(assignment="lab4"), patience_s=60).close()

    (worker,) = started
    assert worker.stdin.written == b"for 4711"
    assert worker.command[0] == _BASE
    assert worker.command[-1] == "shared"
    assert worker.options["creationflags"] == 0x200
    assert worker.options["env"]["__PYVENV_LAUNCHER__"] == sys.executable
    assert worker.options["env"].items() >= os.environ.items()


def test_a_worker_takes_the_socket_that_was_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of standard input is what Windows needs for it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"shared")))
        monkeypatch.setattr(
            socket, "fromshare", lambda data: {b"shared": theirs}[data], raising=False
        )

        assert worker_main._take_socket("shared") is theirs


@pytest.mark.parametrize(
    ("platform", "expected"), [("win32", ["kill"]), ("linux", [signal.SIGINT])]
)
def test_the_stop_button_ends_the_grader_of_a_kernel(
    platform: str, expected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no signal for it, and would raise an error instead."""
    process = _Started([])
    monkeypatch.setattr(sys, "platform", platform)
    if platform != "win32":
        monkeypatch.setattr(process, "send_signal", process.signals.append)

    jupyter_process._interrupt(process)  # type: ignore[arg-type] # as far as it goes

    assert process.signals == expected


def test_elsewhere_the_python_of_the_environment_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux and macOS it is the process itself, and no variable is needed."""
    monkeypatch.setattr(sys, "_base_executable", "/usr/bin/python3", raising=False)

    assert base_python() == sys.executable
    assert venv_variables() == {}
