"""What stopped code while submissions were loaded: in the row, the gradebook, page and terminal."""

import io
import re

import pytest
from class_fakes import ASSIGNMENT, FUNCTIONS, MAX_SCORE, check_outline, make_outline
from rich.console import Console

from grader.outputs.class_page import write_class_page
from grader.outputs.class_terminal import show_class
from grader.outputs.class_wording import describe_loading
from grader.outputs.gradebook import write_gradebook
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, LoadingFigures, Student
from grader.report.model import LoadingNote, NoteKind

ARROW = "\N{RIGHT-TO-LEFT OVERRIDE}"


def note(kind: NoteKind, subject: str = "", text: str = "") -> LoadingNote:
    """Return a note, with a text of two lines if none is given."""
    return LoadingNote(kind=kind, subject=subject, text=text or f"{subject} stops\n    line 1: x")


def missing(module: str) -> LoadingNote:
    """Return the note on a module that is not installed."""
    text = f"{module} is not installed here; what does not need it is graded as usual\n    line 1"
    return note(NoteKind.NOT_INSTALLED, module, text)


def summarize(*loading: tuple[LoadingNote, ...]) -> ClassSummary:
    """Return the summary of a class, with the notes of each submission."""
    figures = ClassFigures()
    for place, notes in enumerate(loading):
        figures.add(
            make_outline(check_outline(), loading=notes),
            id=f"s{place}",
            student=Student(name=f"Student {place}"),
            file="lab4.py",
            notes=("handed in late",),
        )
    return figures.finish(
        assignment=ASSIGNMENT, max_score=MAX_SCORE, function_names=tuple(FUNCTIONS)
    )


SIX = summarize(
    *[(missing("seaborn"),)] * 3,
    (missing("seaborn"), missing("seaborn"), note(NoteKind.FOLLOWS)),
    (missing("pandas"),),
    (missing("pandas"), note(NoteKind.RAISED, "NameError")),
    (note(NoteKind.LEFT_OUT, text="a shell line was left out"),),
)


def page(summary: ClassSummary) -> str:
    """Return the page of a class."""
    file = io.StringIO()
    write_class_page(summary, file)
    return file.getvalue()


def terminal(summary: ClassSummary) -> str:
    """Return the figures of a class as in a terminal of 80 columns, on one line."""
    file = io.StringIO()
    show_class(summary, Console(file=file, width=80, highlight=False))
    return re.sub(r"\s+", " ", file.getvalue())


def test_submissions_are_grouped_by_what_stopped_them() -> None:
    """Each submission counts once in a group, and each module says how many need it."""
    assert list(map(describe_loading, SIX.loading)) == [
        "6 stop at a module that isn't installed here: seaborn (4), pandas (2)",
        "1 raises an exception while it is loaded: NameError",
    ]
    assert SIX.loading[0].rows == ("s0", "s1", "s2", "s3", "s4", "s5")


def test_group_is_in_terminal_and_page_with_the_students() -> None:
    """The terminal and the page name the modules, and who needs them."""
    words = "6 stop at a module that isn't installed here: seaborn (4), pandas (2)"

    assert f"{words} Student 0 (s0), Student 1 (s1)" in terminal(SIX)
    text = page(SIX)
    assert words.replace("'", "&#39;") in text
    section = text.partition('<section aria-labelledby="loading">')[2].partition("</section>")[0]
    assert section.count("Student 5") == 2


def test_nothing_is_said_of_a_class_that_loads() -> None:
    """Without such notes there is no such section."""
    summary = summarize((), (note(NoteKind.LEFT_OUT),))

    assert summary.loading == ()
    assert "were loaded" not in terminal(summary)
    assert "#loading" not in page(summary)


def test_row_and_gradebook_have_the_first_line_of_each_note() -> None:
    """The row of a student says what stopped it, and not what only follows from that."""
    row = SIX.rows[3]
    assert [one.subject for one in row.loading] == ["seaborn", "seaborn"]
    assert row.loading[0].text == (
        "seaborn is not installed here; what does not need it is graded as usual"
    )
    file = io.StringIO()
    write_gradebook(SIX.rows[4:5], ["update"], file)
    text = "pandas is not installed here; what does not need it is graded as usual"
    assert file.getvalue().rstrip().endswith(f",{text} | handed in late")
    assert "<small>pandas is not installed here;" in page(SIX)


def test_long_and_hostile_notes_stay_small_and_harmless() -> None:
    """A student chooses the name of a module; rows stay small, and nothing controls anything."""
    hostile = f"=cmd<script>{ARROW}" + "x" * 1000
    summary = summarize(tuple(missing(f"{place}{hostile}") for place in range(50)))

    (row,) = summary.rows
    assert len(row.loading) == 4
    assert all(len(one.text) <= 200 and len(one.subject) <= 200 for one in row.loading)
    assert ARROW not in page(summary) + terminal(summary)
    assert "=cmd<script>" not in page(summary)


@pytest.mark.parametrize("kind", list(NoteKind))
@pytest.mark.parametrize("count", [1, 1234])
def test_every_kind_has_words(kind: NoteKind, count: int) -> None:
    """A group of any kind and size is a sentence about submissions."""
    figures = LoadingFigures(kind=kind, subjects={}, rows=("s1",) * count)

    said = describe_loading(figures)

    assert said.startswith("1 " if count == 1 else "1,234 ")
    assert ":" not in said


def test_only_the_most_frequent_modules_are_named() -> None:
    """The list of modules stays short."""
    subjects = {f"module{place}": 9 - place for place in range(8)}
    rows = tuple(f"s{place}" for place in range(20))

    said = describe_loading(
        LoadingFigures(kind=NoteKind.NOT_INSTALLED, subjects=subjects, rows=rows)
    )

    assert said.endswith("module4 (5), module5 (4), and 2 more")
