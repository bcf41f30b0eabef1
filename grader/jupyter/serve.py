"""The grading process: reads requests as lines of JSON, and answers each with lines of JSON.

If the kernel itself graded, a student's settings would reach the grader (warnings as errors,
numpy's print options, a deleted working folder), and pytest would leave traces in the kernel:
environment variables, modules, the last traceback for ``%debug``.

A request has ``cells``, ``only`` and ``seed``. The reply has one line with ``progress`` for each
function, then a line with either ``html`` and ``text``, or a ``problem``.
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
    with _reserved_standard_output() as stream:

        def send(reply: dict[str, str]) -> None:
            stream.write(json.dumps(reply) + "\n")
            stream.flush()

        try:
            assignment = load_assignment(sys.argv[-1])
        except UsageError as error:
            sys.stdin.readline()
            send({"problem": str(error)})
            return
        with Grader(assignment) as grader:
            for line in sys.stdin:
                if not _answer(json.loads(line), grader, send):
                    # The grader may not recover, and the kernel starts another process.
                    break
                grader.get_ready()


@contextlib.contextmanager
def _reserved_standard_output() -> Iterator[TextIO]:
    """Reserve standard output for replies; anything else that prints goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as stream:
        os.dup2(2, 1)
        yield stream


def _answer(request: dict[str, object], grader: Grader, send: Send) -> bool:
    """Answer one request; return False if the grader failed."""
    shown = ""

    def on_progress(done: int, total: int, name: str) -> None:
        nonlocal shown
        if total and name != shown:
            shown = name
            send({"progress": f"{name} [{done + 1}/{total}]"})

    try:
        # As for the command, the grader reads a file; nobody else may read this one.
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
    """Return what the terminal would show, without colours."""
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
