"""Keeps the process that grades for this kernel: started when first needed, then kept warm.

Runs in the kernel, so it imports nothing but the standard library.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]

# -P: no folder of the notebook's comes first in sys.path. The package's own folder goes last,
# for a checkout that is not installed.
_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv[1]); from grader.jupyter.serve import main; main()"
)
_PATIENCE_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReply:
    """What to show: a report as HTML and as plain text, or the problem in a line."""

    html: str = ""
    text: str = ""
    problem: str = ""


class GraderProcess:
    """A warm grader for one kernel; it ends with the kernel, however that ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        atexit.register(self.close)

    def grade(
        self,
        cells: Sequence[str],
        *,
        only: str | None,
        seed: int | None,
        on_progress: Callable[[str], None],
    ) -> GradeReply:
        """Grade cells as a notebook; blocks until that is done.

        Raises:
            KeyboardInterrupt: somebody pressed the stop button; the process has ended.
        """
        process = self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        request = {"cells": list(cells), "only": only, "seed": seed}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                if "progress" not in answer:
                    return GradeReply(**answer)
                on_progress(answer["progress"])
        except BrokenPipeError:
            pass
        except KeyboardInterrupt:
            # In the middle of an answer: the next question needs a process that has none.
            process.send_signal(signal.SIGINT)
            self.close()
            raise
        self.close()
        return GradeReply(
            problem="the grader's process ended unexpectedly; run the cell again, and if it happens"
            " again, `grade` on the saved notebook in a terminal says more"
        )

    @property
    def is_running(self) -> bool:
        """Tell whether the process is there already, so that an answer comes soon."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(BrokenPipeError), process:
            process.stdin.close()  # type: ignore[union-attr] # it ends when it reads that
            try:
                process.wait(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self) -> "subprocess.Popen[str]":
        if not self.is_running:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOTSTRAP, str(_ROOT), _find_assignment()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # The kernel's own standard error is shown below the cell.
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                cwd="/",  # the notebook's folder may be gone
                start_new_session=True,  # the stop button signals the kernel's whole group
            )
        return self._process


def _find_assignment() -> str:
    """Name the assignment that the kernel's environment asks for, as the command does."""
    where = os.environ.get("ZEROGRAD_ASSIGNMENT", "lab4")
    # The process works in another folder.
    return str(Path(where).resolve()) if Path(where).is_dir() else where
