"""Descriptions of what happened while a submission was read: short, and in a student's words."""

import platform

import pytest

from grader.observations.messages import Note, Outcome, Raised
from grader.report.describe_loading import describe_loading, describe_place, describe_syntax_error
from grader.report.model import NoteKind


def raising(type_name: str, text: str = "", block: str = "cell 2", **where: object) -> Note:
    """Make the note of a code block that raised."""
    raised = Raised(type_name=type_name, text=text, block=block, **where)  # type: ignore[arg-type]  # by name
    return Note(block=block, raised=raised)


def describe(*notes: Note, is_notebook: bool = True) -> tuple[str, ...]:
    """Describe the notes of a notebook."""
    return tuple(note.text for note in describe_loading(notes, is_notebook=is_notebook))


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
    """The place is a line of the script or of a cell, and empty if it is not known."""
    assert describe_place(raised) == place


# --- notes --------------------------------------------------------------------------------


def test_nothing_is_described_without_notes() -> None:
    """Without notes there are no lines."""
    assert describe() == ()


def test_what_a_raise_kept_from_running_is_said() -> None:
    """A note of an exception may say what did not run, in place of what usually does."""
    note = Note(
        block="cell 2",
        text="the rest of the cell did not run",
        raised=Raised(type_name="ValueError", text="stop", block="cell 2"),
    )

    assert describe(note) == ("cell 2 raised ValueError: stop; the rest of the cell did not run",)


def test_cell_that_follows_twice_is_listed_once() -> None:
    """Several statements of a cell may need what had stopped."""
    notes = [Note(block=one, follows=True) for one in ("cell 2", "cell 2", "cell 5")]

    assert describe(*notes) == ("cells 2 and 5 needed results of earlier code, which had stopped",)


def test_plain_note_is_shown_with_its_code_block() -> None:
    """A note is shown after the label of its code block."""
    lines = describe(Note(block="cell 3", text="not run because of its cell magic %%bash"))

    assert lines == ("cell 3: not run because of its cell magic %%bash",)


def test_cell_that_raised_is_described_with_its_line() -> None:
    """The line about a cell that raised says that the cells after it still ran."""
    lines = describe(raising("ValueError", "no\nreally", line=2, code="f()"))

    assert lines == (
        "cell 2 raised ValueError: no; what comes after it still ran\n    line 2 of cell 2: f()",
    )


def test_script_that_raised_is_described_with_what_is_missing() -> None:
    """The line about a script that raised says that it went on; one that exits has ended."""
    lines = describe(
        raising("AssertionError", block="", line=2, code="assert x"), is_notebook=False
    )

    assert lines == (
        "the file raised AssertionError; what comes after it still ran\n    line 2: assert x",
    )


def test_exit_is_not_called_an_error() -> None:
    """``sys.exit()`` is described as an exit, not as an exception."""
    (line,) = describe(raising("SystemExit", "0", block=""), is_notebook=False)

    assert line.startswith("the file exited with SystemExit: 0; ")


@pytest.mark.parametrize("outcome", [Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.CRASHED])
def test_code_block_that_was_stopped_is_described_with_the_limit(outcome: Outcome) -> None:
    """A code block that was stopped is described by the limit, not by the name of the outcome."""
    (line,) = describe(raising(outcome.value, "over 10 s of computing time"))

    assert line == "cell 2 was stopped (over 10 s of computing time); what comes after it still ran"


def test_long_text_is_cut() -> None:
    """The text of an exception is cut if it is long."""
    (line,) = describe(raising("ValueError", "a" * 5000))

    assert len(line) < 500


def test_cells_that_stop_at_stubs_share_a_line() -> None:
    """All cells that stopped at a stub are in one line."""
    lines = describe(*(raising("NotImplementedError", "lab 4", f"cell {n}") for n in (4, 7, 9)))

    assert lines == ("cells 4, 7 and 9 stopped at functions that are not written yet",)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (["cell 4"], "cell 4"),
        (["cell 4", "cell 5"], "cells 4 and 5"),
        ([""], "the file"),
    ],
    ids=["one cell", "two cells", "script"],
)
def test_code_blocks_are_listed_in_singular_and_plural(blocks: list[str], words: str) -> None:
    """Labels of code blocks are joined in the singular or plural."""
    (line,) = describe(*(raising("NotImplementedError", block=block) for block in blocks))

    assert line == f"{words} stopped at functions that are not written yet"


def test_cells_that_wait_for_others_share_a_line() -> None:
    """All cells that needed results of a stopped cell are in one line."""
    waiting = [
        Note(block=f"cell {n}", raised=Raised(type_name="NameError", text="x"), follows=True)
        for n in (5, 6)
    ]

    lines = describe(*waiting)

    assert lines == ("cells 5 and 6 needed results of earlier code, which had stopped",)


def test_every_note_is_described_once() -> None:
    """Each note is in exactly one line."""
    waiting = Note(block="cell 5", raised=Raised(type_name="NameError", text="x"), follows=True)

    lines = describe(
        raising("NotImplementedError", block="cell 1"),
        Note(block="cell 2", text="left out"),
        waiting,
        raising("KeyError", "'a'", block="cell 7"),
    )

    assert len(lines) == 4
    assert sorted(cell for line in lines for cell in "1257" if f"cell {cell}" in line) == list(
        "1257"
    )


# --- syntax errors ------------------------------------------------------------------------


def test_syntax_error_is_shown_with_line_and_caret() -> None:
    """A syntax error is shown with its line and a caret, as Python does."""
    raised = Raised(type_name="SyntaxError", text="invalid syntax", line=3, code="x = = 1\n    ^")

    message = describe_syntax_error(raised)

    assert message == "line 3 is not valid Python: invalid syntax\nx = = 1\n    ^"


def test_syntax_error_without_its_line_has_no_caret() -> None:
    """If the line is not known, only its number and the message are shown."""
    message = describe_syntax_error(Raised(type_name="SyntaxError", text="too deep", line=3))

    assert message == "line 3 is not valid Python: too deep"


@pytest.mark.parametrize(
    ("type_name", "text"),
    [("MemoryError", ""), ("RecursionError", "maximum recursion depth exceeded")],
)
def test_code_that_is_nested_too_deeply_is_described_as_such(type_name: str, text: str) -> None:
    """Python gives neither a line nor a reason for such code; the message says what it is."""
    raised = Raised(type_name=type_name, text=text)

    message = describe_syntax_error(raised)
    (line,) = describe(raising(type_name, text))

    assert message.startswith("the code is nested too deeply to be read")
    assert line.startswith("cell 2 is nested too deeply to be read")
    assert line.endswith("; what comes after it still ran")
    assert "line 0" not in message
    assert "recursion" not in message + line


@pytest.mark.parametrize("type_name", ["MemoryError", "RecursionError"])
def test_cell_that_runs_out_of_memory_or_depth_is_not_called_nested(type_name: str) -> None:
    """A cell that raised while it ran has a line, which is shown."""
    (line,) = describe(raising(type_name, line=2, code="f()"))

    assert line.startswith(f"cell 2 raised {type_name}; ")


def test_error_without_a_line_names_the_file() -> None:
    """There is no line 0."""
    message = describe_syntax_error(Raised(type_name="ValueError", text="null bytes"))

    assert message == "the file is not valid Python: null bytes"


def test_long_syntax_error_is_cut() -> None:
    """A forged syntax error shows one line, cut, and no caret that would be misplaced."""
    raised = Raised(type_name="SyntaxError", text="a" * 2_000, line=3, code="x" * 900 + "\n^" * 500)

    message = describe_syntax_error(raised)

    assert len(message) < 520
    assert "^" not in message


# --- length -------------------------------------------------------------------------------


def test_forged_notes_are_cut_in_length_and_number() -> None:
    """Whatever a submission says about itself, the notes fill a page at most."""
    long = "a b" * 600
    error = Raised(type_name=long, text=long, block=long, line=3, code=long, function=long)
    forged = [Note(block=long, text=long), Note(block=long, raised=error)] * 500
    unwritten = raising("NotImplementedError", block=long)

    lines = describe(*forged, *[unwritten] * 500)

    assert max(map(len, lines)) < 800
    assert len(lines) == 101
    assert lines[-1] == "901 more messages like these are left out"


# --- causes -------------------------------------------------------------------------------


def test_causes_come_first_and_what_follows_is_in_one_line() -> None:
    """A missing module stands before what follows from it, and before what was left out."""
    notes = [
        Note(block="cell 1", text="not run because of its cell magic %%bash"),
        raising("NameError", "name 'sns' is not defined", "cell 3"),
        raising("ModuleNotFoundError", "No module", "cell 2", missing_module="seaborn"),
        Note(block="cell 4", raised=Raised(type_name="NameError", text=""), follows=True),
        Note(block="cell 5", raised=Raised(type_name="NameError", text=""), follows=True),
    ]

    found = describe_loading(notes, is_notebook=True)

    assert [note.kind for note in found] == [
        NoteKind.RAISED,
        NoteKind.NOT_INSTALLED,
        NoteKind.FOLLOWS,
        NoteKind.LEFT_OUT,
    ]
    assert [note.is_cause for note in found] == [True, True, False, False]
    assert found[2].text.startswith("cells 4 and 5 needed")


@pytest.mark.parametrize(
    ("note", "kind", "subject", "words"),
    [
        (
            raising("ModuleNotFoundError", "No module named 'a.b'", missing_module="a.b"),
            NoteKind.NOT_INSTALLED,
            "a.b",
            "a.b is not installed here; what does not need it is graded as usual",
        ),
        (
            raising("NameError", "x", missing_import="import torch"),
            NoteKind.NOT_IMPORTED,
            "import torch",
            "`import torch` is missing: write it at the top",
        ),
        (
            raising("SyntaxError", "x", syntax_hint="type statements came with Python 3.12"),
            NoteKind.SYNTAX,
            "SyntaxError",
            "which grades here: type statements came with Python 3.12",
        ),
        (raising("SystemExit", "0"), NoteKind.EXIT, "SystemExit", "cell 2 exited with"),
        (raising("ValueError", "x"), NoteKind.RAISED, "ValueError", "cell 2 raised"),
        (
            raising(Outcome.TIME_LIMIT.value, "over 10 s"),
            NoteKind.LIMIT,
            "time_limit",
            "cell 2 was stopped (over 10 s)",
        ),
        (
            raising("PermissionError", "[Errno 1] Operation not permitted"),
            NoteKind.RAISED,
            "PermissionError",
            "\n    Starting other programs or processes and using the network are not allowed",
        ),
    ],
)
def test_each_cause_has_its_kind_and_subject(
    note: Note, kind: NoteKind, subject: str, words: str
) -> None:
    """A cause says of what kind it is, for a class to count, and what it is about."""
    (found,) = describe_loading([note], is_notebook=True)

    assert (found.kind, found.subject) == (kind, subject)
    assert words in found.text


def test_newer_syntax_names_the_python_that_grades() -> None:
    """Syntax that is known to be newer is called that, and not wrong."""
    raised = Raised(
        type_name="SyntaxError", text="f-string: unmatched", line=4, syntax_hint="this is new"
    )

    version = ".".join(platform.python_version_tuple()[:2])
    assert describe_syntax_error(raised) == (
        f"line 4 is not Python {version}, which grades here: this is new"
    )
