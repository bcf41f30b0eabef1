"""Shows what came of verifying an assignment: what catches which mistake, and what is off."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_SHOWN_CHECKS = 5


def show_matrix(
    checks: Mapping[str, Sequence[str]], caught: Mapping[str, Sequence[str]], console: Console
) -> None:
    """Print for each function a table of misconceptions by checks.

    Args:
        checks: For each function the ids of its checks.
        caught: For each misconception the ids of the checks that it fails.
        console: Where to.
    """
    for function, ids in checks.items():
        rows = {name: hit for name, hit in caught.items() if name.startswith(f"{function}/")}
        console.print(Text(f"\n{function}", style="bold"))
        letters = [_letter(place) for place in range(len(ids))]
        for letter, check in zip(letters, ids, strict=True):
            count = sum(check in hit for hit in rows.values())
            style = "" if count else "red"
            console.print(
                Text(f"  {letter}  {check.partition('/')[2]}: catches {count}", style=style),
                soft_wrap=True,
            )
        if rows:
            console.print(_table(ids, letters, rows))


def _table(ids: Sequence[str], letters: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Table:
    table = Table(box=None, padding=(0, 1), show_edge=False)
    table.add_column("")
    for letter in letters:
        table.add_column(letter, justify="center")
    for name, hit in rows.items():
        marks = ["x" if check in hit else "." for check in ids]
        table.add_row(name.partition("/")[2], *marks)
    return table


def _letter(place: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[place % 26] + (str(place // 26) if place >= 26 else "")  # noqa: PLR2004 - letters


def show_slowest(seconds: Mapping[str, float], console: Console) -> None:
    """Print the checks that take the longest."""
    slowest = sorted(seconds, key=lambda check: -seconds[check])[:_SHOWN_CHECKS]
    console.print(Text("\nThe slowest checks, in the mean", style="bold"))
    for check in slowest:
        console.print(Text(f"  {1000 * seconds[check]:6.0f} ms  {check}"))


def show_problems(problems: Iterable[str], console: Console) -> None:
    """Print what is off, a line each."""
    for problem in problems:
        console.print(Text(f"✗ {problem}", style="red"), soft_wrap=True)
