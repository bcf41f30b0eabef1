"""The report for a screen reader: one fact a line, statuses as words, the score first."""

import io
import re

import pytest
from fakes import check_result, make_report

from grader.outputs.console import ReportConsole, make_console
from grader.outputs.terminal import show_report
from grader.outputs.terminal_plain import show_plain_report
from grader.report.model import (
    Example,
    IsolationInfo,
    LoadingNote,
    ManualItem,
    ManualStatus,
    NoteKind,
    Report,
    ReportStatus,
    Status,
    SubmissionInfo,
)

# What draws or separates, and what screen readers skip or read out by its name.
SYMBOLS = re.compile(r"[✓◐✗⏱·│—…→█░─━╭╮╰╯|]|->|\x1b|  ")
SENTENCE = "the gradient of the mse with respect to w is not where it should be, " * 4
REPORT = make_report(
    check_result("mse/a", Status.PASSED),
    check_result("update/a", Status.PASSED),
    check_result(
        "update/b",
        Status.FAILED,
        title="Promise",
        message=SENTENCE.strip(),
        hint="Next",
        example=Example(code="for _ in range(2):\n    step()", got="1.", expected="2."),
    ),
    check_result("train/a", Status.ERROR, message="train() raised ValueError"),
    check_result("sigmoid/a", Status.LIMIT, message="did not end"),
    check_result("plot/a", Status.MISSING),
    notes=("cell 2 raised",),
    output="line\n" * 20,
    isolation=IsolationInfo(mode="auto", missing={"syscalls": "no libseccomp"}),
)


def show(report: Report, *, width: int = 80, is_short: bool = False) -> str:
    """Show a report as --plain does."""
    stream = io.StringIO()
    console = ReportConsole(file=stream, width=width, color_system=None, highlight=False)
    console.is_plain = True
    show_report(report, console, is_short=is_short)
    return stream.getvalue()


def test_score_comes_first() -> None:
    """Whoever listens hears the result before the details."""
    assert show(REPORT).splitlines()[:3] == [
        "File: lab4.py",
        "Assignment: Lab 4",
        "Score: 2 of 6 points.",
    ]


def test_each_function_has_a_line_with_its_status_and_points() -> None:
    """Before any reason, all functions are listed; there is no column to remember."""
    assert show(REPORT).splitlines()[4:10] == [
        "mse: right, 1 of 1 point",
        "update: partly right, 1 of 2 points",
        "train: raised an error, 0 of 1 point",
        "sigmoid: hit a limit, 0 of 1 point",
        "plot: not written yet, 0 of 1 point",
        "update, failed check 1: Promise",
    ]


def test_failure_names_what_each_line_is() -> None:
    """Code is as it is, so that it can be pasted; every other line has its label."""
    lines = show(REPORT).splitlines()
    start = lines.index("update, failed check 1: Promise")

    assert lines[start + 1 : start + 10] == [
        "Score of this check: 0 of 1 points.",
        f"Reason: {SENTENCE.strip()}",
        "Try this code:",
        "for _ in range(2):",
        "    step()",
        "End of the code.",
        "Got: 1.",
        "Should be: 2.",
        "Hint: Next",
    ]


def test_there_are_no_symbols_columns_or_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if colours are forced."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    code = "    step()\n"

    shown = show(REPORT).replace(code, "")

    assert not SYMBOLS.search(shown), SYMBOLS.search(shown)
    assert "\n\n" not in shown


@pytest.mark.parametrize("width", [20, 80])
def test_lines_are_wrapped_by_the_terminal(width: int) -> None:
    """A sentence stays on its line, so that it is read as one."""
    assert f"\nReason: {SENTENCE.strip()}\n" in show(REPORT, width=width)


def test_locks_notes_and_output_are_there() -> None:
    """Nothing of what the other report has is left out."""
    shown = show(REPORT)

    assert "Not locked on this machine: network and new processes." in shown
    assert "\nNote: cell 2 raised\n" in shown
    assert "\nThe submission printed 20 lines:\nline\n" in shown
    assert shown.count("\nline") == 10
    assert shown.endswith("\nThe JSON report has all of it.\n")


def test_short_report_leaves_out_what_is_right() -> None:
    """With --watch the file is known, and so is what is right."""
    shown = show(REPORT, is_short=True)

    assert shown.startswith("Score: 2 of 6 points.\n")
    assert "update: partly right, 1 of 2 points\nupdate, failed check 1: Promise" in shown
    assert not re.search("mse: |printed|File", shown)


def test_causes_come_before_the_functions() -> None:
    """What stopped the file has a label of its own."""
    text = "seaborn is not installed here\n    line 1: import seaborn"
    note = LoadingNote(kind=NoteKind.NOT_INSTALLED, text=text)

    shown = show(make_report(check_result(), notes=(text,), loading=(note,)))

    assert "\nCause: seaborn is not installed here\n    line 1: import seaborn\nupdate: " in shown


def test_answer_that_waits_is_listed() -> None:
    """It has no points yet, and none are lost."""
    item = ManualItem(
        id="why", title="Explain it", max_points=5.0, status=ManualStatus.WAITING, answer="so"
    )

    shown = show(make_report(check_result(), manual=(item,)))

    assert "\nwhy: waits for a person, worth up to 5 points\n" in shown
    assert "5 points of the maximum wait for a person to mark: why" in shown


def test_submission_that_was_ended_early_is_marked() -> None:
    """It is said right after the score."""
    shown = show(make_report(check_result(), status=ReportStatus.STOPPED))

    assert "points.\nGrading ended before everything was checked.\n" in shown.replace(
        "1 point.", "1 points."
    )


def test_nothing_that_a_student_wrote_controls_the_terminal() -> None:
    """Escape sequences and markup are text here too."""
    hostile = "\x1b[2J\x1b]0;owned\x07\u202e\r[bold red]not markup[/]"
    info = SubmissionInfo(name=f"a\n{hostile}.py", sha256="", format="python")

    shown = show(
        make_report(
            check_result("mse/a", Status.FAILED, message=hostile),
            submission=info,
            output=hostile,
            notes=(hostile,),
        )
    )

    assert not set(shown) & set("\x1b\x07\u202e\r")
    assert "[bold red]not markup[/]" in shown
    assert shown.startswith("File: a\\n\\x1b[2J")


def test_long_report_ends_where_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit for all that is printed, and the points of all functions come first."""
    monkeypatch.setattr("grader.outputs.terminal_plain._MAX_CHARACTERS", 4000)
    checks = [
        check_result(f"f{n}/a", Status.FAILED, title=f"{n}", message=f"{n} {SENTENCE}")
        for n in range(60)
    ]

    shown = show(make_report(*checks))

    assert len(shown) < 4100
    assert "f59: wrong" in shown
    assert shown.endswith("\nCut here: the JSON report has more.\n")


def test_report_that_can_not_be_shown_still_has_its_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of ours while it is shown costs the details only."""
    monkeypatch.setattr("grader.outputs.terminal_plain.view_report", None)
    stream = io.StringIO()

    show_plain_report(REPORT, ReportConsole(file=stream, width=80))

    assert stream.getvalue().startswith("Score: 2 of 6 points.\nThis report can't be shown in full")


def test_console_for_a_screen_reader_has_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a terminal, and if colours are forced."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    console = make_console(color=None, stderr=False, is_plain=True)

    assert console.is_plain
    assert console.color_system is None
