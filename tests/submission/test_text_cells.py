"""Text cells of a notebook: which definitions stand there, and how much is looked at."""

import msgspec
import pytest

from grader.submission.text_cells import TextCells


def _add(cells: TextCells, source: object, kind: str = "markdown", *, after: int = 0) -> None:
    cells.add(kind, msgspec.Raw(msgspec.json.encode(source)), after=after)


def test_definitions_are_kept_and_the_text_around_them_is_not() -> None:
    """The beginning of each definition is kept, and neither its body nor any other text."""
    cells = TextCells()

    _add(cells, "Secret\n\n  def f(x):\n    return 1\nasync def g (y)\nANSWERS = {\n", after=3)

    (block,) = cells.blocks
    assert block.source == "def f(\nasync def g (\nANSWERS = {"
    assert block.label == "the Markdown cell below cell 3"


@pytest.mark.parametrize(
    ("kind", "after", "label"),
    [
        ("markdown", 0, "the Markdown cell at the top"),
        ("raw", 2, "the Raw cell below cell 2"),
        ("heading", 1, "the text cell below cell 1"),
    ],
)
def test_label_says_which_cell_it_is(kind: str, after: int, label: str) -> None:
    """Text cells have no number, so they are named by the code cell above."""
    cells = TextCells()

    _add(cells, ["def f():\n", "  pass"], kind, after=after)

    assert [one.label for one in cells.blocks] == [label]


@pytest.mark.parametrize(
    "source",
    [
        "plain text",
        "we define f(x)",
        "the def of f",
        "# def f():",
        "x == {1}",
        7,
        None,
        [["def f()"]],
    ],
)
def test_cell_without_a_definition_is_not_kept(source: object) -> None:
    """Text that only mentions a function is not kept; nor is what is no text."""
    cells = TextCells()

    _add(cells, source)

    assert cells.blocks == []


def test_little_is_kept_of_a_large_notebook() -> None:
    """Cells that are too long or too many are not looked at, and each keeps some definitions."""
    cells = TextCells()

    _add(cells, "def f():\n" + "x" * 70_000)
    assert cells.blocks == []
    for _ in range(200):
        _add(cells, "def f():\n" * 1000)

    assert len(cells.blocks) == 50
    assert {one.source.count("def") for one in cells.blocks} == {50}
    assert sum(len(one.source) for one in cells.blocks) < 50_000


def test_bytes_that_are_looked_at_are_limited_for_all_cells_together() -> None:
    """After a megabyte of text cells, no more are looked at."""
    cells = TextCells()

    for _ in range(17):
        _add(cells, "text" * 15_800)
    _add(cells, "def f():\n" + "text" * 15_000)

    assert cells.blocks == []
