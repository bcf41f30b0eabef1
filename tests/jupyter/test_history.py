"""Choosing the executed cells that are graded, and writing them as a notebook."""

import json
import time

import pytest

from grader.jupyter.history import cells_to_grade, make_notebook
from grader.submission.notebook import read_notebook


@pytest.mark.parametrize(
    ("executed", "kept"),
    [
        ("a b c", "a b c"),
        ("a a a", "- - a"),
        ("a b a", "a b a"),
        ("a b a c a", "a b - c a"),
        ("i u d U d", "i u d U d"),
        ("a b c a b c a b c", "a b c - - - a b c"),
        ("a b a c b", "a b a c b"),
    ],
    ids=[
        "once each",
        "again and again",
        "imports again at the bottom",
        "more than twice",
        "a demo after each change",
        "run all, three times",
        "a kept cell needs one that would be dropped",
    ],
)
def test_last_execution_counts_and_the_first_if_others_may_need_it(
    executed: str, kept: str
) -> None:
    """Executions that count stay in their places, so that cell N is In[N]."""
    cells = cells_to_grade(executed.split())

    assert [cell or "-" for cell in cells] == kept.split()


def test_last_definition_wins() -> None:
    """The last definition wins, even if an older cell was run again after a newer one."""
    first, second = "def f(): return 1", "def f(): return 2"

    cells = cells_to_grade([first, second, first])

    namespace: dict[str, int] = {}
    exec("\n".join(cells), namespace)  # noqa: S102 - our own two lines
    assert eval("f()", namespace) == 1  # noqa: S307 - as above


RAISING = "def f(x):\n    return x + a\nprint(f(1))"
INVALID = "def f(x):\n    return x +\nprint(f(1))"
CORRECTED = "def f(x):\n    return x + 1\nprint(f(1))"


@pytest.mark.parametrize(
    ("executed", "raised", "kept"),
    [
        ([RAISING, CORRECTED], {0}, [CORRECTED]),
        ([INVALID, CORRECTED], {0}, [CORRECTED]),
        ([RAISING, INVALID, CORRECTED], {0, 1}, [CORRECTED]),
        (["f(1)", CORRECTED, "f(1)"], {0}, [CORRECTED, "f(1)"]),
        (["print(mse(yhat, y))", "print(mse(y_hat, y))"], {0}, ["print(mse(y_hat, y))"]),
        ([CORRECTED, RAISING], {1}, [CORRECTED, RAISING]),
        ([RAISING, INVALID], {0, 1}, [RAISING, INVALID]),
        ([RAISING, CORRECTED], set(), [RAISING, CORRECTED]),
        (
            ["def f(x):\n    return x\nf()", "def g(x):\n    return x\ng(1)"],
            {0},
            ["def f(x):\n    return x\nf()", "def g(x):\n    return x\ng(1)"],
        ),
        (["plot(x)", "def f(x):\n    return x"], {0}, ["plot(x)", "def f(x):\n    return x"]),
    ],
    ids=[
        "raised",
        "not valid",
        "twice",
        "run too early",
        "demo",
        "raises now",
        "raises still",
        "did not raise",
        "another function",
        "another cell",
    ],
)
def test_execution_that_raised_does_not_count_once_it_is_corrected(
    executed: list[str], raised: set[int], kept: list[str]
) -> None:
    """It counts as corrected if what looks alike and binds the same names didn't raise later."""
    cells = cells_to_grade(executed, raised=raised)

    assert [cell for cell in cells if cell] == kept
    assert all(cell in ("", executed[place]) for place, cell in enumerate(cells))


def test_long_cells_are_compared_quickly() -> None:
    """Comparing cells of thousands of lines takes no time that a student would notice."""
    long = "".join(f"x{n} = {n} * {n}\n" for n in range(5000))
    started = time.process_time()

    cells = cells_to_grade(
        [*(f"{long}y = {n}" for n in range(5)), long + "y = 6"], raised={*range(5)}
    )

    assert [cell for cell in cells if cell] == [long + "y = 6"]
    assert time.process_time() - started < 3


def test_cell_that_is_run_thirty_times_is_loaded_twice_at_most() -> None:
    """A cell counts at most twice, however often functions change in between."""
    executed = [cell for n in range(30) for cell in (f"def f(): return {n}", "demo()")]

    assert cells_to_grade(executed).count("demo()") == 2


@pytest.mark.parametrize(
    "cell",
    ["%grade", "%grade update --seed 7", "%load_ext grader\n\n%grade", "# only words", "", " \n"],
)
def test_cell_that_only_calls_the_grader_is_left_out(cell: str) -> None:
    """A cell without code is left out, but keeps its number if other cells follow."""
    assert cells_to_grade([cell]) == []
    assert cells_to_grade([cell, "x = 1", cell]) == ["", "x = 1"]


def test_cell_with_definitions_and_the_magic_counts() -> None:
    """A cell that defines something and calls %grade counts."""
    cell = "def f(): pass\n%grade f"

    assert cells_to_grade([cell]) == [cell]


@pytest.mark.parametrize("cell", ["%grades = 1", "%matplotlib inline", "x %grade"])
def test_other_cells_count(cell: str) -> None:
    """Cells that only look like a call of the magic count."""
    assert cells_to_grade([cell]) == [cell]


def test_notebook_is_read_as_any_other() -> None:
    """The notebook is read cell by cell, and lone surrogates are replaced."""
    cells = ["x = 1\ny = 2", "", "s = '\ud800ü'"]

    blocks, notes = read_notebook(make_notebook(cells))

    assert [block.source for block in blocks] == ["x = 1\ny = 2", "", "s = '?ü'"]
    assert [block.label for block in blocks] == ["cell 1", "cell 2", "cell 3"]
    assert notes == ()


def test_notebook_is_valid() -> None:
    """The notebook is valid by the schema of its format."""
    import nbformat

    nbformat.validate(json.loads(make_notebook(["x = 1", ""])))
