"""The process that grades for a kernel: started when first needed, then kept running.

This module runs in the kernel, so it imports little but the standard library.
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

from grader.bootstrap import python_command
from grader.system.python import base_python, venv_variables

_PROGRAM = "from grader.jupyter.serve import main; main()"
_PATIENCE_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReply:
    """A reply to show: a report as HTML and as plain text, or a problem in one line."""

    html: str = ""
    text: str = ""
    problem: str = ""


class GraderProcess:
    """A grading process for one kernel; it ends with the kernel, however that ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._assignment = ""
        atexit.register(self.close)

    def grade(
        self,
        cells: Sequence[str],
        *,
        only: Sequence[str] | None,
        seed: int | None,
        on_progress: Callable[[str], None],
    ) -> GradeReply:
        """Grade cells as a notebook, and block until the reply is there.

        Args:
            cells: The sources of the cells.
            only: The functions to grade; None grades all.
            seed: The seed of the inputs; by default derived from the cells.
            on_progress: Called with a short text when another function is being graded.

        Raises:
            KeyboardInterrupt: The stop button was pressed; the process has ended.
        """
        process = self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        request = {"cells": list(cells), "only": only, "seed": seed}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                reply = json.loads(line)
                if "progress" not in reply:
                    return GradeReply(**reply)
                on_progress(reply["progress"])
        except BrokenPipeError:
            pass
        except KeyboardInterrupt:
            # The process is in the middle of a reply, so the next request needs a new process.
            _interrupt(process)
            self.close()
            raise
        self.close()
        return GradeReply(
            problem="the grading process ended unexpectedly; run the cell again, and if that "
            "doesn't help, run `grade` on the saved notebook in a terminal to see more"
        )

    @property
    def is_running(self) -> bool:
        """Return whether the process runs already, so that it can answer soon."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """End the process, if there is one; kill it if it doesn't end in a few seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(BrokenPipeError), process:
            process.stdin.close()  # type: ignore[union-attr] # a pipe; its end makes it exit
            try:
                process.wait(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self) -> "subprocess.Popen[str]":
        assignment = _find_assignment()
        if not self.is_running or assignment != self._assignment:
            self.close()
        if self._process is None:
            self._assignment = assignment
            self._process = subprocess.Popen(
                python_command(_PROGRAM, assignment, python=base_python()),
                env=os.environ | venv_variables(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Not the kernel's standard error, which is shown below the cell.
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                cwd="/",  # the notebook's folder may have been deleted
                start_new_session=True,  # the stop button signals the kernel's process group
            )
        return self._process


def _interrupt(process: "subprocess.Popen[str]") -> None:
    """Let a process stop what it does, and end; on Windows, only its end can be asked for."""
    if sys.platform == "win32":
        process.kill()
    else:
        process.send_signal(signal.SIGINT)


def _find_assignment() -> str:
    """Return the assignment that ``ZEROGRAD_ASSIGNMENT`` names in the kernel's environment."""
    where = os.environ.get("ZEROGRAD_ASSIGNMENT", "lab4")
    # Absolute, because the process works in another folder.
    return str(Path(where).resolve()) if Path(where).exists() else where
