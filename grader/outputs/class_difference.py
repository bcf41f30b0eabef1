"""The differences between two gradings of a class, in a terminal and as JSON."""

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.text import Text

from grader.outputs.class_lines import Lines
from grader.outputs.class_wording import ROW_MARKS, count_of, format_figure
from grader.outputs.wording import format_points
from grader.report.class_model import Row, RowStatus
from grader.report.compare_classes import ClassDifference, PointsChange, RowChange
from grader.report.json_escape import escape_invisible

_SHOWN_PEOPLE = 20
_CHANGE_INDENT = 8


def show_difference(difference: ClassDifference, console: Console) -> None:
    """Print who gained or lost on which check, whose submission is in one only, and the totals.

    Args:
        difference: The differences.
        console: The console to print to.
    """
    lines = Lines(console)
    old, new = difference.old_assignment, difference.new_assignment
    lines.print(Text(lines.line(new.title), style="bold"))
    if (old.id, old.version) != (new.id, new.version):
        before, now = (
            f"{lines.line(one.id)} version {lines.line(one.version)}" for one in (old, new)
        )
        lines.print(Text(f"Old results: {before}; new results: {now}.", style="yellow"))
    if difference.totals.new_faults:
        failed_on = count_of(difference.totals.new_faults, "submission")
        message = f"The grader failed on {failed_on} in the new results: no score, but not a zero."
        lines.print(Text(message, style="red"))
    for change in difference.changes:
        _show_change(change, lines)
    _show_rows("Only in the new results", difference.appeared, lines)
    _show_rows("Only in the old results", difference.disappeared, lines)
    lines.gap()
    lines.print(Text(lines.words(_describe_totals(difference)), style="bold"))


def difference_to_json(difference: ClassDifference) -> str:
    """Return the differences as JSON."""
    text = msgspec.json.format(msgspec.json.encode(difference), indent=2).decode()
    return escape_invisible(text) + "\n"


def _show_change(change: RowChange, lines: Lines) -> None:
    name = lines.line(change.student.name or change.student.id or change.id)
    id_ = "" if change.id in {"", name} else f" ({lines.line(change.id)})"
    difference, style = _describe_change(change)
    if lines.is_plain:
        _say_change(change, f"{name}{id_}", lines)
        return
    lines.print(
        Text.assemble(
            "\n",
            (f"{difference:>6}  ", style),
            (name, "bold"),
            f"{id_}  {_describe_scores(change)}",
        )
    )
    if change.error:
        lines.item(lines.first_line(change.error), _CHANGE_INDENT)
    for one in change.points:
        line = Text.assemble(_describe_points(one), "  ", (lines.line(one.id), "dim"))
        if one.title:
            line.append(f"  {lines.line(one.title)}")
        lines.item(line, _CHANGE_INDENT)


def _say_change(change: RowChange, name: str, lines: Lines) -> None:
    """Print a change for a screen reader."""
    difference = change.difference
    if difference:
        verb = "gained" if difference > 0 else "lost"
        lines.item(f"{name} {verb} {_count_points(abs(difference))}")
    lines.item(f"{name}: {lines.words(_describe_scores(change))}")
    if change.error:
        lines.item(lines.first_line(change.error))
    for one in change.points:
        title = f", {lines.line(one.title)}" if one.title else ""
        lines.item(f"{lines.line(one.id)}{title}: {lines.words(_describe_points(one))}")


def _describe_change(change: RowChange) -> tuple[str, str]:
    if change.difference is None:
        return "!", "red"
    if change.difference > 0:
        return f"+{format_points(change.difference)}", "green"
    return format_points(change.difference), "red" if change.difference < 0 else ""


def _describe_scores(change: RowChange) -> str:
    before, now = (
        "no score" if score is None else format_points(score)
        for score in (change.old_score, change.new_score)
    )
    scores = f"{before} -> {now}" if before != now else f"{now} as before"
    if change.old_status is change.new_status is RowStatus.GRADED:
        return scores
    words = dict.fromkeys(ROW_MARKS[one].word for one in (change.old_status, change.new_status))
    return f"{scores}, {' -> '.join(words)}"


def _describe_points(change: PointsChange) -> str:
    before, now = (
        "-" if points is None else format_points(points)
        for points in (change.old_points, change.new_points)
    )
    return f"{before} -> {now}"


def _show_rows(head: str, rows: Sequence[Row], lines: Lines) -> None:
    if not rows:
        return
    lines.head(f"{head}: {count_of(len(rows), 'submission')}")
    for row in rows[:_SHOWN_PEOPLE]:
        score = "no score" if row.score is None else format_points(row.score)
        lines.item(f"{lines.people(row)}: {score}")
    lines.more(len(rows) - _SHOWN_PEOPLE)


def _describe_totals(difference: ClassDifference) -> str:
    totals = difference.totals
    if difference.is_empty:
        return f"No differences in {count_of(totals.same, 'submission')}."
    otherwise_changed = sum(1 for one in difference.changes if not one.difference)
    parts = [
        f"{totals.gained:,} gained {_count_points(totals.points_gained)}",
        f"{totals.lost:,} lost {_count_points(totals.points_lost)}",
        f"{otherwise_changed:,} changed in other ways" if otherwise_changed else "",
        f"{totals.same:,} unchanged",
    ]
    means = f"mean {format_figure(totals.old_mean)} -> {format_figure(totals.new_mean)}"
    return f"{', '.join(filter(None, parts))}; {means}"


def _count_points(points: float) -> str:
    return f"{format_points(points)} point{'' if points == 1 else 's'}"
