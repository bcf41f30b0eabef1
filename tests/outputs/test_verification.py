"""What ``grader verify`` prints: aligned, complete, and no wider than the terminal."""

import io

import pytest
from rich.console import Console

from grader.outputs.verification import show_matrix, show_outcome, show_proved, show_slowest

CHECKS = {
    "relu": ["relu/has-the-right-values", "relu/can-be-differentiated"],
    "mean_relu": ["mean_relu/has-the-right-value"],
}
CAUGHT = {
    "relu/absolute-value": ("relu/has-the-right-values", "relu/can-be-differentiated"),
    "relu/cuts-the-graph": ("relu/can-be-differentiated",),
    "mean_relu/sum": ("mean_relu/has-the-right-value",),
}


def make_console(*, width: int = 80, encoding: str = "utf-8") -> Console:
    """Return a console that writes to memory."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    return Console(file=file, width=width, highlight=False)


def read(console: Console) -> str:
    """Return what was printed to a console."""
    file = console.file
    assert isinstance(file, io.TextIOWrapper)
    buffer = file.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(file.encoding)


def matrix(
    checks: dict[str, list[str]], caught: dict[str, tuple[str, ...]], *, width: int = 80
) -> str:
    """Return a matrix as it is printed."""
    console = make_console(width=width)
    show_matrix(checks, caught, console)
    return read(console)


def outcome(*problems: str, width: int = 80, encoding: str = "utf-8", seeds: int = 5) -> str:
    """Return an outcome as it is printed."""
    console = make_console(width=width, encoding=encoding)
    show_outcome("Lab 5", problems, seeds=seeds, misconceptions=3, console=console)
    return read(console)


# --- the matrix ---------------------------------------------------------------------------


def test_matrix_is_a_table_for_each_function() -> None:
    """A misconception has a row, a check has a column, and an x means that it is caught."""
    assert (
        matrix(CHECKS, CAUGHT)
        == """
relu: 2 checks, 2 misconceptions
  a  catches 1  has-the-right-values
  b  catches 2  can-be-differentiated

                  a  b
  absolute-value  x  x
  cuts-the-graph  .  x

mean_relu: 1 check, 1 misconception
  a  catches 1  has-the-right-value

       a
  sum  x
"""
    )


def test_function_without_misconceptions_has_no_table() -> None:
    """The checks of a function without misconceptions are listed, but there is no table."""
    assert matrix({"relu": ["relu/is-there"]}, {}) == (
        "\nrelu: 1 check, 0 misconceptions\n  a  catches 0  is-there\n"
    )


def test_function_is_not_confused_with_a_longer_name() -> None:
    """``mean`` has none of the misconceptions of ``mean_relu``."""
    shown = matrix({"mean": ["mean/a"]}, {"mean_relu/sum": ()})

    assert "mean: 1 check, 0 misconceptions" in shown


def test_counts_are_aligned() -> None:
    """Counts with different numbers of digits are right-aligned."""
    caught: dict[str, tuple[str, ...]] = {f"f/wrong-{n}": ("f/one",) for n in range(9)}
    caught["f/both"] = ("f/one", "f/two")

    assert "  a  catches 10  one\n  b  catches  1  two\n" in matrix(
        {"f": ["f/one", "f/two"]}, caught
    )


@pytest.mark.parametrize(("width", "gap"), [(120, "  "), (80, " "), (40, "")])
def test_many_checks_move_together_instead_of_wrapping(width: int, gap: str) -> None:
    """In a narrow terminal the columns move together, so that each row stays on one line."""
    checks = {"f": [f"f/check-{n}" for n in range(30)]}

    shown = matrix(checks, {"f/wrong": ("f/check-1",)}, width=width)

    header, row = shown.splitlines()[-2:]
    assert header.split(maxsplit=0)[0].strip() == gap.join("abcdefghijklmnopqrstuvwxyzABCD")
    assert row == f"  wrong  {gap.join('.x' + '.' * 28)}"
    assert len(row) <= width


def test_columns_stay_aligned_after_the_last_letter() -> None:
    """The 53rd check is called a1, and its column has two characters."""
    checks = {"f": [f"f/check-{n}" for n in range(54)]}

    shown = matrix(checks, {"f/wrong": ("f/check-53",)}, width=200)

    header, row = shown.splitlines()[-2:]
    assert header.endswith("Y  Z  a1  b1")
    assert row.index("x") == header.index("b1")
    assert "\n  a1  catches 0  check-52\n  b1  catches 1  check-53\n" in shown


# --- times and the outcome ----------------------------------------------------------------


def test_slowest_checks_come_first() -> None:
    """The five slowest checks are listed below the time of all checks."""
    console = make_console()
    show_slowest({f"f/{n}": n / 1000 for n in range(1, 8)}, console)

    assert read(console).splitlines() == [
        "",
        "All checks of a submission take 0.0 s; the slowest:",
        "      7 ms  f/7",
        "      6 ms  f/6",
        "      5 ms  f/5",
        "      4 ms  f/4",
        "      3 ms  f/3",
    ]


@pytest.mark.parametrize(
    ("proved", "tried", "line"),
    [
        (36, 36, "36 of 36 misconceptions are named correctly and cost exactly one unit"),
        (1, 2, "1 of 2 misconceptions is named correctly and costs exactly one unit"),
        (1, 1, "1 of 1 misconception is named correctly and costs exactly one unit"),
    ],
)
def test_number_of_proved_misconceptions_is_shown(proved: int, tried: int, line: str) -> None:
    """One line says how many misconceptions are diagnosed as they should be."""
    console = make_console()
    show_proved(proved, tried, console)

    assert read(console) == f"\n{line}\n"


def test_assignment_without_problems_has_one_line() -> None:
    """The last line says what was tried and that there are no problems."""
    assert outcome() == "\n✓ Lab 5: 5 seeds, 3 misconceptions: no problems\n"
    assert "1 seed, 3" in outcome(seeds=1)


def test_problems_are_listed_with_a_hanging_indent() -> None:
    """A problem that is too long for the terminal goes on below its own first word."""
    shown = outcome("relu/a loses no points", "word " * 20, width=40)

    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[1] == "✗ relu/a loses no points"
    assert lines[2].startswith("✗ word word")
    assert lines[3].startswith("  word word")
    assert max(map(len, lines[:-1])) <= 40
    assert lines[-1] == "✗ Lab 5: 5 seeds, 3 misconceptions: 2 problems"
    assert "1 problem" in outcome("one")


@pytest.mark.parametrize("problem", ["it costs [bold]x[/] points", "[/]"])
def test_problem_is_shown_literally(problem: str) -> None:
    """Brackets in a problem, which may quote a check, are not taken for markup."""
    assert problem in outcome(problem)


def test_marks_are_ascii_if_the_encoding_lacks_others() -> None:
    """An old Windows console or one with LANG=C gets marks in ASCII."""
    assert "x Lab 5" in outcome("one", encoding="ascii")
    assert "+ Lab 5" in outcome(encoding="ascii")
