"""What a submission prints and raises, without paths of this machine and without repeats."""

import sys
import sysconfig
import tempfile
import time

import pytest
from fakes import check_result, make_report

from grader.bootstrap import PACKAGE
from grader.report.model import LoadingNote, NoteKind, Status, SubmissionInfo
from grader.report.tidy import hide_paths, tidy_output, tidy_report

HOME = f"{tempfile.gettempdir()}/zerograd-a1_b2c3d"
SCRATCH = f"{HOME}/scratch-x9y8z7"
LIBRARY = sysconfig.get_paths()["stdlib"]
PACKAGES = sysconfig.get_paths()["purelib"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"No such file: '{SCRATCH}/data/x.csv'", "No such file: 'data/x.csv'"),
        (f"in {SCRATCH}", "in ."),
        (f"in {HOME}, too", "in ., too"),
        (
            f'File "{PACKAGES}/torch/nn/functional.py", line 3',
            'File "torch/nn/functional.py", line 3',
        ),
        (f'File "{LIBRARY}/ast.py"', 'File "ast.py"'),
        (f'File "{PACKAGE}/sandbox/guest/load.py"', 'File ".../load.py"'),
        (f"{PACKAGE.parent}", "..."),
        (f"{sys.prefix}/bin/python", ".../python"),
        ("/content/drive/MyDrive/lab4/x.csv", "/content/drive/MyDrive/lab4/x.csv"),
        ("y / x", "y / x"),
        (f"x{PACKAGE.parent}like", f"x{PACKAGE.parent}like"),
    ],
)
def test_paths_of_this_machine_are_not_shown(text: str, shown: str) -> None:
    """A student sees the file's own name, and other paths as they are."""
    assert hide_paths(text) == shown


def warning(line: int, text: str, code: str = "x = 1", file: str = "lab4.py") -> str:
    """Write a warning as Python prints it."""
    return f"{file}:{line}: UserWarning: {text}\n  {code}\n"


def test_warnings_are_counted() -> None:
    """A warning is printed where it came first, with how often it came."""
    first, second = warning(3, "look\nout"), warning(4, "look\nout")

    assert tidy_output(f"a\n{first}b\n{first}{second}c\n{first}") == (
        "a\nlab4.py:3: UserWarning: look (3 times)\nout\n  x = 1\nb\n"
        "lab4.py:4: UserWarning: look\nout\n  x = 1\nc\n"
    )


def test_warnings_that_differ_in_numbers_only_are_one() -> None:
    """Sizes differ from call to call."""
    printed = warning(3, "size (2, 1)") + warning(3, "size (150, 1)") + warning(5, "size (2, 1)")

    assert tidy_output(printed) == (
        "lab4.py:3: UserWarning: size (2, 1) (2 times)\n  x = 1\n"
        "lab4.py:5: UserWarning: size (2, 1)\n  x = 1\n"
    )


def test_warnings_of_cells_without_a_line_of_code_are_counted() -> None:
    """Without a line of code, a warning is its first line."""
    assert tidy_output("cell 2:3: UserWarning: a\nb\ncell 2:3: UserWarning: a\nc\n") == (
        "cell 2:3: UserWarning: a (2 times)\nb\nc\n"
    )


@pytest.mark.parametrize("file", ["<string>", f"{PACKAGE}/sandbox/guest/describe.py"])
def test_warnings_of_our_own_lines_are_not_shown(file: str) -> None:
    """What numpy warns of while we look at a value isn't the student's doing."""
    assert tidy_output("a\n" + warning(1, "overflow", file=file) + "b\n") == "a\nb\n"


def test_where_torch_was_built_is_not_shown() -> None:
    """The place in torch's own source says nothing to a student."""
    text = "Use detach(). (Triggered internally at /__w/pytorch/csrc/python.cpp:822.)\n"

    assert tidy_output(text) == "Use detach().\n"


@pytest.mark.parametrize(
    "line",
    ["a.py:1: UserWarning: ", "x" * 310, ":1: Warning: \n", "\n", "a:1:", "  Warning: "],
    ids=["headers", "long lines", "short headers", "empty lines", "halves", "words"],
)
def test_output_is_tidied_in_little_time(line: str) -> None:
    """A megabyte of anything costs less than a second."""
    text = f"Warning: \n{line}\n" * (2**20 // (len(line) + 11))
    started = time.process_time()

    tidy_output(text)

    assert time.process_time() - started < 1


def test_file_has_its_own_name() -> None:
    """Python's warnings and tracebacks name the file as it was handed in, and nothing else does."""
    printed = (
        "submission.py:3: UserWarning: look\n  x\n"
        'Traceback:\n  File "submission.py", line 4, in mse\n'
        "see submission.py\n"
    )
    name = SubmissionInfo(name="\\1 my\nlab.py", sha256="", format="python")

    assert tidy_report(make_report(output=printed, submission=name)).output == (
        "\\1 my lab.py:3: UserWarning: look\n  x\n"
        'Traceback:\n  File "\\1 my lab.py", line 4, in mse\n'
        "see submission.py\n"
    )


def test_all_texts_of_a_report_are_tidied() -> None:
    """Messages, notes and output have no path of this machine."""
    path = f"{SCRATCH}/x.csv"
    report = make_report(
        check_result("mse/a", Status.ERROR, message=f"no {path}"),
        notes=(path, "other"),
        loading=(LoadingNote(kind=NoteKind.RAISED, text=path),),
        output=path,
    )

    tidy = tidy_report(report)

    assert tidy.functions[0].checks[0].message == "no x.csv"
    assert (tidy.notes, tidy.loading[0].text, tidy.output) == (("x.csv", "other"), "x.csv", "x.csv")
