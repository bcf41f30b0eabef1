"""Grades for a kernel, in a process of its own: one line of JSON in, some lines out.

In the kernel itself a student's settings would reach the grader (warnings as errors, numpy's
print options, a folder that is gone), and the grader's would stay behind in the kernel: pytest's
environment variables, its modules, the last traceback for ``%debug``.

The lines out are one ``progress`` for each function, then either ``html`` and ``text``,
or a ``problem``.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from rich.console import Console

from grader.checks.assignment import load_assignment
from grader.errors import UsageError
from grader.jupyter.history import make_notebook
from grader.outputs.notebook_html import report_to_html
from grader.outputs.terminal import show_failure, show_report
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus

_TEXT_WIDTH = 80

Send = Callable[[dict[str, str]], None]


def main() -> None:
    """Answer requests on standard input until it is closed, or until the grader fails."""
    with _own_standard_output() as answers:

        def send(answer: dict[str, str]) -> None:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

        try:
            assignment = load_assignment(sys.argv[-1])
        except UsageError as error:
            sys.stdin.readline()
            send({"problem": str(error)})
            return
        with Grader(assignment) as grader:
            for line in sys.stdin:
                if not _answer(json.loads(line), grader, send):
                    # It may not come up again by itself; the kernel starts another.
                    break


@contextlib.contextmanager
def _own_standard_output() -> Iterator[TextIO]:
    """Keep standard output for answers: whatever prints by mistake goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)
        yield answers


def _answer(request: dict[str, object], grader: Grader, send: Send) -> bool:
    """Grade once; False if the grader failed."""
    told = ""

    def on_progress(done: int, total: int, name: str) -> None:
        nonlocal told
        if name != told:
            told = name
            send({"progress": f"{name} [{done + 1}/{total}]"})

    try:
        # The same way in as for the command: a file, which nobody else may read.
        with tempfile.TemporaryDirectory(prefix="zerograd-") as folder:
            path = Path(folder) / "notebook.ipynb"
            path.touch(mode=0o600)
            path.write_bytes(make_notebook(request["cells"]))  # type: ignore[arg-type]
            report = grader.grade(
                path,
                seed=request["seed"],  # type: ignore[arg-type]
                only=request["only"],  # type: ignore[arg-type]
                on_progress=on_progress,
            )
    except UsageError as error:
        send({"problem": str(error)})
        return True
    send({"html": report_to_html(report), "text": _to_text(report)})
    return report.status is not ReportStatus.GRADER_ERROR


def _to_text(report: Report) -> str:
    """Write what the terminal would show, without colour."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=_TEXT_WIDTH,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        highlight=False,
    )
    show = show_failure if report.error else show_report
    show(report, console)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


if __name__ == "__main__":
    main()
