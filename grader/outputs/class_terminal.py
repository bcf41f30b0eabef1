"""The figures of a class in a terminal, problems first."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.outputs.class_lines import Lines
from grader.outputs.class_wording import (
    ADVICE_FOR_FAULTS,
    ADVICE_FOR_UNREADABLE,
    HOW_TO_LEARN,
    ROW_MARKS,
    count_of,
    describe_cluster,
    describe_loading,
    describe_manual,
    describe_problems,
    describe_statuses,
    describe_waiting_answers,
    format_figure,
    format_seconds,
)
from grader.outputs.wording import WAITING, format_points
from grader.report.class_model import (
    CheckFigures,
    ClassSummary,
    ClusterFigures,
    FunctionFigures,
    LoadingFigures,
    MisconceptionFigures,
    Row,
    RowStatus,
)
from grader.report.model import Status

_SHOWN_PROBLEMS = 10
_SHOWN_MISCONCEPTIONS = 10
_SHOWN_CLUSTERS = 5
_SHOWN_LINES = 12
_SHOWN_PEOPLE = 5
_SHOWN_CHECKS = 10
_PEOPLE_INDENT = 6
_CODE_INDENT = 8
_MAX_NAME = 20
_MAX_BAR = 40
_WIDE = 100
_NARROW = 76  # the columns don't fit into less
_WIDE_BAR, _NARROW_BAR = 20, 8

# The words of `MARKS`, short enough for the heading of a column.
_SHORT_WORDS = {
    Status.PASSED: "right",
    Status.PARTIAL: "partly",
    Status.FAILED: "wrong",
    Status.ERROR: "error",
    Status.LIMIT: "limit",
    Status.MISSING: "missing",
    Status.NOT_JUDGED: "unjudged",
}


def show_class(summary: ClassSummary, console: Console) -> None:
    """Print the submissions without a grade, and then the figures of the class.

    Args:
        summary: The class.
        console: The console to print to.
    """
    lines = Lines(console)
    lines.print(Text(lines.line(summary.assignment.title), style="bold"))
    _problems(summary, RowStatus.GRADER_ERROR, ADVICE_FOR_FAULTS, lines)
    _problems(summary, RowStatus.UNREADABLE, ADVICE_FOR_UNREADABLE, lines)
    _loading(summary, lines)
    _figures(summary, lines)
    _manual(summary, lines)
    if summary.scores.count:
        _histogram(summary, lines)
    if any(sum(one.statuses.values()) for one in summary.functions):
        _functions(summary.functions, lines)
    if summary.misconceptions:
        _misconceptions(summary, lines)
    if summary.clusters:
        _clusters(summary, lines)
    _checks(summary.checks, lines)
    _rest(summary, lines)


def _problems(summary: ClassSummary, status: RowStatus, advice: str, lines: Lines) -> None:
    rows = [row for row in summary.rows if row.status is status]
    if not rows:
        return
    mark = ROW_MARKS[status]
    message = f"{lines.mark(mark)}{describe_problems(status, len(rows))}. {advice}"
    lines.gap()
    lines.print(Text(message, style=mark.color))
    for row in rows[:_SHOWN_PROBLEMS]:
        reason = lines.first_line(row.error) or "no reason is known"
        lines.item(f"{lines.people(row)}: {reason}")
    lines.more(len(rows) - _SHOWN_PROBLEMS)


def _loading(summary: ClassSummary, lines: Lines) -> None:
    if not summary.loading:
        return
    lines.head("Problems while submissions were loaded")
    known = {row.id: row for row in summary.rows if row.id}
    for one in summary.loading:
        lines.item(lines.line(describe_loading(one)))
        lines.item(Text(_people(one, known, lines), style="dim"), _PEOPLE_INDENT)


def _figures(summary: ClassSummary, lines: Lines) -> None:
    absent = summary.statuses.get(RowStatus.NOT_HANDED_IN.value, 0)
    handed_in = count_of(len(summary.rows) - absent, "submission")
    counts = describe_statuses(summary.statuses)
    missing = f"; {absent:,} did not hand in anything" if absent else ""
    lines.gap()
    lines.print(Text(f"{handed_in}: {counts or 'none'}{missing}"))
    scores, top = summary.scores, format_points(summary.max_score)
    if scores.count:
        middle = f"{format_figure(scores.lower_quartile)} to {format_figure(scores.upper_quartile)}"
        line = Text.assemble(
            (f"mean {format_figure(scores.mean)} of {top}", "bold"),
            f", median {format_figure(scores.median)}, middle half {middle}, "
            f"{scores.full_marks:,} with full marks",
        )
        lines.print(line)


def _manual(summary: ClassSummary, lines: Lines) -> None:
    if not summary.manual:
        return
    if waiting := describe_waiting_answers(summary):
        lines.gap()
        lines.print(Text(f"{lines.mark(WAITING)}{waiting}", style=WAITING.color))
    lines.head("Marked by a person")
    for one in summary.manual:
        lines.item(lines.line(describe_manual(one)))
        lines.item(Text(lines.line(one.title), style="dim"), _PEOPLE_INDENT)


def _histogram(summary: ClassSummary, lines: Lines) -> None:
    lines.head("Scores")
    counts = summary.scores.histogram
    width = summary.max_score / len(counts)
    ends = [format_figure(width * place) for place in range(len(counts) + 1)]
    widest = max(map(len, ends))
    longest = max(len(f"{max(counts):,}"), 1)
    length = min(_MAX_BAR, lines.console.width - 2 * widest - longest - 10)
    for place, count in enumerate(counts):
        if lines.is_plain:
            lines.item(f"{ends[place]} to {ends[place + 1]} points: {count:,}")
            continue
        bar = lines.bar(count, max(counts), length, is_filled=False)
        label = f"{ends[place]:>{widest}} to {ends[place + 1]:>{widest}}"
        lines.print(Text.assemble(f"  {label}  {count:>{longest},} ", (bar, "blue")))


def _functions(functions: Sequence[FunctionFigures], lines: Lines) -> None:
    lines.head("Functions: mean points, and the submissions by status")
    if lines.is_plain or lines.console.width < _NARROW:
        for one in functions:
            lines.item(_function_in_words(one, lines))
        return
    is_wide = lines.console.width >= _WIDE
    gap = 2 if is_wide else 1
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True, overflow="crop")
    table.add_column("mean", justify="right", no_wrap=True, overflow="crop")
    table.add_column("", no_wrap=True, overflow="crop")
    columns = [
        status
        for status in _SHORT_WORDS
        if status is not Status.NOT_JUDGED
        or any(one.statuses.get(status.value) for one in functions)
    ]
    for word in map(_SHORT_WORDS.__getitem__, columns):
        table.add_column(word, justify="right", no_wrap=True, overflow="crop")
    for one in functions:
        bar = lines.bar(
            one.mean_score, one.max_score, _WIDE_BAR if is_wide else _NARROW_BAR, is_filled=True
        )
        table.add_row(
            Text(f"  {lines.line(one.name, _MAX_NAME)}"),
            Text(f"{format_figure(one.mean_score)} / {format_points(one.max_score):<3}"),
            Text(bar, style="blue"),
            *(Text(f"{one.statuses.get(status.value, 0):,}") for status in columns),
        )
    lines.print(table)


def _function_in_words(one: FunctionFigures, lines: Lines) -> str:
    counts = [
        f"{one.statuses[status.value]:,} {word}"
        for status, word in _SHORT_WORDS.items()
        if one.statuses.get(status.value)
    ]
    mean = f"mean {format_figure(one.mean_score)} of {format_points(one.max_score)}"
    return ", ".join([f"{lines.line(one.name)}: {mean}", *counts])


def _misconceptions(summary: ClassSummary, lines: Lines) -> None:
    graded = sum(
        summary.statuses.get(status.value, 0) for status in (RowStatus.GRADED, RowStatus.STOPPED)
    )
    lines.head(f"Misconceptions, out of {count_of(graded, 'graded submission')}")
    known = {row.id: row for row in summary.rows if row.id}
    found = summary.misconceptions[:_SHOWN_MISCONCEPTIONS]
    widest = max(len(f"{len(one.rows):,}") for one in found)
    if lines.is_plain:
        for one in found:
            title = lines.line(one.title or one.id).rstrip(".")
            count = count_of(len(one.rows), "submission")
            lines.item(f"{title}: {count}: {_people(one, known, lines)}")
        lines.more(len(summary.misconceptions) - len(found))
        return
    table = Table.grid(padding=(0, 1), pad_edge=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        table.add_row(
            Text(f" {len(one.rows):>{widest},}", style="bold"),
            Text.assemble(
                lines.line(one.title or one.id),
                (f"  {lines.line(one.id)}\n", "dim"),
                _people(one, known, lines),
            ),
        )
    lines.print(table)
    lines.more(len(summary.misconceptions) - len(found))


def _clusters(summary: ClassSummary, lines: Lines) -> None:
    lines.head("Wrong answers that several share and no misconception explains")
    known = {row.id: row for row in summary.rows if row.id}
    for number, one in enumerate(summary.clusters[:_SHOWN_CLUSTERS], start=1):
        name = lines.line(one.function, _MAX_NAME)
        lines.item(Text(f"{number}. {name}", style="bold"))
        lines.item(describe_cluster(one), _PEOPLE_INDENT)
        lines.item(Text(_people(one, known, lines), style="dim"), _PEOPLE_INDENT)
        if one.example is not None:
            _block(one.example.code, lines)
            lines.item(f"they answer  {lines.line(one.example.got)}", _PEOPLE_INDENT)
            lines.item(f"right is     {lines.line(one.example.expected)}", _PEOPLE_INDENT)
        elif one.message:
            lines.item(lines.first_line(one.message), _PEOPLE_INDENT)
        if one.code:
            lines.item(Text("the shortest code among them:", style="dim"), _PEOPLE_INDENT)
            _block(one.code, lines)
    lines.more(len(summary.clusters) - _SHOWN_CLUSTERS)
    lines.item(Text(HOW_TO_LEARN, style="dim"))


def _block(code: str, lines: Lines) -> None:
    """Print the first lines of some code."""
    shown = code.rstrip().splitlines()
    for line in shown[:_SHOWN_LINES]:
        lines.item(Text(lines.line(line.expandtabs()), style="cyan"), _CODE_INDENT)
    if len(shown) > _SHOWN_LINES:
        lines.item(Text(f"and {len(shown) - _SHOWN_LINES:,} more lines", style="dim"), _CODE_INDENT)


def _people(
    one: MisconceptionFigures | LoadingFigures | ClusterFigures, known: dict[str, Row], lines: Lines
) -> str:
    names = [lines.people(known[id_]) for id_ in one.rows[:_SHOWN_PEOPLE] if id_ in known]
    left = len(one.rows) - len(names)
    return ", ".join([*names, *([f"and {left:,} more"] if left > 0 else [])])


def _checks(checks: Iterable[CheckFigures], lines: Lines) -> None:
    graded = [one for one in checks if one.graded]
    failed_by_all = [one for one in graded if not one.passed]
    passed_by_all = [one for one in graded if one.passed == one.graded]
    if failed_by_all:
        lines.head("Checks that everybody fails: is it the class, or the check?")
        for one in failed_by_all[:_SHOWN_CHECKS]:
            lines.item(f"{lines.line(one.id)}: {lines.line(one.title)}")
        lines.more(len(failed_by_all) - _SHOWN_CHECKS)
    if passed_by_all:
        many = count_of(len(passed_by_all), "check is", "checks are")
        names = dict.fromkeys(one.function for one in passed_by_all)
        lines.head(f"{many} passed by everybody")
        lines.item(f"in {', '.join(map(lines.line, names))}")


def _rest(summary: ClassSummary, lines: Lines) -> None:
    absent = [row for row in summary.rows if row.status is RowStatus.NOT_HANDED_IN]
    if absent:
        lines.head(f"{count_of(len(absent), 'student')} did not hand in anything")
        for row in absent[:_SHOWN_PROBLEMS]:
            lines.item(lines.people(row))
        lines.more(len(absent) - _SHOWN_PROBLEMS)
    if summary.skipped:
        lines.head(f"{count_of(len(summary.skipped), 'file')} skipped")
        for one in summary.skipped[:_SHOWN_PROBLEMS]:
            lines.item(f"{lines.line(one.path)}: {lines.line(one.reason)}")
        lines.more(len(summary.skipped) - _SHOWN_PROBLEMS)
    total = summary.timing.get("total_s")
    notes = [*summary.remarks, *([f"Grading took {format_seconds(total)}."] if total else [])]
    if notes:
        lines.gap()
    for note in notes:
        lines.print(Text(lines.line(note), style="dim"))
