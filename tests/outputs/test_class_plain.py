"""Everything that is printed about a class or an assignment, for a screen reader."""

import io
import re

import pytest
from class_fakes import (
    ASSIGNMENT,
    HOSTILE_NAMES,
    NAMES,
    check_outline,
    make_class,
    make_failure,
    make_outline,
)

from grader.cli.watch import _in_words
from grader.outputs.class_difference import show_difference
from grader.outputs.class_terminal import show_class
from grader.outputs.console import ReportConsole
from grader.outputs.mutation import Survivor, UnitCounts, show_mutants
from grader.outputs.verification import show_matrix, show_outcome, show_proved, show_slowest
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.compare_classes import Grading, compare_classes
from grader.report.model import ReportStatus, Status
from grader.report.outline import Outline

CLASS = make_class(300, names=(*NAMES, *HOSTILE_NAMES))
CHECKS = {
    "relu": ["relu/has-the-right-values", "relu/can-be-differentiated"],
    "mean_relu": ["mean_relu/has-the-right-value"],
}
CAUGHT = {
    "relu/absolute-value": ("relu/has-the-right-values", "relu/can-be-differentiated"),
    "relu/cuts-the-graph": ("relu/can-be-differentiated",),
    "mean_relu/sum": ("mean_relu/has-the-right-value",),
}
DIFF = ["@@ -1 +1 @@", "-    return z.clamp(min=0)", "+    return z.clamp(min=1)"]

# What draws or aligns, and what is skipped or read out by its name.
SYMBOLS = re.compile(r"[✓◐✗⏱·│…→█░─]|->|\x1b|^ +|  ", re.MULTILINE)


@pytest.fixture
def console() -> ReportConsole:
    """Return a console for a screen reader, which prints to memory."""
    made = ReportConsole(file=io.StringIO(), width=80, highlight=False, soft_wrap=True)
    made.is_plain = True
    return made


def read(console: ReportConsole) -> str:
    """Return what was printed; without symbols, columns and empty lines."""
    file = console.file
    assert isinstance(file, io.StringIO)
    text = file.getvalue()
    assert not SYMBOLS.search(text), SYMBOLS.search(text)
    assert "\n\n" not in text
    return text


def test_class_is_told_in_lines(console: ReportConsole) -> None:
    """Instead of bars and a table there are a line for each range and for each function."""
    show_class(CLASS, console)

    text = read(console)
    assert re.search(r"^\d+ to \d+ points: \d+$", text, re.MULTILINE)
    assert re.search(r"^mse: mean [\d.]+ of [\d.]+, \d+ right", text, re.MULTILINE)
    assert "The grader failed on 2 submissions. There is no score" in text


def _grading(**outlines: Outline) -> Grading:
    figures = ClassFigures()
    for id_, outline in outlines.items():
        figures.add(outline, id=id_, student=Student(name=id_.title()), file=f"{id_}.py")
    summary = figures.finish(assignment=ASSIGNMENT, max_score=10, function_names=("mse",))
    return Grading(summary=summary, read_report=outlines.get, is_single=False)


def test_differences_are_told_in_lines(console: ReportConsole) -> None:
    """Who gained or lost is said in words, and so are old and new."""
    right = make_outline(check_outline("mse/b", title="Of any length"))
    wrong = make_outline(check_outline("mse/b", Status.FAILED, title="Of any length"))
    fault = make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")
    old = _grading(ada=wrong, bob=right, eve=right)
    new = _grading(ada=right, bob=wrong, eve=fault)

    show_difference(compare_classes(old, new), console)

    text = read(console)
    assert "Ada (ada) gained 1 point\nAda (ada): 0 to 1\nmse/b, Of any length: 0 to 1\n" in text
    assert "Bob (bob) lost 1 point\nBob (bob): 1 to 0\n" in text
    assert "Eve (eve): 1 to no score, graded to the grader failed\n" in text


def test_verification_is_told_in_lines(console: ReportConsole) -> None:
    """Each misconception has a line with the checks that catch it."""
    show_matrix(CHECKS, CAUGHT, console)
    show_slowest({"relu/a": 0.012}, console)
    show_proved(2, 3, console)
    show_outcome("Lab 5", ["it is odd"], seeds=5, misconceptions=3, console=console)

    assert read(console).splitlines() == [
        "relu: 2 checks, 2 misconceptions",
        "relu/absolute-value is caught by has-the-right-values, can-be-differentiated",
        "relu/cuts-the-graph is caught by can-be-differentiated",
        "mean_relu: 1 check, 1 misconception",
        "mean_relu/sum is caught by has-the-right-value",
        "All checks of a submission take 0.0 s; the slowest:",
        "relu/a: 12 ms",
        "2 of 3 misconceptions are named correctly and cost exactly one unit",
        "Problem: it is odd",
        "Lab 5: 5 seeds, 3 misconceptions: 1 problem",
    ]


def test_check_that_catches_nothing_is_named(console: ReportConsole) -> None:
    """In the table its row is empty; here it has a line."""
    show_matrix({"relu": ["relu/a", "relu/b"]}, {"relu/x": ("relu/a",)}, console)

    assert read(console).endswith("\nrelu/b catches nothing\n")


def test_mutants_are_told_in_lines(console: ReportConsole) -> None:
    """Each unit has a line; a survivor's change is code, and stays as it is."""
    units = {
        "relu": UnitCounts(mutants=12, equivalent=2, survived=1, stopped=1),
        "mean": UnitCounts(mutants=9, also={"relu": 3}),
    }

    show_mutants(
        units,
        [Survivor("relu/1", DIFF)],
        [],
        title="Lab 5",
        has_diagnosis=False,
        console=console,
    )

    file = console.file
    assert isinstance(file, io.StringIO)
    assert file.getvalue().splitlines()[:3] == [
        "relu: 12 mutants, 9 killed, 2 equivalent, 1 survived, 1 took too long",
        "mean: 9 mutants, 9 killed, 0 equivalent, 0 survived, 3 also cost relu points",
        "Survived: relu/1",
    ]
    assert file.getvalue().endswith("\nLab 5: 21 mutants: 18 killed, 2 equivalent, 1 survived\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("+ mse                 0 -> 6 / 6  right", "gained: mse 0 to 6 of 6 right"),
        ("    - now wrong: Promise", "lost: now wrong: Promise"),
        ("= no points gained or lost", "no points gained or lost"),
    ],
)
def test_changes_of_a_watched_file_are_told_in_words(line: str, words: str) -> None:
    """The signs at the beginning of a line are words."""
    assert _in_words(line) == words
