"""The check runner gives each task its own result, or none."""

import functools
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from grader.checks.check import Check, RunBody
from grader.checks.runner import CheckRunner
from grader.errors import InternalError

_CHECK = """
import pytest

@pytest.mark.points(1)
def check_anything(probe):
    \"\"\"Anything goes\"\"\"
"""


_result = Future.result


def interrupted_result(future: "Future[object]") -> object:
    """Wait for a future, but as if Ctrl-C were pressed while the task runs."""
    if not future.done():
        raise KeyboardInterrupt
    return _result(future)


def _give(number: int, _checks: list[Check], _run: RunBody) -> int:
    return number


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[CheckRunner]:
    """A runner with one check."""
    (tmp_path / "check_f.py").write_text(_CHECK, encoding="utf-8")
    with CheckRunner(tmp_path) as one:
        yield one


def test_tasks_get_their_own_results_in_turn(runner: CheckRunner) -> None:
    """Each of many tasks gets what its own work returned."""
    results = [runner._do(functools.partial(_give, number)) for number in range(50)]

    assert results == list(range(50))


def test_result_of_an_interrupted_task_is_never_given_to_the_next_one(
    runner: CheckRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C during a task the runner refuses more, instead of handing out a stale result."""
    release = threading.Event()

    def slow(_checks: list[Check], _run: RunBody) -> str:
        release.wait(10)
        return "of the first"

    assert runner.checks
    with monkeypatch.context() as patched:
        patched.setattr(Future, "result", interrupted_result)
        with pytest.raises(KeyboardInterrupt):
            runner._do(slow)
    release.set()

    with pytest.raises(InternalError, match="interrupted"):
        runner._do(lambda _checks, _run: "of the second")


def test_error_of_a_task_is_raised_for_that_task_only(runner: CheckRunner) -> None:
    """A failed task raises its error where its result is awaited, and the runner stays usable."""

    def fail(_checks: list[Check], _run: RunBody) -> None:
        raise InternalError("first")

    with pytest.raises(InternalError, match="first"):
        runner._do(fail)

    assert runner._do(lambda checks, _run: [check.id for check in checks]) == ["f/anything"]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_task_that_ends_the_thread_leaves_nobody_waiting(
    runner: CheckRunner, kind: type[BaseException]
) -> None:
    """A task that ends the thread is an InternalError, and later tasks are refused at once."""

    def leave(_checks: list[Check], _run: RunBody) -> None:
        raise kind("out")

    with pytest.raises(InternalError, match=kind.__name__):
        runner._do(leave)
    runner._thread.join(timeout=10)

    with pytest.raises(InternalError, match="ended"):
        runner._do(lambda _checks, _run: None)


def test_closed_runner_refuses_tasks(tmp_path: Path) -> None:
    """A task for a closed runner raises an error instead of waiting forever."""
    (tmp_path / "check_f.py").write_text(_CHECK, encoding="utf-8")
    with CheckRunner(tmp_path) as runner:
        assert len(runner.checks) == 1

    with pytest.raises(InternalError, match="ended"):
        runner._do(lambda _checks, _run: None)


def test_two_assignments_with_files_of_the_same_name_keep_their_own_checks(tmp_path: Path) -> None:
    """In one process, the checks of one assignment are never taken for those of another."""
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        source = _CHECK.replace("check_anything", f"check_number_{number}")
        (folder / "check_f.py").write_text(source, encoding="utf-8")
        with CheckRunner(folder) as runner:
            found += [check.id for check in runner.checks]

    assert found == ["f/number-1", "f/number-2"]


def test_checks_that_were_edited_are_loaded_again(tmp_path: Path) -> None:
    """A check that its author has edited is loaded anew by the next runner."""
    path = tmp_path / "check_f.py"
    found = []
    for points in (1, 2):
        path.write_text(_CHECK.replace("points(1)", f"points({points})"), encoding="utf-8")
        with CheckRunner(tmp_path) as runner:
            found += [check.points for check in runner.checks]

    assert found == [1, 2]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("1 / 0\n", "ZeroDivisionError"),
        ("def check_anything(probe): pass\n", "no points"),
        ("import sys; sys.exit(3)\n", "SystemExit"),
    ],
)
def test_checks_that_can_not_be_collected_are_an_error_each_time(
    tmp_path: Path, source: str, problem: str
) -> None:
    """Each access to the checks raises the reason why they can't be collected."""
    (tmp_path / "check_f.py").write_text(source, encoding="utf-8")

    with CheckRunner(tmp_path) as runner:
        for _ in range(3):
            with pytest.raises(InternalError, match=problem):
                _ = runner.checks
