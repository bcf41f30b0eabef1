"""``grader serve`` as a process of its own, that a test or a benchmark can kill."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import psutil

_PATIENCE_S = 180.0
# util-linux: a process that ends with its parent, also if that is killed.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
_START = "from grader.cli.start import grader; grader()"


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class ServerProcess:
    """The service, as a process that can be started again at the same address.

    Args:
        data: Its data folder.
        database: The URL of its database; empty for SQLite.
        workers: How many submissions it grades at once.
        options: More options of the command.
    """

    data: Path
    database: str = ""
    workers: int = 2
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None
    _log: "IO[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it has logged."""
        return self.data.with_name(f"{self.data.name}.log")

    def start(self) -> None:
        """Start it, and wait until it takes hand-ins."""
        self.spawn()
        self.wait_until_healthy()

    def spawn(self) -> None:
        """Start it, in a thread that stays: it ends with the thread."""
        self._log = self.log.open("ab")
        self._process = subprocess.Popen(
            [*DIES_WITH_US, sys.executable, "-c", _START, "serve", "--data", self.data,
             "--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers), *self.options],
            stdout=self._log,
            stderr=self._log,
            process_group=0,  # Ctrl-C is for whoever has started it
            env={**os.environ, "ZEROGRAD_DATABASE": self.database},
        )  # fmt: skip

    def wait_until_healthy(self) -> None:
        """Wait until hand-ins are taken."""
        deadline = time.monotonic() + _PATIENCE_S
        while not self.is_healthy():
            assert self.status() is None, self.log.read_text("utf-8", "replace")
            assert time.monotonic() < deadline, "the service did not start"
            time.sleep(0.1)

    def is_healthy(self) -> bool:
        """Return whether it takes hand-ins."""
        try:
            with urlopen(f"{self.address}/health", timeout=10) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def status(self) -> int | None:
        """Return its exit status; None as long as it runs."""
        assert self._process is not None
        return self._process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill it at once, and reap it; its workers end with it."""
        self.send(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """Stop it in order; return its exit status."""
        if self.status() is None:
            self.send(signal.SIGTERM)
        return self.wait()

    def wait(self, *, patience_s: float | None = _PATIENCE_S) -> int:
        """Wait until it has ended; return its exit status."""
        assert self._process is not None
        status = self._process.wait(patience_s)
        if self._log is not None:
            self._log.close()
        return status

    def rss_bytes(self) -> int:
        """Return the memory of the server's own process, without its workers."""
        assert self._process is not None
        rss: int = psutil.Process(self._process.pid).memory_info().rss
        return rss

    def worker_pids(self) -> list[int]:
        """Return the ids of all processes below it: workers, and what these have started."""
        assert self._process is not None
        try:
            found = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [one.pid for one in found]
