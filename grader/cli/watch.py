"""``grade FILE --watch``: grades again on every save, with a grader that stays warm."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader.cli.exit_codes import ExitCode
from grader.errors import UsageError
from grader.outputs.escaping import escape_controls, escape_report
from grader.outputs.terminal import show_failure, show_report
from grader.outputs.watch_changes import GAINED, LOST, describe_changes
from grader.report.model import Report, ReportStatus

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from grader.pipeline import Grader

# Asking 50 times a second costs nothing that could be measured, and works everywhere: network
# drives, containers and some editors' ways of saving send no events, or other ones.
_POLL_S = 0.02
_PATIENCE_S = 2.0  # before it says that a file is empty or gone

_SHA256_OF_NOTHING = hashlib.sha256().hexdigest()

_State = tuple[int, int, int]


def watch_file(
    path: Path,
    *,
    open_grader: "Callable[[], AbstractContextManager[Grader]]",
    grade: "Callable[[Grader, int | None], Report]",
    keep: Callable[[Report], None],
    console: Console | None,
) -> NoReturn:
    """Grade a file now and whenever it is saved, until Ctrl-C.

    All with the inputs of the first run: what changes from one to the next is the file's doing,
    and what is right need not be worked out again.

    Args:
        path: The file.
        open_grader: Starts a grader; once, unless one fails.
        grade: Grades the file once, with inputs drawn from a seed if one is given.
        keep: Writes a report where it is wanted.
        console: Where the reports are shown, if anywhere.

    Raises:
        SystemExit: always in the end.
        UsageError: the command can't be carried out as given.
    """
    screen = _Screen(path, console)
    seed: int | None = None
    states = saved_states(path, on_waiting=screen.show_waiting)
    try:
        while True:
            with open_grader() as warm_grader:
                for _ in states:
                    try:
                        report = grade(warm_grader, seed)
                    except UsageError as error:
                        if screen.is_empty:
                            raise
                        screen.show_problem(error)  # gone again, or no longer to be read
                        continue
                    if report.submission.sha256 == _SHA256_OF_NOTHING:
                        continue  # an editor has just begun to write it
                    keep(report)
                    screen.show(report)
                    if report.functions:
                        seed = report.seed
                    if report.status is ReportStatus.GRADER_ERROR:
                        # What failed may be broken for good: the next save gets a new one.
                        break
    except KeyboardInterrupt:
        screen.show_end()
        raise SystemExit(ExitCode.INTERRUPTED) from None


def saved_states(path: Path, *, on_waiting: Callable[[str], None]) -> Iterator[_State]:
    """Give the state of a file now, and then each time that it has been saved.

    Editors write over a file, or write another one and rename it: for a moment it can be empty,
    gone or half. So a state counts once it is the same at two polls, and has any content. What is
    saved while somebody is busy with the state before comes next, and only the newest of it.

    Args:
        path: The file.
        on_waiting: Told why, when there has been nothing to be graded for a while.
    """
    given: _State | None = None
    before: _State | None = None
    waiting_since: float | None = None
    while True:
        now = _state(path)
        if now is not None and now == before and now != given:
            given = now
            yield now
            before, waiting_since = None, None
            continue
        before = now
        if now is not None:
            waiting_since = None
        elif waiting_since is None:
            waiting_since = time.monotonic()
        elif time.monotonic() - waiting_since > _PATIENCE_S:
            on_waiting("is empty" if path.exists() else "is gone")
            waiting_since = float("inf")  # once is enough
        time.sleep(_POLL_S)


def _state(path: Path) -> _State | None:
    """Tell one save from the next; None where there is nothing to be graded."""
    try:
        status = os.lstat(path)  # a link is not followed when it is read, either
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if status.st_size else None


class _Screen:
    """Shows one run below the other; nothing is cleared, so that earlier ones can be read."""

    def __init__(self, path: Path, console: Console | None) -> None:
        self._name = escape_controls(path.name).replace("\n", "\\n")
        self._console = console
        self._graded: Report | None = None
        self.is_empty = True

    def show(self, report: Report) -> None:
        """Show what changed since the last report, then what is still wrong."""
        self.is_empty = False
        self._rule()
        if report.error:
            show_failure(report, self._console or Console(stderr=True))
        elif self._console is not None:
            if self._graded is None:
                show_report(report, self._console)
            else:
                self._show_changes(self._console, self._graded, report)
                show_report(report, self._console, is_short=True)
            self._graded = report
        self._say(f"watching {self._name}: save it to grade it again, Ctrl-C to end")

    def show_problem(self, error: UsageError) -> None:
        """Say why it was not graded."""
        (self._console or Console(stderr=True)).print(Text(escape_controls(str(error))))

    def show_waiting(self, why: str) -> None:
        """Say why nothing happens."""
        self._say(f"{self._name} {why}; waiting until it is saved")

    def show_end(self) -> None:
        """Leave the terminal with a line of its own for what comes next."""
        self._say("\nstopped watching")

    def _rule(self) -> None:
        if self._console is not None:
            now = datetime.now().astimezone()
            self._console.print()
            self._console.rule(Text(f"{now:%H:%M:%S}  {self._name}"), align="left")

    def _show_changes(self, console: Console, before: Report, after: Report) -> None:
        before, after = (escape_report(one, encoding=console.encoding) for one in (before, after))
        for line in describe_changes(before, after):
            text = line.lstrip()
            style = {GAINED: "green", LOST: "red"}.get(text[:2], "dim")
            console.print(Padding(Text(text, style=style), (0, 0, 0, len(line) - len(text))))

    def _say(self, text: str) -> None:
        if self._console is not None:
            self._console.print(Text(text, style="dim"))
