"""A Python inside a browser has no processes: one sentence says so."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.bootstrap import why_unsupported

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"

# The standard library is loaded first, as it needs nothing of that there.
_HIDE = """
import os, selectors, shutil, socket, subprocess, sys, tempfile
import grader.bootstrap

def refuse(*_, **__):
    raise OSError("emscripten does not support processes.")

subprocess.Popen.__init__ = refuse
sys.platform = "emscripten"
"""
_GRADE = "from grader.cli.grade import main; main()"
_GRADER = "from grader.cli.grader import main; main()"


def run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of ours as if in a browser."""
    return subprocess.run(
        [sys.executable, "-c", _HIDE + program, *arguments],
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
    ],
    ids=["grade", "python -m grader"],
)
def test_command_says_in_one_sentence_where_to_grade(program: str, arguments: list[str]) -> None:
    """There is neither a traceback nor a score, and the exit status is that of a fault."""
    ran = run(program, *arguments)

    (line,) = ran.stderr.splitlines()
    assert "zerograd can't grade inside a browser" in line
    assert "Google Colab" in line
    assert (ran.stdout, ran.returncode) == ("", 3)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_systems_with_processes_are_supported(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows and macOS can start children too."""
    monkeypatch.setattr(sys, "platform", system)

    assert why_unsupported() == ""


@pytest.mark.parametrize(
    ("program", "arguments"),
    [(_GRADE, ["--help"]), (_GRADER, ["--help"]), (_GRADER, ["export", "--list"])],
    ids=["grade --help", "grader --help", "export --list"],
)
def test_what_needs_no_child_works(program: str, arguments: list[str]) -> None:
    """Help and what only reads reports are there on every system."""
    ran = run(program, *arguments)

    assert (ran.stderr, ran.returncode) == ("", 0)


def test_notebook_shows_the_sentence() -> None:
    """%grade shows it below the cell, without starting a process that would end at once."""
    program = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext grader")
shell.run_cell("x = 1", store_history=True)
shell.run_cell("%grade", store_history=True)
"""
    ran = run(program)

    assert "%grade: zerograd can't grade inside a browser" in ran.stdout
    assert ran.stdout.count("%grade:") == 1
