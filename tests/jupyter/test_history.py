"""Choosing the executed cells that are graded, and writing them as a notebook."""

import json

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
