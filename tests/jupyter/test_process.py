"""The grading process of a kernel, with made-up programs in its place."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.authoring.new import write_assignment
from grader.jupyter import process
from grader.jupyter.process import GradeReply, GraderProcess

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    import subprocess

ANSWERS = """
import json, sys
for number, line in enumerate(sys.stdin):
    print(json.dumps({"progress": "mse [1/2]"}), flush=True)
    print(json.dumps({"html": "<p>", "text": f"{number} {line.strip()}"}), flush=True)
"""
NAMES_ASSIGNMENT = """
import json, sys
for number, line in enumerate(sys.stdin):
    print(json.dumps({"html": "<p>", "text": f"{sys.argv[2]} {number}"}), flush=True)
"""
DIES = "import sys; sys.stdin.readline(); sys.exit(1)"
HANGS = """
import json, sys
sys.stdin.readline()
print(json.dumps({"progress": "mse [1/2]"}), flush=True)
while True: pass
"""


@pytest.fixture
def warm() -> Iterator[GraderProcess]:
    """A grader process that is ended after the test."""
    warm = GraderProcess()
    yield warm
    warm.close()


def grade(warm: GraderProcess) -> GradeReply:
    """Send one request."""
    return warm.grade(["x = 1"], only="mse", seed=7, on_progress=lambda _text: None)


def test_process_answers_several_requests(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process answers several requests and reports its progress."""
    monkeypatch.setattr(process, "_PROGRAM", ANSWERS)
    progress: list[str] = []

    first = warm.grade(["x = 'ü'"], only=None, seed=None, on_progress=progress.append)
    second = grade(warm)

    assert first.text == '0 {"cells": ["x = \'\\u00fc\'"], "only": null, "seed": null}'
    assert second.text == '1 {"cells": ["x = 1"], "only": "mse", "seed": 7}'
    assert progress == ["mse [1/2]"]


def test_process_that_dies_is_reported_and_replaced(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies is reported without a traceback, and replaced."""
    monkeypatch.setattr(process, "_PROGRAM", DIES)
    first = grade(warm)
    monkeypatch.setattr(process, "_PROGRAM", "")
    second = grade(warm)
    monkeypatch.setattr(process, "_PROGRAM", ANSWERS)
    third = grade(warm)

    assert "ended unexpectedly" in first.problem
    assert "ended unexpectedly" in second.problem
    assert third.html == "<p>"


def test_process_that_has_ended_meanwhile_is_replaced(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has ended between two requests is replaced."""
    monkeypatch.setattr(process, "_PROGRAM", ANSWERS)
    grade(warm)
    assert warm._process is not None
    warm._process.kill()
    warm._process.wait()

    assert grade(warm).text.startswith("0 ")


def test_stop_button_ends_the_process(warm: GraderProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop button ends the process, and the next request gets a new one."""
    monkeypatch.setattr(process, "_PROGRAM", HANGS)
    running: list[subprocess.Popen[str]] = []

    def press_stop(_text: str) -> None:
        assert warm._process is not None
        running.append(warm._process)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warm.grade([], only=None, seed=None, on_progress=press_stop)
    monkeypatch.setattr(process, "_PROGRAM", ANSWERS)

    assert running[0].returncode not in (None, 0)
    assert grade(warm).text.startswith("0 ")


def test_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ignores the interrupt is killed, so that the kernel can shut down."""
    program = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{HANGS}"
    monkeypatch.setattr(process, "_PROGRAM", program)
    monkeypatch.setattr(process, "_PATIENCE_S", 0.1)
    warm = GraderProcess()

    def press_stop(_text: str) -> None:
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        warm.grade([], only=None, seed=None, on_progress=press_stop)

    assert warm._process is None


def test_other_assignment_gets_another_process(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ZEROGRAD_ASSIGNMENT has changed, no process of the assignment before answers."""
    monkeypatch.setattr(process, "_PROGRAM", NAMES_ASSIGNMENT)
    names = []
    for name in ("one", "one", "two"):
        monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", name)
        names.append(grade(warm).text)

    assert names == ["one 0", "one 1", "two 0"]


def test_unusable_assignment_is_reported(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An assignment that can't be used is reported as the problem."""
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "/nowhere")

    assert "the assignment in /nowhere can't be used" in grade(warm).problem


@pytest.mark.slow
def test_assignment_is_the_one_of_the_environment(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """ZEROGRAD_ASSIGNMENT names the assignment, relative to the kernel's folder."""
    write_assignment("lab7", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "lab7")
    cells = ["import torch\ndef relu(z):\n    return z.clamp(min=0)"]

    answer = warm.grade(cells, only="relu", seed=7, on_progress=lambda _text: None)

    assert "5 of 5 points" in answer.text


def test_kit_is_found_from_the_kernels_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file of a kit is given to the process with its whole path; an id stays as it is."""
    (tmp_path / "lab5.zip").touch()
    monkeypatch.chdir(tmp_path)

    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "lab5.zip")
    assert process._find_assignment() == str(tmp_path / "lab5.zip")
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "lab5")
    assert process._find_assignment() == "lab5"
