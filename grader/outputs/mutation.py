"""What became of the mutants of an assignment: counts, what they cost, and every survivor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.outputs.console import is_plain
from grader.outputs.verification import show_problems

_INDENT = "  "
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(slots=True)
class UnitCounts:
    """What became of the mutants of a unit.

    Attributes:
        mutants: How many there are.
        equivalent: How many survived and are marked as right.
        survived: How many survived and are not.
        named: How many the report named a misconception for.
        stopped: How many were only told by the limit of their time.
        also: How many cost another unit points, by the name of that unit.
    """

    mutants: int = 0
    equivalent: int = 0
    survived: int = 0
    named: int = 0
    stopped: int = 0
    also: dict[str, int] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        """How many lost points."""
        return self.mutants - self.equivalent - self.survived


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that lost no points: its id, and the lines of its diff."""

    id: str
    diff: Sequence[str]


def show_mutants(
    units: Mapping[str, UnitCounts],
    survivors: Sequence[Survivor],
    problems: Sequence[str],
    *,
    title: str,
    has_diagnosis: bool,
    console: Console,
) -> None:
    """Print a table of the units, each survivor as a diff, the problems, and a summary in a line.

    Args:
        units: What became of the mutants of each unit.
        survivors: The survivors that nothing explains.
        problems: What else is wrong, a line each.
        title: The title of the assignment.
        has_diagnosis: Whether misconceptions were named.
        console: The console to print to.
    """
    _show_counts(units, console, has_diagnosis=has_diagnosis)
    head = "Survived: " if is_plain(console) else "\n"
    for one in survivors:
        console.print(Text(f"{head}{one.id}", style="bold"), soft_wrap=True)
        for line in one.diff:  # as it is, also for a screen reader: code is read by its marks
            style = _COLORS.get(line[:1], "")
            console.print(Text(f"{_INDENT}{line}", style=style), soft_wrap=True)
    total = sum(one.mutants for one in units.values())
    equivalent = sum(one.equivalent for one in units.values())
    killed = sum(one.killed for one in units.values())
    summary = (
        f"{title}: {total} mutants: {killed} killed, {equivalent} equivalent, "
        f"{len(survivors)} survived"
    )
    show_problems(problems, summary, is_clean=not (problems or survivors), console=console)


def _show_counts(units: Mapping[str, UnitCounts], console: Console, *, has_diagnosis: bool) -> None:
    if is_plain(console):
        for name, one in units.items():
            console.print(Text(_count_in_words(name, one, has_diagnosis=has_diagnosis)))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("unit", no_wrap=True)
    shown = ["mutants", "killed", "equivalent", "survived"]
    shown += ["named"] if has_diagnosis else []
    for name in shown:
        table.add_column(name, justify="right")
    table.add_column("also cost")
    for name, one in units.items():
        numbers = [one.mutants, one.killed, one.equivalent, one.survived]
        numbers += [one.named] if has_diagnosis else []
        also = ", ".join(f"{unit} {count}" for unit, count in one.also.items())
        style = "red" if one.survived else ""
        table.add_row(name, *map(str, numbers), also, style=style)
    console.print()
    console.print(table)
    if stopped := sum(one.stopped for one in units.values()):
        console.print(f"\n{stopped} of those killed took too long.")


def _count_in_words(name: str, one: UnitCounts, *, has_diagnosis: bool) -> str:
    parts = [
        f"{name}: {one.mutants} mutants",
        f"{one.killed} killed",
        f"{one.equivalent} equivalent",
        f"{one.survived} survived",
        *([f"{one.named} named"] if has_diagnosis else []),
        *([f"{one.stopped} took too long"] if one.stopped else []),
        *(f"{count} also cost {unit} points" for unit, count in one.also.items()),
    ]
    return ", ".join(parts)
