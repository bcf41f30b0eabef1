"""A report in a terminal."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.outputs.escaping import escape_report
from grader.outputs.function_view import FailureView, FunctionView, view_function
from grader.outputs.visibility import describe_pending, show_to_student
from grader.outputs.wording import (
    ENDED_EARLY,
    MARKS,
    describe_failure,
    describe_missing_locks,
    describe_output,
    describe_score,
)
from grader.report.model import Report, ReportStatus, Status

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

    Args:
        report: The report.
        console: The console to print to.
        is_short: Whether to leave out right functions and the output, which a student who grades
            again has just seen.
    """
    visible = escape_report(show_to_student(report), encoding=console.encoding)
    parts = _short if is_short else _parts
    for part in parts(visible, is_ascii=not _can_encode(console)):
        console.print(part)
    pending = describe_pending(report)
    if pending:
        console.print(Text(pending, style="dim"))


def show_failure(report: Report, console: Console) -> None:
    """Print why there is no grade: one line, and more if the error has several."""
    visible = escape_report(report, encoding=console.encoding)
    line = f"{visible.submission.name}: {describe_failure(visible)}"
    console.print(Text(line), soft_wrap=True)


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
        yield Text(describe_missing_locks(report.isolation.missing), style="yellow")


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
        yield Padding(_failure(failure), (0, 0, 0, 4))


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
        yield Padding(Text("- " + note), (0, 0, 0, 2))


def _output(report: Report) -> Iterable[RenderableType]:
    lines = report.output.rstrip("\n").split("\n")
    yield Text("\n" + describe_output(report), style="bold")
    for line in lines[:_SHOWN_OUTPUT_LINES]:
        yield Padding(Text(line[:500], style="dim", overflow="fold"), (0, 0, 0, 2))
    if len(lines) > _SHOWN_OUTPUT_LINES:
        yield Padding(Text("... (the JSON report has all of it)", style="dim"), (0, 0, 0, 2))


def _total(report: Report) -> Text:
    line = Text("\n")
    if report.score is None or report.max_score is None:
        line.append("No score.", style="bold red")
        return line
    is_right = all(function.status is Status.PASSED for function in report.functions)
    style = "bold green" if is_right else "bold"
    line.append(describe_score(report), style=style)
    return line
