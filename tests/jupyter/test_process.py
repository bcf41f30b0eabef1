"""The process that grades for a kernel, with made-up programs in its place."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.authoring.new import write_assignment
from grader.jupyter import process
from grader.jupyter.process import GradeReply, GraderProcess

ANSWERS = """
import json, sys
for number, line in enumerate(sys.stdin):
    print(json.dumps({"progress": "mse [1/2]"}), flush=True)
    print(json.dumps({"html": "<p>", "text": f"{number} {line.strip()}"}), flush=True)
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
    """A process that is ended after the test."""
    warm = GraderProcess()
    yield warm
    warm.close()


def grade(warm: GraderProcess) -> GradeReply:
    """Ask once."""
    return warm.grade(["x = 1"], only="mse", seed=7, on_progress=lambda _text: None)


def test_process_answers_again_and_again(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same one; what is in progress is told meanwhile."""
    monkeypatch.setattr(process, "_BOOTSTRAP", ANSWERS)
    told: list[str] = []

    first = warm.grade(["x = 'ü'"], only=None, seed=None, on_progress=told.append)
    second = grade(warm)

    assert first.text == '0 {"cells": ["x = \'\\u00fc\'"], "only": null, "seed": null}'
    assert second.text == '1 {"cells": ["x = 1"], "only": "mse", "seed": 7}'
    assert told == ["mse [1/2]"]


def test_process_that_dies_is_told_and_replaced(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's kernel gets a traceback."""
    monkeypatch.setattr(process, "_BOOTSTRAP", DIES)
    first = grade(warm)
    monkeypatch.setattr(process, "_BOOTSTRAP", "")
    second = grade(warm)
    monkeypatch.setattr(process, "_BOOTSTRAP", ANSWERS)
    third = grade(warm)

    assert "ended unexpectedly" in first.problem
    assert "ended unexpectedly" in second.problem
    assert third.html == "<p>"


def test_process_that_has_ended_meanwhile_is_replaced(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a failure of the grader, which it has told."""
    monkeypatch.setattr(process, "_BOOTSTRAP", ANSWERS)
    grade(warm)
    assert warm._process is not None
    warm._process.kill()
    warm._process.wait()

    assert grade(warm).text.startswith("0 ")


def test_stop_button_ends_the_process(warm: GraderProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next question gets one that is not in the middle of an answer."""
    monkeypatch.setattr(process, "_BOOTSTRAP", HANGS)
    running = []

    def press_stop(_text: str) -> None:
        running.append(warm._process)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warm.grade([], only=None, seed=None, on_progress=press_stop)
    monkeypatch.setattr(process, "_BOOTSTRAP", ANSWERS)

    assert running[0].returncode not in (None, 0)
    assert grade(warm).text.startswith("0 ")


def test_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel must be able to shut down."""
    program = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{HANGS}"
    monkeypatch.setattr(process, "_BOOTSTRAP", program)
    monkeypatch.setattr(process, "_PATIENCE_S", 0.1)
    warm = GraderProcess()

    def press_stop(_text: str) -> None:
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        warm.grade([], only=None, seed=None, on_progress=press_stop)

    assert warm._process is None


def test_assignment_that_can_not_be_used_is_told(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, as by the command."""
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "/nowhere")

    assert "the assignment in /nowhere can't be used" in grade(warm).problem


@pytest.mark.slow
def test_assignment_is_the_one_of_the_environment(
    warm: GraderProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Named by a folder, seen from where the kernel is."""
    write_assignment("lab7", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "lab7")
    cells = ["import torch\ndef relu(z):\n    return z.clamp(min=0)"]

    answer = warm.grade(cells, only="relu", seed=7, on_progress=lambda _text: None)

    assert "5 of 5 points" in answer.text
