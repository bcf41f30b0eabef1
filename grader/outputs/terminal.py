"""A report in a terminal."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.segment import Segments
from rich.table import Table
from rich.text import Text

from grader.outputs.escaping import escape_report
from grader.outputs.function_view import FailureView, FunctionView, view_function
from grader.outputs.visibility import describe_pending, describe_shown_score, show_to_student
from grader.outputs.wording import (
    ENDED_EARLY,
    MARKS,
    describe_failure,
    describe_missing_locks,
    describe_output,
    describe_score,
)
from grader.report.budget import cut_text
from grader.report.model import Report, ReportStatus, Status

MAX_CHARACTERS = 64 * 1024  # of all that is printed
_MAX_DETAILS = 44 * 1024  # so that there is room for the points of every function
_MAX_END = 4 * 1024
_MAX_ERROR = 8000
_SHOWN_OUTPUT_LINES = 10
_MAX_WIDTH = 100
_EXAMPLE_STYLES = {"try": "cyan", "got": "red", "should be": "green"}


def make_console(*, color: bool | None, stderr: bool) -> Console:
    """Return a console for standard output or standard error.

    Args:
        color: False for no colour; None leaves it to the terminal, NO_COLOR and FORCE_COLOR.
        stderr: Whether it writes to standard error.
    """
    console = Console(stderr=stderr, no_color=True if color is False else None, highlight=False)
    if not console.is_terminal and console.width > _MAX_WIDTH:
        console.width = _MAX_WIDTH
    return console


def show_report(report: Report, console: Console, *, is_short: bool = False) -> None:
    """Print a report: each function with its points, and the reason for each failure.

    At most `MAX_CHARACTERS` are printed. If there is more, details are left out first.

    Args:
        report: The report.
        console: The console to print to.
        is_short: Whether to leave out right functions and the output, which a student who grades
            again has just seen.
    """
    try:
        visible = escape_report(show_to_student(report), encoding=console.encoding)
        screen = _Screen(console)
        parts = _short if is_short else _parts
        for part in parts(visible, is_ascii=not _can_encode(console)):
            screen.show(part)
        pending = describe_pending(report)
        if pending:
            screen.show(_End(pending, style="dim"))
    except OSError:  # the terminal is gone
        raise
    except Exception as error:  # noqa: BLE001 - an edge: the score is shown, whatever fails
        reason = type(error).__name__
        console.print(Text(f"\nThis report can't be shown in full: the grader failed ({reason})."))
        console.print(Text(f"{describe_shown_score(report)}. The JSON report has the rest."))


def show_failure(report: Report, console: Console) -> None:
    """Print why there is no grade: one line, and more if the error has several."""
    visible = escape_report(report, encoding=console.encoding)
    line = f"{visible.submission.name}: {describe_failure(visible)}"
    console.print(Text(cut_text(line, _MAX_ERROR, ellipsis=" ...")), soft_wrap=True)


class _Detail(Padding):
    """What is left out if a report is too long: reasons, notes and output."""


class _End(Text):
    """What is always shown, at the end: the total, and what makes it uncertain."""


class _Screen:
    """Prints the parts of a report, as long as there is room for them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed = 0
        self._is_cut = False

    def show(self, part: RenderableType) -> None:
        """Print a part if there is room for it; say once that something is left out."""
        is_detail = isinstance(part, _Detail)
        if is_detail and self._is_cut:
            return
        limit = _MAX_DETAILS if is_detail else MAX_CHARACTERS - _MAX_END
        segments = list(self._console.render(part))
        size = sum(len(one.text) for one in segments)
        if self._printed + size <= limit or isinstance(part, _End):
            self._printed += size
            self._console.print(Segments(segments), end="")
        elif not self._is_cut:
            self._is_cut = True
            self._console.print(Text("    ... (cut here: the JSON report has more)", style="dim"))


def _can_encode(console: Console) -> bool:
    try:
        "✓◐✗⏱·│—".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _parts(report: Report, *, is_ascii: bool) -> Iterable[RenderableType]:
    yield _headline(report)
    for function in report.functions:
        yield from _function(view_function(function), is_ascii=is_ascii)
    yield from _notes(report)
    if report.output.strip():
        yield from _output(report)
    yield _total(report)
    if report.isolation.missing:
        yield _End(describe_missing_locks(report.isolation.missing), style="yellow")


def _short(report: Report, *, is_ascii: bool) -> Iterable[RenderableType]:
    """Leave out right functions, and list those that are not written yet on one line."""
    wrong = [one for one in report.functions if one.status not in (Status.PASSED, Status.MISSING)]
    missing = [one.name for one in report.functions if one.status is Status.MISSING]
    if wrong or missing:
        yield Text()
    for function in wrong:
        yield from _function(view_function(function), is_ascii=is_ascii)
    if missing:
        mark = MARKS[Status.MISSING]
        symbol = mark.ascii if is_ascii else mark.symbol
        yield Text(f"{symbol} {mark.word}: {', '.join(missing)}", style=mark.color)
    yield from _notes(report)
    if report.status is ReportStatus.STOPPED:
        yield Text(f"\nGrading {ENDED_EARLY}.", style="bold red")
    yield _total(report)


def _headline(report: Report) -> Text:
    line = Text()
    line.append(report.submission.name, style="bold")
    line.append(f"  {report.assignment.title}", style="dim")
    if report.status is ReportStatus.STOPPED:
        line.append(f"  grading {ENDED_EARLY}", style="bold red")
    line.append("\n")
    return line


def _function(function: FunctionView, *, is_ascii: bool) -> Iterable[RenderableType]:
    yield _function_line(function, is_ascii=is_ascii)
    for failure in function.failures:
        yield _Detail(_failure(failure), (0, 0, 0, 4))


def _function_line(function: FunctionView, *, is_ascii: bool) -> Text:
    mark = function.mark
    style = mark.color
    line = Text()
    line.append(f"{mark.ascii if is_ascii else mark.symbol} ", style=style)
    line.append(f"{function.name:<16}", style="bold" if style != "dim" else "dim")
    points = f"{function.score:>5} / {function.max_score:<3} "
    line.append(points, style="dim" if style == "dim" else "")
    line.append(mark.word, style=style)
    return line


def _failure(failure: FailureView) -> Group:
    title = Text()
    title.append(f"{failure.fraction} ", style="dim")
    title.append(failure.title)
    if failure.is_repeat:
        title.append("  (for the same reason)", style="dim")
    details: list[RenderableType] = []
    if failure.message:
        details.append(Text(failure.message, style="red"))
    if failure.example_rows:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for label, text in failure.example_rows:
            table.add_row(label, Text(text, style=_EXAMPLE_STYLES[label]))
        details.append(table)
    if failure.hint:
        details.append(Text(failure.hint, style="italic"))
    if failure.read_on:
        details.append(Text(failure.read_on, style="dim"))
    return Group(title, *(Padding(one, (0, 0, 0, 4)) for one in details))


def _notes(report: Report) -> Iterable[RenderableType]:
    if report.notes:
        yield Text("\nNotes", style="bold")
    for note in report.notes:
        yield _Detail(Text("- " + note), (0, 0, 0, 2))


def _output(report: Report) -> Iterable[RenderableType]:
    lines = report.output.rstrip("\n").split("\n")
    yield Text("\n" + describe_output(report), style="bold")
    for line in lines[:_SHOWN_OUTPUT_LINES]:
        yield _Detail(Text(line[:500], style="dim", overflow="fold"), (0, 0, 0, 2))
    if len(lines) > _SHOWN_OUTPUT_LINES:
        rest = "more" if report.is_output_cut else "all of it"
        yield _Detail(Text(f"... (the JSON report has {rest})", style="dim"), (0, 0, 0, 2))


def _total(report: Report) -> Text:
    line = _End("\n")
    if report.score is None or report.max_score is None:
        line.append("No score.", style="bold red")
        return line
    is_right = all(function.status is Status.PASSED for function in report.functions)
    style = "bold green" if is_right else "bold"
    line.append(describe_score(report), style=style)
    return line
