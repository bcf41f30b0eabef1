"""Words for what happened while a submission was read: short, and in the student's terms."""

import pytest

from grader.observations.messages import Note, Outcome, Raised
from grader.report.describe_loading import describe_notes, describe_place, describe_syntax_error


def raising(type_name: str, text: str = "", block: str = "cell 2", **where: object) -> Note:
    """Make the note of a unit that raised."""
    raised = Raised(type_name=type_name, text=text, block=block, **where)  # type: ignore[arg-type]
    return Note(block=block, raised=raised)


def describe(*notes: Note, is_notebook: bool = True) -> tuple[str, ...]:
    """Describe the notes of a notebook."""
    return describe_notes(notes, is_notebook=is_notebook)


# --- places -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "place"),
    [
        (Raised(type_name="E", text=""), ""),
        (Raised(type_name="E", text="", line=3, code="f(x)"), "\n    line 3: f(x)"),
        (
            Raised(type_name="E", text="", line=3, code="f(x)", block="cell 2"),
            "\n    line 3 of cell 2: f(x)",
        ),
        (Raised(type_name="E", text="", line=3, code="f(\n ^"), "\n    line 3: f("),
        (Raised(type_name="E", text="", line=3), "\n    line 3: "),
    ],
    ids=["unknown", "script", "cell", "caret", "no code"],
)
def test_place_is_a_line_of_the_students(raised: Raised, place: str) -> None:
    """In a script or in a cell; nothing where it isn't known."""
    assert describe_place(raised) == place


# --- notes --------------------------------------------------------------------------------


def test_there_is_nothing_to_tell_without_notes() -> None:
    """The usual case."""
    assert describe() == ()


def test_plain_note_is_told_with_its_unit() -> None:
    """Such as a cell that was left out."""
    told = describe(Note(block="cell 3", text="not run because of its cell magic %%bash"))

    assert told == ("cell 3: not run because of its cell magic %%bash",)


def test_cell_that_raised_is_told_with_its_line() -> None:
    """And that the cells below still count."""
    told = describe(raising("ValueError", "no\nreally", line=2, code="f()"))

    assert told == (
        "cell 2 raised ValueError: no; the cells after it still count\n    line 2 of cell 2: f()",
    )


def test_script_that_raised_is_told_with_what_is_missing() -> None:
    """What comes below is not there."""
    told = describe(raising("AssertionError", block="", line=2, code="assert x"), is_notebook=False)

    assert told == (
        "the file raised AssertionError; everything after it is missing\n    line 2: assert x",
    )


def test_exit_is_no_error() -> None:
    """``sys.exit()`` is the student's own end."""
    (told,) = describe(raising("SystemExit", "0", block=""), is_notebook=False)

    assert told.startswith("the file exited with SystemExit: 0; ")


@pytest.mark.parametrize("outcome", [Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.CRASHED])
def test_unit_that_was_stopped_is_told_with_the_limit(outcome: Outcome) -> None:
    """The name of the outcome is ours, and is not shown."""
    (told,) = describe(raising(outcome.value, "over 10 s of computing time"))

    assert (
        told == "cell 2 was stopped (over 10 s of computing time); the cells after it still count"
    )


def test_long_text_is_cut() -> None:
    """One line of an exception is enough."""
    (told,) = describe(raising("ValueError", "a" * 5000))

    assert len(told) < 500


def test_cells_that_stop_at_stubs_are_told_in_one_line() -> None:
    """Who has not written a function knows it."""
    told = describe(*(raising("NotImplementedError", "lab 4", f"cell {n}") for n in (4, 7, 9)))

    assert told == ("cells 4, 7 and 9 stopped at functions that are not written yet",)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (["cell 4"], "cell 4"),
        (["cell 4", "cell 5"], "cells 4 and 5"),
        ([""], "the file"),
    ],
    ids=["one cell", "two cells", "script"],
)
def test_units_are_listed_as_one_would_say_it(blocks: list[str], words: str) -> None:
    """In the singular and in the plural."""
    (told,) = describe(*(raising("NotImplementedError", block=block) for block in blocks))

    assert told == f"{words} stopped at functions that are not written yet"


def test_cells_that_wait_for_others_are_told_in_one_line() -> None:
    """They are consequences."""
    waiting = [
        Note(block=f"cell {n}", raised=Raised(type_name="NameError", text="x"), follows=True)
        for n in (5, 6)
    ]

    told = describe(*waiting)

    assert told == ("cells 5 and 6 could not run without results of earlier code that stopped",)


def test_every_note_is_told_once() -> None:
    """Whichever way it is told."""
    waiting = Note(block="cell 5", raised=Raised(type_name="NameError", text="x"), follows=True)

    told = describe(
        raising("NotImplementedError", block="cell 1"),
        Note(block="cell 2", text="left out"),
        waiting,
        raising("KeyError", "'a'", block="cell 7"),
    )

    assert len(told) == 4
    assert sorted(cell for line in told for cell in "1257" if f"cell {cell}" in line) == list(
        "1257"
    )


# --- syntax errors ------------------------------------------------------------------------


def test_syntax_error_is_told_with_line_and_caret() -> None:
    """As Python does it."""
    raised = Raised(type_name="SyntaxError", text="invalid syntax", line=3, code="x = = 1\n    ^")

    told = describe_syntax_error(raised)

    assert told == "line 3 is not Python: invalid syntax\nx = = 1\n    ^"


def test_syntax_error_without_its_line_is_told_without() -> None:
    """The line may have been too long to show."""
    told = describe_syntax_error(Raised(type_name="SyntaxError", text="too deep", line=3))

    assert told == "line 3 is not Python: too deep"
