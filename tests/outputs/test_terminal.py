"""The report in a terminal: no line too wide, no unwanted colour, nothing that controls it."""

import io
import re
from collections.abc import Callable
from typing import Literal

import pytest
from fakes import check_result, make_report
from rich.cells import cell_len
from rich.console import Console

from grader.outputs.console import make_console
from grader.outputs.terminal import show_failure, show_report
from grader.report.model import (
    Example,
    IsolationInfo,
    LoadingNote,
    NoteKind,
    Report,
    ReportStatus,
    Status,
    SubmissionInfo,
)

WORD = "supercalifragilistic" * 10
SENTENCE = "the gradient of the mse with respect to w is not where it should be, " * 4
EXAMPLE = Example(
    code="x = torch.tensor([[1., 1.], [0., 1.]])\nprint(update(x, y, w, 0.5))\n" + SENTENCE,
    got=f"w = [0.123456, {WORD}]",
    expected="w = [0.25, 1.75]",
)
LONG = make_report(
    check_result("mse/a", Status.PASSED, title=SENTENCE),
    check_result("update/a", Status.PASSED),
    check_result(
        "update/b",
        Status.FAILED,
        title=SENTENCE,
        message=f"{SENTENCE}\n    line 3: {WORD}",
        hint=SENTENCE + WORD,
        example=EXAMPLE,
    ),
    check_result("train/a", Status.ERROR, message=WORD, title="漢字" * 60),
    check_result("sigmoid/a", Status.LIMIT, message=SENTENCE),
    check_result("a_function_with_quite_a_name/a", Status.MISSING),
    submission=SubmissionInfo(name=f"{WORD}.py", sha256="", format="python"),
    status=ReportStatus.STOPPED,
    notes=(SENTENCE, WORD),
    output=f"{WORD}\n{SENTENCE}\n{'漢' * 200}\n" + "line\n" * 20,
    is_output_cut=True,
    isolation=IsolationInfo(mode="auto", missing={"files": SENTENCE, "syscalls": WORD}),
)
SHORT = make_report(
    check_result("mse/a", Status.PASSED),
    check_result("mse/b", Status.PASSED),
    check_result("update/a", Status.FAILED, message="w has not moved", hint="Use sub_."),
)
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[0-9;]*m")


def show(report: Report, *, width: int = 80, encoding: str = "utf-8") -> str:
    """Show a report as in a file."""
    data = io.BytesIO()
    stream = io.TextIOWrapper(data, encoding=encoding, write_through=True)
    show_report(report, Console(file=stream, width=width, highlight=False))
    return data.getvalue().decode(encoding)


def line_with(text: str, shown: str) -> str:
    """Return the only line that begins with a text after its mark."""
    (line,) = [line for line in shown.splitlines() if line[2:].startswith(text)]
    return line


# --- layout -------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_wider_than_the_terminal(width: int, encoding: str) -> None:
    """Long words and wide characters are wrapped to the width of the terminal; code is not."""
    report = LONG
    if encoding == "ascii":
        report = make_report(*SHORT.functions[1].checks, notes=(SENTENCE,), output=WORD)

    shown = show(report, width=width, encoding=encoding)

    code = [line.rstrip() for line in EXAMPLE.code.splitlines()]  # which is never wrapped
    too_wide = [line for line in shown.splitlines() if cell_len(line) > width and line not in code]
    assert too_wide == []
    assert len(shown.splitlines()) > 5


def test_nothing_is_lost_by_wrapping() -> None:
    """A long word that is wrapped over several lines is still complete."""
    shown = "".join(show(LONG, width=80).split())

    assert shown.count(WORD) == 8
    assert "".join(SENTENCE.split()) in shown


def test_function_that_passed_takes_one_line() -> None:
    """A right function is shown in a single line, without its checks."""
    names = ("mse", "update", "train")

    shown = show(make_report(*(check_result(f"{name}/{n}") for name in names for n in range(3))))

    assert [line for line in shown.splitlines() if line.endswith("right")] == [
        line_with(name, shown) for name in names
    ]
    assert "It is right" not in shown
    assert len(shown.strip().splitlines()) == 1 + 1 + 3 + 1 + 1


def test_function_that_is_not_written_yet_takes_one_line() -> None:
    """A function that is not written yet is shown in a single line, without its checks."""
    shown = show(make_report(check_result("mse/a", Status.MISSING, title="Promise")))

    assert line_with("mse", shown).endswith("not written yet")
    assert "Promise" not in shown


@pytest.mark.parametrize(
    ("status", "mark", "word"),
    [
        (Status.PASSED, "✓", "right"),
        (Status.FAILED, "✗", "wrong"),
        (Status.ERROR, "✗", "raised an error"),
        (Status.LIMIT, "⏱", "hit a limit"),
        (Status.MISSING, "·", "not written yet"),
    ],
)
def test_status_is_shown_by_a_mark_and_a_word(status: Status, mark: str, word: str) -> None:
    """No status is shown by colour alone."""
    line = line_with("mse", show(make_report(check_result("mse/a", status))))

    assert line.startswith(f"{mark} mse")
    assert line.endswith(f" {word}")


def test_part_of_the_points_is_shown() -> None:
    """A partly right function shows the earned points and all points, without trailing zeros."""
    results = [check_result("mse/a", max_points=0.5), check_result("mse/b", Status.FAILED)]

    shown = show(make_report(*results))

    assert re.search(r"^◐ mse +0\.5 / 1\.5 +partly right$", shown, re.MULTILINE)
    assert shown.rstrip().endswith("0.5 of 1.5 points")


def test_failure_is_shown_with_everything_that_helps() -> None:
    """A failure shows title, message, code to try, got, should be and hint, in this order."""
    example = Example(code="print(mse(1))", got="5.", expected="6.")
    result = check_result(
        "mse/a", Status.FAILED, title="Promise", message="Verdict", hint="Next", example=example
    )

    shown = show(make_report(result))

    places = [
        shown.index(text)
        for text in ("Promise", "Verdict", "try", "print(mse(1))", "got", "5.", "should be", "6.")
    ]
    assert [*places, shown.index("Next")] == sorted([*places, shown.index("Next")])


@pytest.mark.parametrize("width", [30, 80, 200])
@pytest.mark.parametrize("color", [None, "truecolor"])
def test_code_can_be_pasted_as_it_is_printed(
    width: int, color: Literal["truecolor"] | None
) -> None:
    """Code is flush left, in its own lines, without padding, and never wrapped by us."""
    code = "for _ in range(2):\n    print(update(" + "x, " * 60 + "w))\nprint(w)"
    example = Example(code=code, got="1.", expected="2.")
    report = make_report(check_result("mse/a", Status.FAILED, message="m", example=example))
    stream = io.StringIO()

    show_report(
        report, Console(file=stream, width=width, color_system=color, force_terminal=bool(color))
    )

    shown = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert f"\n{code}\n" in shown
    assert not re.search(r" $", shown, re.MULTILINE)


def test_causes_are_shown_first_and_once() -> None:
    """What stopped the file comes before the functions, and what only follows is with it."""
    texts = {
        NoteKind.LEFT_OUT: "cell 4: left out",
        NoteKind.FOLLOWS: "cells 5 to 9 needed results of earlier code, which had stopped",
        NoteKind.NOT_INSTALLED: "seaborn is not installed here\n    line 1: import seaborn",
    }
    loading = tuple(LoadingNote(kind=kind, text=text) for kind, text in texts.items())

    shown = show(make_report(check_result(), notes=tuple(texts.values()), loading=loading))

    lines = [line for line in shown.splitlines() if line]
    assert lines[1:4] == [
        "seaborn is not installed here",
        "    line 1: import seaborn",
        texts[NoteKind.FOLLOWS],
    ]
    assert lines[5:7] == ["Notes", "  - cell 4: left out"]
    assert shown.count("seaborn is not") == shown.count("needed results") == 1


def test_reason_that_several_checks_share_is_shown_once() -> None:
    """Checks that fail for the same reason as an earlier one only refer to it."""
    results = [
        check_result(f"mse/{n}", Status.LIMIT, title=f"Promise {n}", message="did not end")
        for n in range(3)
    ]

    shown = show(make_report(*results))

    assert shown.count("did not end") == 1
    assert shown.count("(fails for the same reason)") == 2
    assert all(f"Promise {n}" in shown for n in range(3))


def test_two_different_results_are_two_reasons() -> None:
    """Failures with equal messages but different results are both shown."""
    results = [
        check_result(
            f"mse/{n}",
            Status.FAILED,
            message="mse is wrong",
            example=Example(code="print(1)", got=f"{n}.", expected="7."),
        )
        for n in range(2)
    ]

    shown = show(make_report(*results))

    assert shown.count("mse is wrong") == 2


def test_notes_and_output_are_shown() -> None:
    """All notes and the first ten lines of the output are shown."""
    report = make_report(notes=("cell 2 raised",), output="".join(f"line {n}\n" for n in range(30)))

    shown = show(report)

    assert "  - cell 2 raised" in shown
    assert "The submission printed 30 lines" in shown
    assert re.search(r"^  line 9 *$", shown, re.MULTILINE)
    assert "line 10" not in shown
    assert "the JSON report has all of it" in shown


@pytest.mark.parametrize(
    ("output", "words"),
    [("a\n", "The submission printed 1 line\n"), ("a\nb", "The submission printed 2 lines\n")],
    ids=["one line", "two lines"],
)
def test_lines_of_output_are_counted(output: str, words: str) -> None:
    """The number of lines of the output is written in the singular or plural."""
    assert words in show(make_report(output=output))


def test_output_that_was_cut_is_marked() -> None:
    """The heading of the output says so if it was cut at the limit."""
    assert "The submission printed 1 line, cut at the limit" in show(
        make_report(output="a", is_output_cut=True)
    )


@pytest.mark.parametrize("output", ["", "\n \n"], ids=["nothing", "blanks"])
def test_empty_output_is_not_mentioned(output: str) -> None:
    """A submission that printed nothing, or only blank lines, has no section for its output."""
    assert "printed" not in show(make_report(output=output))


def test_missing_locks_are_listed() -> None:
    """Each missing lock is listed by what it would prevent, and by why it is missing."""
    info = IsolationInfo(mode="auto", missing={"syscalls": "no libseccomp"})

    shown = " ".join(show(make_report(isolation=info)).split())

    assert "Not locked on this machine: network and new processes." in shown
    assert "Grade only files that you trust." in shown
    assert "(syscalls: no libseccomp)" in shown


def test_submission_that_was_ended_early_is_marked() -> None:
    """The first line of the report says that the submission was ended early."""
    headline = show(make_report(status=ReportStatus.STOPPED)).splitlines()[0]

    assert headline.startswith("lab4.py  Lab 4")
    assert "grading ended before everything was checked" in headline


def test_report_without_a_score_shows_none() -> None:
    """A report without a score says "No score" and never shows a zero."""
    shown = show(make_report(score=None, max_score=None))

    assert "No score." in shown
    assert "points" not in shown


def test_short_report_shows_only_what_is_wrong() -> None:
    """A short report leaves out right functions and the output."""
    report = make_report(
        check_result("mse/a"),
        check_result("update/a", Status.FAILED, message="w has not moved"),
        check_result("train/a", Status.MISSING),
        check_result("sigmoid/a", Status.MISSING),
        notes=("cell 2 raised",),
        output="printed",
        status=ReportStatus.STOPPED,
    )
    stream = io.StringIO()

    show_report(report, Console(file=stream, width=80), is_short=True)

    shown = stream.getvalue()
    assert "✗ update" in shown
    assert "w has not moved" in shown
    assert "· not written yet: train, sigmoid" in shown
    assert "cell 2 raised" in shown
    assert "Grading ended before everything was checked." in shown
    assert shown.endswith("\n1 of 4 points\n")
    assert not re.search("mse|printed|Lab 4", shown)


def test_short_report_without_failures_is_the_score() -> None:
    """A short report on a right submission is just its score."""
    stream = io.StringIO()

    show_report(make_report(check_result("mse/a")), Console(file=stream), is_short=True)

    assert stream.getvalue() == "\n1 of 1 points\n"


# --- colour and encoding ------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture
def show_on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Show a short report on a terminal with colours, unless the environment says otherwise."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def show_there(*, color: bool | None = None, **environment: str) -> str:
        for name, value in {"TERM": "xterm-256color", **environment}.items():
            monkeypatch.setenv(name, value)
        stream = Terminal()
        monkeypatch.setattr("sys.stdout", stream)
        show_report(SHORT, make_console(color=color, stderr=False))
        return stream.getvalue()

    return show_there


def test_terminal_gets_colours(show_on_terminal: Callable[..., str]) -> None:
    """A report on a terminal that supports colours is coloured."""
    shown = show_on_terminal()

    assert COLOUR.search(shown)


@pytest.mark.parametrize(
    ("color", "environment"),
    [
        (None, {"NO_COLOR": "1"}),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}),
        (None, {"TERM": "dumb"}),
        (False, {}),
        (False, {"FORCE_COLOR": "1"}),
    ],
    ids=["NO_COLOR", "NO_COLOR wins", "dumb terminal", "option", "option wins"],
)
def test_colours_can_be_refused(
    show_on_terminal: Callable[..., str],
    color: bool | None,  # noqa: FBT001 - a column
    environment: dict[str, str],
) -> None:
    """NO_COLOR (https://no-color.org), a dumb terminal and the option switch colours off."""
    shown = show_on_terminal(color=color, **environment)

    assert "update" in shown
    assert not COLOUR.search(shown)


def test_file_gets_no_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is written to a file contains no escape sequences."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    shown = show(SHORT)

    assert "\x1b" not in shown


def test_colours_can_be_forced_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR, which continuous integration sets, colours a report in a file too."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)

    show_report(SHORT, make_console(color=None, stderr=True))

    assert COLOUR.search(stream.getvalue())


def test_file_is_not_as_wide_as_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report in a file is at most 100 characters wide, however wide the terminal is."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout", io.StringIO())

    console = make_console(color=None, stderr=False)

    assert console.width == 100


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_terminal_that_lacks_the_symbols_gets_ascii(encoding: str) -> None:
    """In an encoding without the symbols, each status has a mark in ASCII."""
    report = make_report(
        *(
            check_result(f"{status.value}/a", status)
            for status in Status
            if status is not Status.PARTIAL
        ),
        check_result("partial/a"),
        check_result("partial/b", Status.FAILED),
    )

    shown = show(report, encoding=encoding)

    marks = {status.value: line_with(status.value, shown)[0] for status in Status}
    assert marks == {
        "passed": "+",
        "partial": "~",
        "not_judged": "?",
        "failed": "x",
        "error": "!",
        "limit": "!",
        "missing": "-",
    }
    assert shown.isascii()


@pytest.mark.parametrize(
    "report",
    [
        make_report(submission=SubmissionInfo(name="übung.py", sha256="", format="python")),
        make_report(output="größer\n"),
        make_report(notes=("cell 1 raised ValueError: größer",)),
        make_report(check_result("mse/a", Status.FAILED, message="größer")),
    ],
    ids=["name", "output", "note", "message"],
)
def test_what_a_student_wrote_can_be_shown_in_ascii(report: Report) -> None:
    """A student's text that the terminal can't encode is escaped and doesn't end the grader."""
    shown = show(report, encoding="ascii")

    assert "Lab 4" in shown


# --- hostile text -------------------------------------------------------------------------

HOSTILE = "\x1b[2J\x1b]0;owned\x07\u202e\r[bold red]not markup[/] [link=http://x]y"


@pytest.mark.parametrize(
    "report",
    [
        make_report(submission=SubmissionInfo(name=HOSTILE, sha256="", format="python")),
        make_report(output=HOSTILE),
        make_report(notes=(HOSTILE,)),
        make_report(
            check_result(
                "mse/a",
                Status.FAILED,
                message=HOSTILE,
                example=Example(code=HOSTILE, got=HOSTILE, expected=HOSTILE),
            )
        ),
    ],
    ids=["name", "output", "note", "message and example"],
)
def test_nothing_that_a_student_wrote_controls_the_terminal(report: Report) -> None:
    """Escape sequences and the markup of rich in a student's text are shown as text."""
    shown = show(report, width=200)

    assert not set(shown) & set("\x1b\x07\u202e\r")
    assert "\\x1b[2J" in shown
    assert "[bold red]not markup[/]" in shown


@pytest.mark.parametrize("shower", [show_report, show_failure])
def test_name_of_a_file_stays_on_its_line(shower: Callable[[Report, Console], None]) -> None:
    """A file name with line ends can't forge a line of the report."""
    name = "a\n100 of 100 points\n.py"
    info = SubmissionInfo(name=name, sha256="", format="python")
    stream = io.StringIO()

    shower(make_report(submission=info), Console(file=stream, width=80))

    assert "100 of 100 points" not in stream.getvalue().splitlines()


# --- failures -----------------------------------------------------------------------------


def show_why(report: Report, width: int = 80) -> str:
    """Return what is printed if there is no grade."""
    stream = io.StringIO()
    show_failure(report, Console(file=stream, width=width, highlight=False))
    return stream.getvalue()


def test_submission_that_can_not_be_graded_has_one_line() -> None:
    """The line names the file and the reason, and is not wrapped, so that it can be copied."""
    report = make_report(status=ReportStatus.UNREADABLE, error=SENTENCE.strip())

    shown = show_why(report, width=40)

    assert shown == f"lab4.py: can't be graded: {SENTENCE.strip()}\n"


def test_caret_stands_below_its_line() -> None:
    """The caret of a syntax error stays below the line that it belongs to."""
    error = "line 1 is not valid Python: invalid syntax\nx = = 1\n    ^"

    shown = show_why(make_report(status=ReportStatus.UNREADABLE, error=error))

    assert shown.splitlines()[1:] == ["x = = 1", "    ^"]


def test_failure_of_the_grader_is_shown_as_such() -> None:
    """A failure of the grader is not shown as a fault of the submission."""
    report = make_report(status=ReportStatus.GRADER_ERROR, error="the forkserver is gone")

    shown = show_why(report)

    assert shown == "lab4.py: the grader failed, so there is no score: the forkserver is gone\n"


def test_reason_does_not_control_the_terminal() -> None:
    """An error message that quotes the submission is escaped too."""
    shown = show_why(make_report(status=ReportStatus.UNREADABLE, error=HOSTILE))

    assert not set(shown) & set("\x1b\x07\u202e\r")
    assert "[bold red]not markup[/]" in shown
