"""A system that can't fork or confine processes, such as Windows: one sentence that says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.bootstrap import why_unsupported

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"

# What Windows has not; the standard library is loaded first, as ours there needs none of it.
_HIDE = """
import os, selectors, shutil, socket, subprocess, sys, tempfile
missing = sys.argv.pop(1).split(",")
for name in missing:
    if hasattr(os, name):
        delattr(os, name)
    elif hasattr(socket, name):
        delattr(socket, name)
    else:
        sys.modules[name] = None
"""
_WINDOWS = (
    "fcntl,resource,pwd,grp,fork,AF_UNIX,O_NOFOLLOW,O_DIRECTORY,O_CLOEXEC,O_NONBLOCK,set_blocking"
)
_GRADE = "from grader.cli.grade import main; main()"
_GRADER = "from grader.cli.grader import main; main()"


def run(
    program: str, *arguments: str, missing: str = _WINDOWS
) -> "subprocess.CompletedProcess[str]":
    """Run a program of ours without what a system is missing."""
    return subprocess.run(
        [sys.executable, "-c", _HIDE + program, missing, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        (_GRADE, [str(SUBMISSIONS / "right_plain.py")]),
        ("import runpy; runpy.run_module('grader', run_name='__main__')", [__file__]),
        (_GRADER, ["batch", str(SUBMISSIONS), "--out", "never-made"]),
        (_GRADER, ["verify"]),
    ],
    ids=["grade", "python -m grader", "batch", "verify"],
)
def test_command_says_in_one_sentence_where_to_grade(program: str, arguments: list[str]) -> None:
    """There is neither a traceback nor a score, and the exit status is that of a fault."""
    ran = run(program, *arguments)

    (line,) = ran.stderr.splitlines()
    assert "zerograd can't grade on this system, as it needs Linux or macOS" in line
    assert "WSL" in line
    assert "Google Colab" in line
    assert (ran.stdout, ran.returncode) == ("", 3)


@pytest.mark.parametrize("missing", ["fcntl", "resource", "fork", "AF_UNIX"])
def test_one_missing_part_is_enough(missing: str) -> None:
    """Whatever it is that can't be done, the sentence is the same."""
    ran = run(_GRADE, str(SUBMISSIONS / "right_plain.py"), missing=missing)

    assert ran.stderr.startswith("grade: zerograd can't grade on this system")
    assert ran.stderr.count("\n") == 1


def test_windows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Users of Windows read its name."""
    monkeypatch.delattr(os, "fork")
    monkeypatch.setattr(sys, "platform", "win32")

    assert why_unsupported().startswith("zerograd can't grade on Windows, as it needs")


@pytest.mark.parametrize(
    ("program", "arguments"),
    [(_GRADE, ["--help"]), (_GRADER, ["--help"]), (_GRADER, ["export", "--list"])],
    ids=["grade --help", "grader --help", "export --list"],
)
def test_what_needs_no_child_works(program: str, arguments: list[str]) -> None:
    """Help and what only reads reports are there on every system."""
    ran = run(program, *arguments)

    assert (ran.stderr, ran.returncode) == ("", 0)


def test_grade_from_python_raises_the_sentence() -> None:
    """The function raises it, instead of what happens to be missing."""
    ran = run("import grader; grader.grade('lab4.py')")

    assert "InternalError: zerograd can't grade on this system" in ran.stderr


def test_notebook_shows_the_sentence() -> None:
    """%grade shows it below the cell, without starting a process that would end at once."""
    program = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext grader")
shell.run_cell("x = 1", store_history=True)
shell.run_cell("%grade", store_history=True)
"""
    ran = run(program, missing="fork")

    assert "%grade: zerograd can't grade on this system" in ran.stdout
    assert ran.stdout.count("%grade:") == 1
