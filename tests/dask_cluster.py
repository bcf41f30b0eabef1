"""A scheduler and workers of Dask, as processes on loopback."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_START_S = 60.0


def wait_until(is_true: Callable[[], object], *, within_s: float = _START_S) -> None:
    """Wait until something holds, and fail if it doesn't in time."""
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


@dataclass
class Cluster:
    """A scheduler and its workers.

    Attributes:
        folder: What they write.
        tls: The options for certificates, if there are any.
        preload: A program that each worker runs first, if there is one.
    """

    folder: Path
    tls: Sequence[str] = ()
    preload: str = ""
    address: str = ""
    scheduler: "subprocess.Popen[bytes] | None" = None
    nannies: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start_scheduler(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Start a scheduler, and wait until it listens."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        where = ("--host", f"{'tls' if self.tls else 'tcp'}://{host}:{port}")
        self.scheduler = self._run(
            "scheduler", *where, "--no-dashboard", "--scheduler-file", str(file)
        )

        def is_listening() -> bool:
            with contextlib.suppress(OSError, ValueError, KeyError):
                self.address = json.loads(file.read_bytes())["address"]
                return True
            return False

        wait_until(is_listening)

    def start_worker(self, *options: str, program: str = "", host: str = "127.0.0.1") -> None:
        """Start a worker with its nanny, which starts it anew whenever it ends."""
        if self.preload:
            preload = self.folder / "preload.py"
            preload.write_text(self.preload, encoding="utf-8")
            options = (*options, "--preload", str(preload))
        self.nannies.append(
            self._run(
                "worker",
                self.address,
                *("--host", host, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"),
                *("--local-directory", str(self.folder / "scratch")),
                *options,
                program=program,
            )
        )

    def workers(self) -> list[int]:
        """List the processes of the workers, but not their nannies."""
        found = []
        for nanny in self.nannies:
            children = Path(f"/proc/{nanny.pid}/task/{nanny.pid}/children")
            with contextlib.suppress(OSError):
                for pid in map(int, children.read_text().split()):
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                    if b"spawn_main" in command or b"dask worker" in command:
                        found.append(pid)
        return found

    def kill_workers(self) -> int:
        """Kill all workers, but not their nannies; return how many there were."""
        found = self.workers()
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def close(self) -> None:
        """End everything."""
        for process in (*self.nannies, self.scheduler):
            if process is not None and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self) -> str:
        """Return what all of them have written to standard error."""
        return "".join(
            path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))
        )

    def _run(self, role: str, *arguments: str, program: str = "") -> "subprocess.Popen[bytes]":
        program = program or (
            f"import sys; from distributed.cli.dask_{role} import main; sys.exit(main())"
        )
        number = len(list(self.folder.glob(f"{role}*.log")))
        with (self.folder / f"{role}{number}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-c", program, *arguments, *self.tls],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )


@contextlib.contextmanager
def open_cluster(
    folder: Path, *, workers: int = 0, preload: str = "", tls: Sequence[str] = ()
) -> Iterator[Cluster]:
    """Start a scheduler and some workers; leaving the context kills all of them."""
    folder.mkdir(exist_ok=True)
    cluster = Cluster(folder, tls=tls, preload=preload)
    with contextlib.closing(cluster):
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.start_worker()
        yield cluster
