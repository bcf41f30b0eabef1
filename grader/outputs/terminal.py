"""Shows a report in a terminal."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.outputs.visible import make_report_visible
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Status

_MARKS = {
    Status.PASSED: ("✓", "+", "green"),
    Status.PARTIAL: ("◐", "~", "yellow"),
    Status.FAILED: ("✗", "x", "red"),
    Status.ERROR: ("✗", "!", "red"),
    Status.LIMIT: ("⏱", "!", "red"),
    Status.MISSING: ("·", "-", "dim"),
}
_WORDS = {
    Status.PASSED: "right",
    Status.PARTIAL: "partly right",
    Status.FAILED: "wrong",
    Status.ERROR: "raised an error",
    Status.LIMIT: "hit a limit",
    Status.MISSING: "not written yet",
}
_SHOWN_OUTPUT_LINES = 10
_MAX_WIDTH = 100

# What each lock keeps a submission from, for the note about those that are missing.
_LOCKS = {
    "privileges": "gaining rights",
    "resources": "using up memory",
    "files": "reading and writing files",
    "signals": "sending signals to other processes",
    "syscalls": "network and new processes",
}


def make_console(*, color: bool | None, stderr: bool) -> Console:
    """Make a console for standard error or output.

    Args:
        color: False for none; None leaves it to the terminal and to NO_COLOR and FORCE_COLOR.
        stderr: Whether it writes to standard error.
    """
    console = Console(stderr=stderr, no_color=True if color is False else None, highlight=False)
    if not console.is_terminal and console.width > _MAX_WIDTH:
        console.width = _MAX_WIDTH
    return console


def show_report(report: Report, console: Console) -> None:
    """Print a report: each function with its points, and for each failure why."""
    visible = make_report_visible(report, encoding=console.encoding)
    for part in _parts(visible, is_ascii=not _can_encode(console)):
        console.print(part)


def show_failure(report: Report, console: Console) -> None:
    """Print in one line why there is no grade; below it what belongs to it, such as a caret."""
    words = {ReportStatus.GRADER_ERROR: "the grader failed, so there is no score"}
    said = words.get(report.status, "can't be graded")
    visible = make_report_visible(report, encoding=console.encoding)
    line = f"{visible.submission.name}: {said}: {visible.error}"
    console.print(Text(line), soft_wrap=True)


def _can_encode(console: Console) -> bool:
    try:
        "✓◐✗⏱·│—".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _parts(report: Report, *, is_ascii: bool) -> Iterable[RenderableType]:
    yield _headline(report)
    passed_only = all(function.status is Status.PASSED for function in report.functions)
    for function in report.functions:
        yield _function_line(function, is_ascii=is_ascii)
        if function.status is not Status.PASSED:
            yield from _failures(function)
    if report.notes:
        yield Text("\nWhile reading it", style="bold")
        for note in report.notes:
            yield Padding(Text("- " + note), (0, 0, 0, 2))
    if report.output.strip():
        yield from _output(report)
    yield _total(report, everything_passed=passed_only)
    missing = report.isolation.missing
    if missing:
        names = ", ".join(_LOCKS.get(name, name) for name in missing)
        reasons = "; ".join(f"{name}: {reason}" for name, reason in missing.items())
        yield Text(
            f"Not locked on this machine: {names}. Grade only files that you trust. ({reasons})",
            style="yellow",
        )


def _headline(report: Report) -> Text:
    line = Text()
    line.append(report.submission.name, style="bold")
    line.append(f"  {report.assignment.title}", style="dim")
    if report.status is ReportStatus.STOPPED:
        line.append("  was ended before everything was graded", style="bold red")
    line.append("\n")
    return line


def _function_line(function: FunctionResult, *, is_ascii: bool) -> Text:
    symbol, ascii_symbol, style = _MARKS[function.status]
    line = Text()
    line.append(f"{ascii_symbol if is_ascii else symbol} ", style=style)
    line.append(f"{function.name:<16}", style="bold" if style != "dim" else "dim")
    points = f"{_points(function.score):>5} / {_points(function.max_score):<3}"
    line.append(f"{points} ", style="dim" if style == "dim" else "")
    line.append(_WORDS[function.status], style=style)
    return line


def _failures(function: FunctionResult) -> Iterable[RenderableType]:
    """Show what failed; a cause that is shared by several checks is told once."""
    failed = [check for check in function.checks if check.status is not Status.PASSED]
    if all(check.status is Status.MISSING for check in failed):
        return
    told: set[tuple[str, str]] = set()
    for check in failed:
        key = (check.message, check.example.got if check.example else "")
        is_new = key not in told
        told.add(key)
        yield Padding(_failure(check, is_new=is_new), (0, 0, 0, 4))


def _failure(check: CheckResult, *, is_new: bool) -> Group:
    title = Text()
    title.append(f"{_points(check.points)}/{_points(check.max_points)} ", style="dim")
    title.append(check.title)
    parts: list[RenderableType] = [title]
    if not is_new:
        title.append("  (for the same reason)", style="dim")
        return Group(title)
    if check.message:
        parts.append(Padding(Text(check.message, style="red"), (0, 0, 0, 4)))
    if check.example is not None:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("try", Text(check.example.code, style="cyan"))
        table.add_row("got", Text(check.example.got, style="red"))
        if check.example.expected:
            table.add_row("should be", Text(check.example.expected, style="green"))
        parts.append(Padding(table, (0, 0, 0, 4)))
    if check.hint:
        parts.append(Padding(Text(check.hint, style="italic"), (0, 0, 0, 4)))
    return Group(*parts)


def _output(report: Report) -> Iterable[RenderableType]:
    lines = report.output.rstrip("\n").split("\n")
    cut = ", cut at the limit" if report.is_output_cut else ""
    plural = "s" if len(lines) != 1 else ""
    yield Text(f"\nIt printed {len(lines)} line{plural}{cut}", style="bold")
    for line in lines[:_SHOWN_OUTPUT_LINES]:
        yield Padding(Text(line[:500], style="dim", overflow="fold"), (0, 0, 0, 2))
    if len(lines) > _SHOWN_OUTPUT_LINES:
        yield Padding(Text("... (all of it is in the JSON report)", style="dim"), (0, 0, 0, 2))


def _total(report: Report, *, everything_passed: bool) -> Text:
    line = Text("\n")
    if report.score is None or report.max_score is None:
        line.append("No score.", style="bold red")
        return line
    style = "bold green" if everything_passed else "bold"
    line.append(f"{_points(report.score)} of {_points(report.max_score)} points", style=style)
    return line


def _points(value: float) -> str:
    return f"{value:g}"
