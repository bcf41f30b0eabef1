"""What ``grader verify --mutants`` prints: a row for each unit, and each survivor as a diff."""

import io

from rich.console import Console

from grader.outputs.mutation import Survivor, UnitCounts, show_mutants

DIFF = [
    "@@ -1,2 +1,2 @@",
    " def relu(z):",
    "-    return z.clamp(min=0)",
    "+    return z.clamp(min=1)",
]


def shown(
    *survivors: Survivor,
    problems: tuple[str, ...] = (),
    color: bool = False,
    named: int = 0,
    stopped: int = 0,
) -> str:
    """Return what is printed about the mutants of two units."""
    file = io.StringIO()
    units = {
        "relu": UnitCounts(
            mutants=12, equivalent=2, survived=len(survivors), named=named, stopped=stopped
        ),
        "mean_relu": UnitCounts(mutants=9, also={"relu": 3}),
    }
    show_mutants(
        units,
        survivors,
        problems,
        title="Lab 5",
        has_diagnosis=bool(named),
        console=Console(file=file, width=80, highlight=False, force_terminal=color),
    )
    return file.getvalue()


def test_each_unit_has_a_row_and_the_last_line_sums_up() -> None:
    """Killed, equivalent and survived add up; what else a unit has cost is counted."""
    rows = [line.rstrip() for line in shown().splitlines()]

    assert rows == [
        "",
        "unit       mutants  killed  equivalent  survived  also cost",
        "relu            12      10           2         0",
        "mean_relu        9       9           0         0  relu 3",
        "",
        "✓ Lab 5: 21 mutants: 19 killed, 2 equivalent, 0 survived",
    ]


def test_each_survivor_is_a_diff_with_its_id() -> None:
    """A survivor is shown with its id, and the run is not clean."""
    text = shown(Survivor("relu/constant-1a2b3c", DIFF))

    assert "\nrelu/constant-1a2b3c\n  @@ -1,2 +1,2 @@\n   def relu(z):\n" in text
    assert "  -    return z.clamp(min=0)\n  +    return z.clamp(min=1)\n" in text
    assert text.endswith("✗ Lab 5: 21 mutants: 18 killed, 2 equivalent, 1 survived\n")


def test_a_diff_is_coloured_on_a_terminal() -> None:
    """What goes is red and what comes is green."""
    text = shown(Survivor("relu/constant-1a2b3c", DIFF), color=True)

    assert "\x1b[31m  -    return z.clamp(min=0)" in text
    assert "\x1b[32m  +    return z.clamp(min=1)" in text


def test_problems_are_listed_above_the_last_line() -> None:
    """A problem makes the run unclean without a survivor."""
    text = shown(problems=("a mark is not true any more",))

    assert "✗ a mark is not true any more" in text
    assert text.endswith("✗ Lab 5: 21 mutants: 19 killed, 2 equivalent, 0 survived\n")


def test_names_are_counted_if_there_was_a_diagnosis() -> None:
    """With a diagnosis, a column says how many mutants were named."""
    text = shown(named=7)

    assert "survived  named  also cost" in text
    assert "relu            12      10           2         0      7" in text


def test_mutants_that_take_too_long_are_mentioned() -> None:
    """Whom only a limit has told from the reference is said below the table."""
    assert "\n3 of those killed took too long.\n" in shown(stopped=3)


def test_nothing_is_wider_than_the_terminal() -> None:
    """Long names of other units wrap within their column."""
    file = io.StringIO()
    also = {f"a_unit_with_a_long_name_{number}": 10 for number in range(6)}
    show_mutants(
        {"train_minibatch": UnitCounts(mutants=100, also=also)},
        [],
        [],
        title="Lab 4",
        has_diagnosis=True,
        console=Console(file=file, width=80, highlight=False),
    )

    assert max(map(len, file.getvalue().splitlines())) <= 80
