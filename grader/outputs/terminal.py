"""A report in a terminal."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from grader.outputs.console import can_encode, is_plain
from grader.outputs.escaping import escape_report
from grader.outputs.function_view import FailureView, FunctionView
from grader.outputs.manual_view import ManualView, describe_waiting, view_manual
from grader.outputs.report_view import ReportView, view_report
from grader.outputs.self_check import describe_self_check
from grader.outputs.terminal_plain import show_plain_report
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
_SYMBOLS = "✓◐✗⏱·│—"
_LEAST_NAME, _MOST_NAME = 16, 32
_MAX_OUTPUT_LINE = 500
_INDENT = 4
_MAX_INDENT = 24  # so that there is room for the text
_LABEL_WIDTH = len("should be")
_EXAMPLE_STYLES = {"try": "cyan", "got": "red", "should be": "green"}


def show_report(report: Report, console: Console, *, is_short: bool = False) -> None:
    """Print a report: each function with its points, and the reason for each failure.

    At most `MAX_CHARACTERS` are printed. If there is more, details are left out first.

    Args:
        report: The report.
        console: The console to print to.
        is_short: Whether to leave out right functions and the output, which a student who grades
            again has just seen.
    """
    if is_plain(console):
        show_plain_report(report, console, is_short=is_short)
        return
    try:
        visible = escape_report(show_to_student(report), encoding=console.encoding)
        screen = _Screen(console)
        parts = _short if is_short else _parts
        for part in parts(visible, is_ascii=not can_encode(_SYMBOLS, console)):
            screen.show(part)
        sentences = (
            describe_waiting(visible),
            describe_pending(report),
            *describe_self_check(visible),
        )
        for sentence in sentences:
            if sentence:
                screen.show(_End(sentence, style="dim"))
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


class _Detail(Group):
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
        segments = list(_without_padding(self._console.render(part)))
        size = sum(len(one.text) for one in segments)
        if self._printed + size <= limit or isinstance(part, _End):
            self._printed += size
            # Not cut to the width: the terminal wraps the lines of code, which then stay whole.
            self._console.print(Segments(segments), end="", crop=False, no_wrap=True)
        elif not self._is_cut:
            self._is_cut = True
            self._console.print(Text("    ... (cut here: the JSON report has more)", style="dim"))


def _without_padding(segments: Iterable[Segment]) -> Iterable[Segment]:
    """Remove the spaces at the ends of lines, which would be pasted with the code."""
    for line in Segment.split_lines(segments):
        while line and not line[-1].text.rstrip(" "):
            line.pop()
        if line:
            last = line.pop()
            yield from line
            yield Segment(last.text.rstrip(" "), last.style, last.control)
        yield Segment.line()


def _parts(report: Report, *, is_ascii: bool) -> Iterable[RenderableType]:
    view = view_report(report)
    yield _headline(report)
    yield from _causes(view)
    for function in view.functions:
        yield from _function(function, is_ascii=is_ascii, width=_name_width(report))
    for item in view_manual(report.manual):
        yield from _manual(item, is_ascii=is_ascii, width=_name_width(report))
    yield from _notes(view)
    if report.output.strip():
        yield from _output(report)
    yield _total(report)
    if report.isolation.missing:
        yield _End(describe_missing_locks(report.isolation.missing), style="yellow")


def _short(report: Report, *, is_ascii: bool) -> Iterable[RenderableType]:
    """Leave out right functions, and list those that are not written yet on one line."""
    view = view_report(report)
    missing = [
        one.name for one in view.functions if one.status is Status.MISSING and not one.remark
    ]
    wrong = [
        one for one in view.functions if one.status is not Status.PASSED and one.name not in missing
    ]
    if view.causes or wrong or missing:
        yield Text()
    yield from _causes(view)
    for function in wrong:
        yield from _function(function, is_ascii=is_ascii, width=_name_width(report))
    if missing:
        mark = MARKS[Status.MISSING]
        symbol = mark.ascii if is_ascii else mark.symbol
        yield Text(f"{symbol} {mark.word}: {', '.join(missing)}", style=mark.color)
    for item in view_manual(report.manual):
        if item.remark:
            yield from _manual(item, is_ascii=is_ascii, width=_name_width(report))
    yield from _notes(view)
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


def _causes(view: ReportView) -> Iterable[RenderableType]:
    """Show what stopped the file, before the functions that lack it."""
    for cause in view.causes:
        yield _Detail(_lines(cause, style="yellow"))
    if view.causes:
        yield Text()


def _name_width(report: Report) -> int:
    """Return the width of the column of names, in characters."""
    names = [*(one.name for one in report.functions), *(one.id for one in report.manual)]
    return min(max([_LEAST_NAME, *map(len, names)]), _MOST_NAME)


def _function(function: FunctionView, *, is_ascii: bool, width: int) -> Iterable[RenderableType]:
    yield _function_line(function, is_ascii=is_ascii, width=width)
    if function.remark:
        yield _Detail(_lines(function.remark, indent=_INDENT))
    for failure in function.failures:
        yield _Detail(_failure(failure))


def _function_line(function: FunctionView, *, is_ascii: bool, width: int) -> Text:
    mark = function.mark
    style = mark.color
    line = Text()
    line.append(f"{mark.ascii if is_ascii else mark.symbol} ", style=style)
    line.append(f"{function.name:<{width}}", style="bold" if style != "dim" else "dim")
    points = f"{function.score:>5} / {function.max_score:<3} "
    line.append(points, style="dim" if style == "dim" else "")
    line.append(mark.word, style=style)
    return line


def _manual(item: ManualView, *, is_ascii: bool, width: int) -> Iterable[RenderableType]:
    """Show an answer that a person marks; the page and the JSON report have its text."""
    mark = item.mark
    line = Text()
    line.append(f"{mark.ascii if is_ascii else mark.symbol} ", style=mark.color)
    line.append(f"{item.id:<{width}}", style="bold")
    line.append(f"{item.points:>5} / {item.max_points:<3} ")
    line.append(mark.word, style=mark.color)
    yield line
    yield _Detail(_lines(item.title, indent=_INDENT, style="dim"))
    for text in item.given:
        yield _Detail(_lines(text, indent=2 * _INDENT))
    for text in filter(None, (item.remark, item.by)):
        yield _Detail(_lines(text, indent=2 * _INDENT, style="dim"))


def _failure(failure: FailureView) -> Group:
    title = Text(failure.title)
    if failure.remark:
        title.append(f"  ({failure.remark})", style="dim")
    fraction = Text(failure.fraction, style="dim")
    details: list[RenderableType] = [Padding(_beside(fraction, title), (0, 0, 0, _INDENT))]
    if failure.message:
        details.append(_lines(failure.message, indent=2 * _INDENT, style="red"))
    details.extend(_example(failure.example_rows))
    if failure.hint:
        details.append(_lines(failure.hint, indent=2 * _INDENT, style="italic"))
    if failure.read_on:
        details.append(_lines(failure.read_on, indent=2 * _INDENT, style="dim"))
    return Group(*details)


def _example(rows: Iterable[tuple[str, str]]) -> Iterable[RenderableType]:
    """Show an example whose code can be pasted as it is printed; the rest is indented."""
    for label, text in rows:
        style = _EXAMPLE_STYLES[label]
        if label == "try":
            yield _lines("try this:", indent=2 * _INDENT, style="dim")
            yield _Code(text, style)
        else:
            row = _beside(Text(f"{label:<{_LABEL_WIDTH}}", style="dim"), Text(text, style=style))
            yield Padding(row, (0, 0, 0, 2 * _INDENT))


class _Code:
    """Code at the very left, without any padding, of which the terminal wraps long lines."""

    def __init__(self, text: str, style: str) -> None:
        self._text = text
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each line as it is."""
        style = console.get_style(self._style)
        for line in self._text.splitlines():
            yield Segment(line, style)
            yield Segment.line()


def _lines(text: str, *, indent: int = 0, style: str = "") -> Group:
    """Wrap each line of a text to the width, with the continuation below its beginning."""
    padded = []
    for line in text.splitlines():
        shown = line.lstrip(" ")
        left = min(indent + len(line) - len(shown), _MAX_INDENT)
        padded.append(Padding(Text(shown, style=style, overflow="fold"), (0, 0, 0, left)))
    return Group(*padded)


def _beside(label: Text, text: Text) -> Table:
    """Put a text beside a label, so that it is wrapped in its own column."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(label, text)
    return table


def _notes(view: ReportView) -> Iterable[RenderableType]:
    if view.notes:
        yield Text("\nNotes", style="bold")
    for note in view.notes:
        yield _Detail(_beside(Text("  -"), Text(note)))


def _output(report: Report) -> Iterable[RenderableType]:
    lines = report.output.rstrip("\n").split("\n")
    yield Text("\n" + describe_output(report), style="bold")
    for line in lines[:_SHOWN_OUTPUT_LINES]:
        shown = cut_text(line, _MAX_OUTPUT_LINE, ellipsis=" ...")
        yield _Detail(Padding(Text(shown, style="dim", overflow="fold"), (0, 0, 0, 2)))
    if len(lines) > _SHOWN_OUTPUT_LINES:
        rest = "more" if report.is_output_cut else "all of it"
        yield _Detail(_lines(f"... (the JSON report has {rest})", indent=2, style="dim"))


def _total(report: Report) -> Text:
    line = _End("\n")
    if report.score is None or report.max_score is None:
        line.append("No score.", style="bold red")
        return line
    is_right = report.score >= report.max_score and all(
        function.status is Status.PASSED for function in report.functions
    )
    style = "bold green" if is_right else "bold"
    line.append(describe_score(report), style=style)
    return line
