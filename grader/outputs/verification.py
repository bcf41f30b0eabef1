"""The result of verifying an assignment: which check catches which misconception, and problems."""

import string
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.outputs.console import can_encode, is_plain
from grader.outputs.wording import MARKS
from grader.report.model import Status

_SHOWN_CHECKS = 5
_GAPS = ("  ", " ", "")
_INDENT = "  "


def show_matrix(
    checks: Mapping[str, Sequence[str]], caught: Mapping[str, Sequence[str]], console: Console
) -> None:
    """Print for each function its checks, and a table of misconceptions by checks.

    Args:
        checks: The ids of the checks of each function.
        caught: The ids of the checks that each misconception fails.
        console: The console to print to.
    """
    if is_plain(console):
        _say_matrix(checks, caught, console)
        return
    for function, ids in checks.items():
        rows = {name: hit for name, hit in caught.items() if name.startswith(f"{function}/")}
        counts = f"{_count(len(ids), 'check')}, {_count(len(rows), 'misconception')}"
        console.print(Text.assemble((f"\n{function}", "bold"), f": {counts}"))
        for line in _legend(ids, rows):
            console.print(line, soft_wrap=True)
        if rows:
            console.print()
            # Spaces between the columns make it readable, as long as no line wraps.
            fitting = (gap for gap in _GAPS if _width(ids, rows, gap) <= console.width)
            gap = next(fitting, _GAPS[-1])
            for line in _table(ids, rows, gap):
                console.print(line, soft_wrap=True)


def _say_matrix(
    checks: Mapping[str, Sequence[str]], caught: Mapping[str, Sequence[str]], console: Console
) -> None:
    """Print for a screen reader which checks catch each misconception, and which catch none."""
    for function, ids in checks.items():
        rows = {name: hit for name, hit in caught.items() if name.startswith(f"{function}/")}
        console.print(
            Text(f"{function}: {_count(len(ids), 'check')}, {_count(len(rows), 'misconception')}")
        )
        for name, hit in rows.items():
            names = ", ".join(one.partition("/")[2] for one in hit) or "no check"
            console.print(Text(f"{name} is caught by {names}"))
        for check in ids:
            if rows and not any(check in hit for hit in rows.values()):
                console.print(Text(f"{check} catches nothing"))


def _legend(ids: Sequence[str], rows: Mapping[str, Sequence[str]]) -> list[Text]:
    """Return for each check its letter and how many misconceptions it catches."""
    counts = [sum(check in hit for hit in rows.values()) for check in ids]
    width = len(str(max(counts, default=0)))
    widest = max(map(len, _letters(ids)), default=1)
    return [
        Text(
            f"{_INDENT}{letter:{widest}}  catches {count:>{width}}  {check.partition('/')[2]}",
            style="" if count else "red",
        )
        for letter, check, count in zip(_letters(ids), ids, counts, strict=True)
    ]


def _table(ids: Sequence[str], rows: Mapping[str, Sequence[str]], gap: str) -> list[Text]:
    """Return a table with an x where a check catches a misconception.

    A misconception that no check catches is red.
    """
    letters = _letters(ids)
    names = {name: name.partition("/")[2] for name in rows}
    width = max(map(len, names.values()))
    lines = [Text(f"{_INDENT}{'':{width}}  {gap.join(letters)}", style="bold")]
    for name, hit in rows.items():
        marks = ("x" if check in hit else "." for check in ids)
        padded = (f"{mark:{len(letter)}}" for mark, letter in zip(marks, letters, strict=True))
        line = f"{_INDENT}{names[name]:{width}}  {gap.join(padded)}".rstrip()
        lines.append(Text(line, style="" if hit else "red"))
    return lines


def _width(ids: Sequence[str], rows: Mapping[str, Sequence[str]], gap: str) -> int:
    return len(_table(ids, rows, gap)[0])


def _letters(ids: Sequence[str]) -> list[str]:
    """Return a letter for each check, and a letter with a number after the 52nd."""
    rounds = [place // len(string.ascii_letters) for place in range(len(ids))]
    return [
        string.ascii_letters[place % len(string.ascii_letters)] + (str(nth) if nth else "")
        for place, nth in enumerate(rounds)
    ]


def show_slowest(seconds: Mapping[str, float], console: Console) -> None:
    """Print how long all checks take, and the slowest ones.

    Args:
        seconds: How long each check takes, by its id.
        console: The console to print to.
    """
    slowest = sorted(seconds, key=lambda check: -seconds[check])[:_SHOWN_CHECKS]
    total = f"All checks of a submission take {sum(seconds.values()):.1f} s; the slowest:"
    if is_plain(console):
        console.print(Text(total))
        for check in slowest:
            console.print(Text(f"{check}: {1000 * seconds[check]:.0f} ms"))
        return
    console.print(Text(f"\n{total}", style="bold"))
    for check in slowest:
        console.print(Text(f"{_INDENT}{1000 * seconds[check]:5.0f} ms  {check}"), soft_wrap=True)


def show_proved(proved: int, tried: int, console: Console) -> None:
    """Print how many misconceptions are diagnosed as they should be.

    Args:
        proved: How many are named as themselves and cost exactly one unit.
        tried: How many were tried.
        console: The console to print to.
    """
    style = "" if proved == tried else "red"
    text = (
        f"{proved} of {_count(tried, 'misconception')} "
        f"{'is' if proved == 1 else 'are'} named correctly and {'costs' if proved == 1 else 'cost'}"
        " exactly one unit"
    )
    gap = "" if is_plain(console) else "\n"
    console.print(Text(f"{gap}{text}", style=style), soft_wrap=True)


def show_outcome(
    title: str,
    problems: Sequence[str],
    *,
    seeds: int,
    misconceptions: int,
    right: int = 0,
    console: Console,
) -> None:
    """Print the problems that were found, and a summary in one line.

    Args:
        title: The title of the assignment.
        problems: The problems; empty if there are none.
        seeds: With how many seeds the reference was graded.
        misconceptions: How many misconceptions were tried.
        right: How many right solutions in other styles were graded.
        console: The console to print to.
    """
    tried = f"{_count(seeds, 'seed')}, {_count(misconceptions, 'misconception')}"
    if right:
        tried += f", {_count(right, 'right solution')}"
    found = _count(len(problems), "problem") if problems else "no problems"
    show_problems(problems, f"{title}: {tried}: {found}", is_clean=not problems, console=console)


def show_problems(
    problems: Sequence[str], summary: str, *, is_clean: bool, console: Console
) -> None:
    """Print problems, a line each, and a summary in one line.

    Args:
        problems: The problems; may be empty.
        summary: The summary.
        is_clean: Whether all is well.
        console: The console to print to.
    """
    mark = MARKS[Status.PASSED if is_clean else Status.FAILED]
    if is_plain(console):
        for problem in problems:
            console.print(Text(f"Problem: {problem}"))
        console.print(Text(summary))
        return
    console.print()
    symbol = mark.symbol if can_encode(mark.symbol, console) else mark.ascii
    if problems:
        grid = Table.grid(padding=(0, 1, 0, 0))
        for problem in problems:
            grid.add_row(Text(symbol, style=mark.color), Text(problem, style=mark.color))
        console.print(grid)
        console.print()
    console.print(Text(f"{symbol} {summary}", style=mark.color), soft_wrap=True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
