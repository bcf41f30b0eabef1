"""The figures of a class in a terminal: problems first, no line too wide, nothing hostile."""

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
from rich.cells import cell_len
from rich.console import Console

from grader.outputs.class_terminal import show_class
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.model import ReportStatus, Status


def show(summary: ClassSummary, *, width: int = 80, encoding: str = "utf-8") -> str:
    """Show a class as in a file."""
    data = io.BytesIO()
    file = io.TextIOWrapper(data, encoding=encoding)
    show_class(summary, Console(file=file, width=width, highlight=False))
    file.flush()
    return data.getvalue().decode(encoding)


def flat(text: str) -> str:
    """Return a text with all white space as single spaces."""
    return re.sub(r"\s+", " ", text)


CLASS = make_class(300, names=(*NAMES, *HOSTILE_NAMES))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_too_wide(width: int, encoding: str) -> None:
    """No line is wider than the terminal, whatever the students are called."""
    lines = show(CLASS, width=width, encoding=encoding).splitlines()

    assert max(map(cell_len, lines)) <= width


def test_problems_come_before_the_figures() -> None:
    """Problems are listed first, with what to do and the first line of the reason."""
    text = flat(show(CLASS))

    failed = text.index("! The grader failed on 2 submissions. There is no score")
    unreadable = text.index("✗ 8 submissions can't be graded.")
    assert failed < unreadable < text.index("mean ")
    assert "line 12 is not valid Python" in text
    assert "def broken" not in text


def test_counts_and_scores_are_shown() -> None:
    """A student who did not hand in is not counted as a submission."""
    text = flat(show(CLASS))

    assert (
        "300 submissions: 284 graded, 6 ended early, 8 can't be graded, "
        "2 that the grader failed on; 3 did not hand in anything"
    ) in text
    assert (
        f"mean {CLASS.scores.mean:.1f} of 100, median {CLASS.scores.median:g}, middle half" in text
    )


def test_histogram_has_a_bar_for_each_tenth() -> None:
    """The longest bar fills the width, and even a single submission has a visible bar."""
    lines = [line for line in show(CLASS).splitlines() if re.match(r" +\d+ to +\d+ ", line)]

    bars = [line.count("█") for line in lines]
    assert len(lines) == 10
    assert max(bars) == 40
    assert all(
        bool(bar) == bool(count) for bar, count in zip(bars, CLASS.scores.histogram, strict=True)
    )


@pytest.mark.parametrize("width", [80, 120])
def test_each_function_has_a_line_with_its_counts(width: int) -> None:
    """The counts of a function are below short words for their statuses."""
    lines = show(CLASS, width=width).splitlines()

    head = next(line for line in lines if "mean" in line and "right" in line)
    assert head.split() == ["mean", "right", "partly", "wrong", "error", "limit", "missing"]
    for function in CLASS.functions:
        line = next(line for line in lines if re.match(rf" +{function.name} ", line))
        counts = [int(number) for number in line.split()[-6:]]
        shown = {name: n for name, n in function.statuses.items() if name != "not_judged"}
        assert counts == list(shown.values())


def test_misconceptions_are_listed_with_some_students() -> None:
    """The most frequent misconception comes first, with the first five students."""
    text = show(CLASS)

    top = CLASS.misconceptions[0]
    assert top.id in text
    assert f"and {len(top.rows) - 5} more" in text
    assert text.index(top.id) < text.index(CLASS.misconceptions[3].id)


def test_checks_that_everybody_fails_or_passes_are_named() -> None:
    """Checks that everybody fails are listed, since the check itself may be wrong."""
    text = show(CLASS)

    assert (
        "Checks that everybody fails: is it the class, or the check?\n  animate_fit/wrong:" in text
    )
    assert "2 checks are passed by everybody\n  in predict" in text


def test_ascii_terminal_gets_ascii() -> None:
    """In a terminal without block characters the bars are drawn in ASCII."""
    text = show(CLASS, encoding="ascii")

    assert text.isascii()
    assert "####" in text


def test_nothing_controls_the_terminal() -> None:
    """Control characters in names, files, errors and hints are shown as escapes."""
    name = "\x1b[31m\r\n\N{RIGHT-TO-LEFT OVERRIDE}\x07[bold]"
    failed = check_outline("f/a", Status.FAILED, title=name, misconception="f/z", hint=name)
    figures = ClassFigures()
    figures.add(make_outline(failed), id=name, student=Student(name=name), file=name)
    broken = make_failure(ReportStatus.UNREADABLE, name)
    figures.add(broken, id="b", student=Student(name=name), file=name)
    summary = figures.finish(
        assignment=ASSIGNMENT, max_score=1, function_names=("f",), remarks=(name,)
    )

    text = show(summary)

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "[bold]" in text
    assert r"\x1b[31m" in text


def test_no_colour_with_no_color_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set there is no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()

    show_class(CLASS, Console(file=file, width=80, force_terminal=True, highlight=False))

    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", file.getvalue())


def test_empty_class_is_shown_as_empty() -> None:
    """A class without submissions has no figures."""
    text = show(ClassFigures().finish(assignment=ASSIGNMENT, max_score=0, function_names=()))

    assert "0 submissions: none" in text
    assert "mean" not in text


@pytest.mark.parametrize("width", [40, 60, 76, 100])
def test_no_name_or_number_of_a_function_is_cut(width: int) -> None:
    """Where the columns don't fit, each function has a sentence instead."""
    outline = make_outline(
        check_outline("update_logistic/a", max_points=11),
        check_outline("predict_proba/a", Status.ERROR, max_points=4),
    )
    figures = ClassFigures()
    figures.add(outline, id="ada", student=Student(name="Ada"), file="ada.py")
    summary = figures.finish(
        assignment=ASSIGNMENT,
        max_score=15,
        function_names=("update_logistic", "predict_proba"),
    )

    text = flat(show(summary, width=width))

    assert "update_logistic" in text
    assert ("mean 11 of 11, 1 right" if width < 76 else "11 / 11") in text
