"""What a submission shows for the answers that a person marks, whatever the file is like."""

import json
import time

import pytest

from grader.checks.manual import ManualUnit, ShownBy
from grader.checks.manual_answers import manual_items
from grader.observations.messages import CodeBlock
from grader.report.budget import MAX_ANSWER
from grader.report.model import ManualItem, ManualStatus

PNG = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}}


def unit(by: str, where: str, *, has_figures: bool = False) -> ManualUnit:
    """Return a unit that is shown in one way."""
    return ManualUnit(
        id="essay",
        title="Explain",
        points=5,
        shown_by=ShownBy(by),
        where=where,
        has_figures=has_figures,
    )


def text(source: object, **metadata: object) -> dict[str, object]:
    """Return a text cell."""
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


def code(source: object, *outputs: object, **metadata: object) -> dict[str, object]:
    """Return a code cell."""
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [*outputs]}


def in_notebook(one: ManualUnit, *cells: object) -> ManualItem:
    """Return the item of a unit in a notebook with these cells."""
    data = json.dumps({"nbformat": 4, "metadata": {}, "cells": [*cells]}).encode()
    return manual_items([one], (), data)[0]


def in_script(one: ManualUnit, source: str) -> ManualItem:
    """Return the item of a unit in a script."""
    return manual_items([one], [CodeBlock(label="", source=source)])[0]


def test_an_answer_waits_and_has_no_points() -> None:
    """Nothing is a zero before a person says so."""
    item = in_notebook(unit("tag", "essay"), text("Because.", tags=["essay"]))

    assert (item.points, item.status) == (None, ManualStatus.WAITING)
    assert (item.answer, item.problem, item.is_cut) == ("Because.", "", False)


def test_below_a_heading_is_what_comes_before_the_next_of_its_level() -> None:
    """Deeper headings and code cells belong to it; case and emphasis make no difference."""
    item = in_notebook(
        unit("heading", "question 1"),
        text("# All\nnot this"),
        text(["## *Question* 1\n", "What is it?"]),
        text("It is this."),
        code("x = 1"),
        text("### More\nand this\n## Question 2\nnot that"),
        text("nor that"),
    )

    assert item.answer == (
        "## *Question* 1\nWhat is it?\n\nIt is this.\n\nx = 1\n\n### More\nand this"
    )


def test_a_comment_in_a_fenced_block_is_not_a_heading() -> None:
    """Code in a text cell may have comments."""
    item = in_notebook(unit("heading", "Why"), text("# Why\n```\n# a comment\n```\nso"))

    assert item.answer.endswith("so")


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        ("tag", 'no cell has the tag "x"'),
        ("grade_id", 'no cell has the grade_id "x"'),
        ("heading", "there is no such heading"),
        ("docstring", "there is no x"),
    ],
)
def test_an_answer_that_is_not_there_says_so_and_waits(by: str, problem: str) -> None:
    """All that are missing or empty are the same answer, so that they are marked once."""
    item = in_notebook(unit(by, "x"), text("something"))
    empty = in_notebook(unit("tag", "essay"), text(" \n", tags=["essay"]))

    assert (item.problem, item.answer, item.points) == (problem, "", None)
    assert empty.problem == "nothing is written there"
    assert item.digest == empty.digest


def test_two_cells_with_one_grade_id_are_both_shown() -> None:
    """A copied cell keeps its id; which one counts is for the person to say."""
    nbgrader = {"grade_id": "essay"}
    item = in_notebook(
        unit("grade_id", "essay"), text("one", nbgrader=nbgrader), text("two", nbgrader=nbgrader)
    )

    assert item.answer == "one\n\ntwo"
    assert item.problem == "2 cells have this grade_id; all of them are shown"


def test_figures_are_a_part_of_the_answer_if_the_author_says_so() -> None:
    """Another figure is another answer; outputs are ignored otherwise."""
    other = {"output_type": "display_data", "data": {"image/png": "AAAA"}}
    plain, seen = unit("tag", "plot"), unit("tag", "plot", has_figures=True)

    shown = in_notebook(seen, code("plot()", PNG, tags=["plot"]))
    changed = in_notebook(seen, code("plot()", other, tags=["plot"]))

    assert shown.answer == "plot()\n[figure: image/png, 1 KiB]"
    assert shown.digest != changed.digest
    assert (
        in_notebook(plain, code("plot()", PNG, tags=["plot"])).digest
        == in_notebook(plain, code("plot()", other, tags=["plot"])).digest
    )


def test_the_digest_is_that_of_what_a_person_reads() -> None:
    """Line ends, space at the ends, outputs and other cells make no difference; words do."""
    one = unit("tag", "essay")

    first = in_notebook(one, text("a \r\nb\n\n", tags=["essay"]))
    same = in_notebook(one, code("x"), text(["a\n", "b"], tags=["other", "essay"]))
    other = in_notebook(one, text("a\nc", tags=["essay"]))

    assert first.digest == same.digest
    assert first.digest != other.digest


def test_a_script_has_the_cells_of_the_exercise() -> None:
    """Those of jupytext's percent format, with text in comments or in a string."""
    source = (
        '# %% [markdown] tags=["essay"]\n# Because.\n#\n# Really.\n\n# %%\nx = 1\n'
        '# %% [markdown] nbgrader={"grade_id": "more"}\n"""\nAnd so.\n"""\n'
    )

    assert in_script(unit("tag", "essay"), source).answer == "Because.\n\nReally."
    assert in_script(unit("grade_id", "more"), source).answer == "And so."


def test_what_is_below_a_heading_ends_with_the_file() -> None:
    """A hand-in may have several."""
    blocks = [
        CodeBlock(label="a.py", source="# %% [markdown]\n# # Why\n# So.\n"),
        CodeBlock(label="b.py", source="# %%\nx = 1\n"),
    ]

    (item,) = manual_items([unit("heading", "Why")], blocks)

    assert item.answer == "# Why\nSo."


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        ("f", "One.\n\nTwo.", ""),
        ("Value", "A value.", ""),
        ("Value.__mul__", "Multiply.", ""),
        ("g", "", "g has no docstring"),
        ("Value.other", "", "there is no Value.other"),
    ],
)
def test_docstrings_are_read_without_running_or_compiling(
    name: str, answer: str, problem: str
) -> None:
    """Also those of methods, and among code that is not valid Python."""
    source = (
        'class Value:\n    "A value."\n    async def __mul__(self, x: dict = {1: 2}):\n'
        '        # no\n        r"""Multiply."""\n\ndef f(\n    a: int,  # b:\n) -> int:\n'
        '    """One.\n\n    Two.\n    """\n    return 1\n\ndef g(): return ")"\n(((\n'
    )

    item = in_script(unit("docstring", name), source)

    assert (item.answer, item.problem) == (answer, problem)


def test_a_long_answer_is_cut_but_its_digest_is_not() -> None:
    """Five megabytes in one cell, and in many lines, cost little; their last word counts."""
    started = time.process_time()
    one = unit("tag", "essay")

    for whole in ("x" * 5_000_000, ["word \u202e\n"] * 500_000):
        longer = whole + "y" if isinstance(whole, str) else [*whole, "y"]
        item = in_notebook(one, text(whole, tags=["essay"]))
        assert item.is_cut
        assert 1000 < len(item.answer) <= MAX_ANSWER
        assert item.digest != in_notebook(one, text(longer, tags=["essay"])).digest

    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "cell",
    [
        text({"a": [[[1]]]}, tags=["essay"]),
        text([[["deep"]]], tags=["essay"]),
        text("x", tags="essay"),
        text("x", tags=["essay", 3, {}], nbgrader=[1]),
        {"cell_type": "markdown", "source": "x", "metadata": 3},
        {"cell_type": ["markdown"], "source": 1, "metadata": {"tags": ["essay"]}},
        {"cell_type": "code", "metadata": {"tags": ["essay"]}, "outputs": {"data": 1}},
        {"cell_type": "code", "metadata": {"tags": ["essay"]}, "outputs": [{"data": [1]}, 3]},
        {"cell_type": "heading", "level": "x", "source": "essay", "metadata": {}},
        3,
        None,
    ],
)
def test_whatever_a_cell_is_like_there_is_an_item(cell: object) -> None:
    """A hand-in of any kind waits for a person, and fails nothing."""
    for one in (
        unit("tag", "essay", has_figures=True),
        unit("heading", "essay"),
        unit("grade_id", "essay"),
    ):
        assert in_notebook(one, cell).status is ManualStatus.WAITING


def test_answers_that_cannot_be_shown_are_not_taken_to_be_equal() -> None:
    """Their digests are those of the files."""
    one = unit("tag", "essay")

    first, second = (manual_items([one], (), data)[0] for data in (b'{"cells": 3}', b"\xff\xfe"))

    assert first.problem.startswith("the cells can't be shown")
    assert first.digest != second.digest


def test_many_definitions_cost_little() -> None:
    """Only the last one is looked at."""
    started = time.process_time()

    item = in_script(unit("docstring", "V.f"), "class V\n def f(\n" * 250_000)

    assert item.problem == "V.f has no docstring"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "cells",
    [
        [text("# Why\nfoo")] * 20_000,
        [text("x\n" * 300_000)] * 10,
        [text("# a a a\n" * 50_000)] * 2,
    ],
    ids=["many cells", "long cells", "many headings"],
)
def test_cells_are_looked_through_once_for_all_units(cells: list[object]) -> None:
    """The host pays for this."""
    data = json.dumps({"cells": cells}).encode()
    units = [unit("heading", f"Why {number}") for number in range(20)]
    started = time.process_time()

    items = manual_items(units, (), data)

    assert len(items) == 20
    assert time.process_time() - started < 5


def test_script_of_many_cells_is_left_to_a_person() -> None:
    """Its digest is that of the whole script."""
    one, other = (
        in_script(unit("tag", "essay"), f"# %% {'tags=[' * 20}\n{number}\n" * 10_000)
        for number in (1, 2)
    )

    assert one.problem.startswith("the cells can't be shown")
    assert one.digest != other.digest


def test_texts_after_many_others_are_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, and the digest is that of all of it."""
    monkeypatch.setattr("grader.checks.manual_answers._MAX_TEXT_BYTES", 1000)
    first, last = (
        in_notebook(unit("tag", "essay"), text("x" * 990), text("y" * 300 + end, tags=["essay"]))
        for end in "ab"
    )

    assert first.is_cut
    assert first.digest != last.digest
