"""``grade FILE --watch``: grade again on every save, with one grader that keeps running."""

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
from grader.outputs.console import is_plain
from grader.outputs.escaping import escape_controls, escape_report
from grader.outputs.terminal import show_failure, show_report
from grader.outputs.watch_changes import GAINED, LOST, describe_changes
from grader.report.model import Report, ReportStatus

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from grader.pipeline import Grader

# Polling 50 times a second has no measurable cost, and works everywhere: on network drives, in
# containers and with some editors, saving sends no events or unusual ones.
_POLL_S = 0.02
_PATIENCE_S = 2.0  # before a message says that the file is empty or gone

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

    Every run has the inputs of the first one, so that a change of the report comes from a change of
    the file, and the reference's answers are reused.

    Args:
        path: The file.
        open_grader: Starts a grader. It is called once, and again after a grader has failed.
        grade: Grades the file once, with inputs drawn from the seed if there is one.
        keep: Writes a report to the files that were asked for.
        console: Where to show the reports; None shows errors only.

    Raises:
        SystemExit: Always, after Ctrl-C.
        UsageError: The command can't be carried out as given.
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
                        screen.show_problem(
                            error
                        )  # the file is gone or unreadable since the last run
                        continue
                    if report.submission.sha256 == _SHA256_OF_NOTHING:
                        continue  # an editor has just begun to write it
                    keep(report)
                    screen.show(report)
                    warm_grader.get_ready()
                    if report.functions:
                        seed = report.seed
                    if report.status is ReportStatus.GRADER_ERROR:
                        # It may be broken for good, so the next save gets a new grader.
                        break
    except KeyboardInterrupt:
        screen.show_end()
        raise SystemExit(ExitCode.INTERRUPTED) from None


def saved_states(path: Path, *, on_waiting: Callable[[str], None]) -> Iterator[_State]:
    """Yield the state of a file now, and again each time it has been saved.

    Editors overwrite a file, or write another one and rename it, so for a moment the file can be
    empty, missing or incomplete. So a state counts only if two polls agree and the file is not
    empty. If the file is saved several times while the caller works on a state, only the newest
    state follows.

    Args:
        path: The file.
        on_waiting: Called once with the reason, after the file has been empty or gone for a while.
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
            waiting_since = float("inf")  # report it only once
        time.sleep(_POLL_S)


def _state(path: Path) -> _State | None:
    """Return what changes with each save; None if the file is missing or empty."""
    try:
        status = os.lstat(path)  # links are not followed when the file is read, either
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if status.st_size else None


def _in_words(line: str) -> str:
    """Return a change for a screen reader."""
    words = {GAINED: "gained: ", LOST: "lost: ", "= ": ""}
    text = " ".join(line.split())
    sign = text[:2]
    return f"{words[sign]}{text[2:]}".replace(" -> ", " to ").replace(" / ", " of ")


class _Screen:
    """The output of all runs, one below the other; earlier ones stay readable."""

    def __init__(self, path: Path, console: Console | None) -> None:
        self._name = escape_controls(path.name).replace("\n", "\\n")
        self._console = console
        self._graded: Report | None = None
        self.is_empty = True

    def show(self, report: Report) -> None:
        """Show what changed since the last graded report, then what is still wrong."""
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
        """Say why the file could not be graded."""
        (self._console or Console(stderr=True)).print(Text(escape_controls(str(error))))

    def show_waiting(self, why: str) -> None:
        """Say that the file is empty or gone, so that nothing happens."""
        self._say(f"{self._name} {why}; waiting until it is saved")

    def show_end(self) -> None:
        """Say that watching has ended, on a line below the ``^C``."""
        self._say("\nstopped watching")

    def _rule(self) -> None:
        if self._console is not None and is_plain(self._console):
            self._say(f"{self._name} at {datetime.now().astimezone():%H:%M:%S}:")
        elif self._console is not None:
            now = datetime.now().astimezone()
            self._console.print()
            self._console.rule(Text(f"{now:%H:%M:%S}  {self._name}"), align="left")

    def _show_changes(self, console: Console, before: Report, after: Report) -> None:
        before, after = (escape_report(one, encoding=console.encoding) for one in (before, after))
        for line in describe_changes(before, after):
            if is_plain(console):
                console.print(Text(_in_words(line)))
                continue
            text = line.lstrip()
            style = {GAINED: "green", LOST: "red"}.get(text[:2], "dim")
            console.print(Padding(Text(text, style=style), (0, 0, 0, len(line) - len(text))))

    def _say(self, text: str) -> None:
        if self._console is not None:
            self._console.print(Text(text, style="dim"))
