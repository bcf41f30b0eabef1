"""One pytest session that grades any number of submissions.

pytest is not made to be started twice in a process, and starting it costs more than grading. So it
is started once, in a thread of its own, collects the checks, and then runs them for one task after
another until the runner is closed.

Each task has its own future, so that no task can get the result of another, even if the waiting
thread is interrupted or the session ends early.
"""

import contextlib
import functools
import itertools
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

import pytest

from grader.checks.assignment import Assignment
from grader.checks.check import Check, RunBody
from grader.checks.check_run import CheckRun, Phase
from grader.checks.plugin import ChecksPlugin
from grader.checks.questions import Question, record_questions
from grader.checks.run import run_phase
from grader.checks.trial import Trial, passing
from grader.errors import InternalError
from grader.observations.asking import Ask
from grader.report.model import CheckResult
from grader.system.closing import Closing

_SETTINGS = Path(__file__).with_name("engine.ini")

# pytest must not touch the process that it runs in: its streams, warnings or fault handler.
_ARGUMENTS = (
    "-c",
    str(_SETTINGS),
    "--import-mode=importlib",
    "--assert=plain",
    "--capture=no",
    "--strict-markers",
    "--disable-plugin-autoload",
    *(
        f"-pno:{name}"
        for name in (
            "cacheprovider",
            "debugging",
            "doctest",
            "faulthandler",
            "junitxml",
            "logging",
            "pastebin",
            "stepwise",
            "terminal",
            "threadexception",
            "unraisableexception",
            "warnings",
        )
    ),
)

_T = TypeVar("_T")

# pytest finds modules by their names in sys.modules: one session collects at a time.
_COLLECTING = threading.Lock()

# The user's own settings of pytest must not reach the checks.
_ENVIRONMENT_OF_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG")


@dataclass(frozen=True, slots=True)
class _Task:
    """Work to do with the collected checks, and the future for its result."""

    work: Callable[[list[Check], RunBody], object]
    future: "Future[object]" = field(default_factory=Future)

    def do(self, checks: list[Check], run_body: RunBody) -> None:
        """Do the work; whatever it raises goes to the thread that waits for the result."""
        try:
            self.future.set_result(self.work(checks, run_body))
        except Exception as error:  # noqa: BLE001 - raised again where the result is awaited
            self.future.set_exception(error)
        except BaseException as error:
            # Converted, because in the waiting thread it would look like an interruption there.
            self.future.set_exception(_ended_by(error))
            raise


class CheckRunner(Closing):
    """The collected checks of one assignment, ready to grade.

    Creating it returns at once, while its own thread collects the checks. It must not be used from
    several threads at once.

    Args:
        folder: The assignment's folder, with its ``check_*.py``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._collected: Future[list[Check]] = Future()
        self._collecting = contextlib.ExitStack()
        self._lock = threading.Lock()
        self._refusal: InternalError | None = None
        self._run_body: RunBody | None = None
        self._thread = threading.Thread(target=self._main, name="checks", daemon=True)
        self._thread.start()

    @property
    def checks(self) -> list[Check]:
        """The collected checks; waits until they are collected.

        Raises:
            InternalError: The checks can't be collected.
        """
        return self._collected.result()

    def run(self, run: CheckRun, phase: Phase) -> list[CheckResult]:
        """Run one phase of grading a submission, and return the results that are settled then.

        Raises:
            InternalError: A check is broken, what it uses has failed, or an earlier task was
                interrupted.
        """
        return self._do(lambda _checks, run_body: run_phase(run_body, run=run, phase=phase))

    def questions(
        self, function: str, *, assignment: Assignment, seed: int, expect: Ask
    ) -> list[Question]:
        """List what the checks of a function ask when nothing is wrong, with the right answers.

        Args:
            function: The name of the function.
            assignment: The assignment.
            seed: The seed of the submission.
            expect: Asks the reference.

        Raises:
            InternalError: The reference itself fails a check, or an earlier task was interrupted.
        """
        return self._do(
            functools.partial(
                record_questions,
                function=assignment.unit(function),
                seed=seed,
                expect=expect,
                units=assignment.units,
            )
        )

    def passing(
        self, changes: Iterable[int], make: Callable[[int], bool], trial: Trial, *, most: int
    ) -> list[int]:
        """Return the changes of a unit with which all checks of a trial pass, up to ``most``.

        Args:
            changes: The numbers of the changes.
            make: Makes a change, in place of the one before; returns whether that was possible.
            trial: The checks.
            most: With so many, the others are not tried.

        Raises:
            InternalError: What the checks use has failed, or an earlier task was interrupted.
        """
        return self._do(
            lambda _checks, run_body: list(
                itertools.islice(passing(changes, make, trial, run_body), most)
            )
        )

    def _do(self, work: Callable[[list[Check], RunBody], _T]) -> _T:
        """Have the thread of the checks do some work, and return its result.

        That thread itself may ask for it, between two checks.
        """
        if not self.checks:
            raise InternalError(f"there are no checks in {self._folder}")
        if threading.current_thread() is self._thread:
            assert self._run_body is not None  # noqa: S101 - it is running checks
            return work(self.checks, self._run_body)
        task = _Task(work)
        with self._lock:  # so that no task is queued after the thread has ended
            if self._refusal is not None:
                raise self._refusal
            self._tasks.put(task)
        try:
            return cast("_T", task.future.result())
        except BaseException:
            if not task.future.done():
                # The thread is still doing the task, with sessions that are about to be closed.
                self._refuse("was interrupted while it ran checks")
            raise

    def close(self) -> None:
        """End the thread, unless it is in the middle of a task that was interrupted."""
        self._tasks.put(None)
        self._thread.join(timeout=1)

    def _main(self) -> None:
        self._collecting.enter_context(_COLLECTING)
        self._collecting.callback(_forget_modules, self._folder)
        kept = {name: os.environ.pop(name, None) for name in _ENVIRONMENT_OF_PYTEST}
        plugin = ChecksPlugin(self._serve)
        try:
            code = pytest.main(
                [*_ARGUMENTS, f"--rootdir={self._folder}", str(self._folder)], plugins=[plugin]
            )
            problem = plugin.problem or InternalError(
                f"the checks can't be collected ({code!r}): {plugin.collect_errors}"
            )
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            problem = _ended_by(error)
        self._collecting.close()
        os.environ.update({name: value for name, value in kept.items() if value is not None})
        if not self._collected.done():
            self._collected.set_exception(problem)
        self._refuse("has ended")

    def _serve(self, checks: list[Check], run_body: RunBody) -> None:
        self._collecting.close()
        self._run_body = run_body
        self._collected.set_result(checks)
        while (task := self._tasks.get()) is not None:
            task.do(checks, run_body)

    def _refuse(self, why: str) -> None:
        """Refuse all tasks from now on, and fail those that are still in the queue."""
        with self._lock:
            self._refusal = self._refusal or InternalError(f"the runner of the checks {why}")
            with contextlib.suppress(queue.Empty):
                while True:
                    # Never waiting: the thread may take a task from the queue at the same time.
                    task = self._tasks.get_nowait()
                    if task is not None:
                        task.future.set_exception(self._refusal)


def _forget_modules(folder: Path) -> None:
    """Remove an assignment's modules from ``sys.modules``, where pytest has put them.

    Otherwise pytest would take them for files of the same name in another assignment, or for newer
    versions of these files.
    """
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        # The folder may contain a virtual environment, whose packages must stay.
        if file and file.startswith(f"{folder}{os.sep}") and _is_of_checks(Path(file), folder):
            del sys.modules[name]


def _is_of_checks(file: Path, folder: Path) -> bool:
    return file.parent == folder or file.name.startswith("check_") or file.name == "conftest.py"


def _ended_by(error: BaseException) -> InternalError:
    return InternalError(f"the checks were ended by {type(error).__name__}: {error}")
