"""One pytest session that grades any number of submissions.

pytest is not made to be started twice in a process, and starting it costs more than
grading. So it is started once, in a thread of its own, collects the checks, and
then runs them for one job after another until the runner is closed.

Each job has a future of its own, so that no job can ever be given the result of another: not
when the thread that waits is interrupted, nor when the session ends early.
"""

import contextlib
import functools
import os
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

import pytest

from grader.checks.assignment import Assignment
from grader.checks.check import Check, RunBody
from grader.checks.plugin import ChecksPlugin
from grader.checks.questions import Question, record_questions
from grader.checks.run import CheckRun, run_checks
from grader.errors import InternalError
from grader.observations.asking import Ask
from grader.report.model import CheckResult

_SETTINGS = Path(__file__).with_name("engine.ini")

# Nothing that would touch the process around it: its streams, its warnings, its fault handler.
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

# Settings of the person who calls must not reach the checks.
_ENVIRONMENT_OF_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG")


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to be done with the collected checks, and where its result goes."""

    work: Callable[[list[Check], RunBody], object]
    future: "Future[object]" = field(default_factory=Future)

    def do(self, checks: list[Check], run_body: RunBody) -> None:
        """Do the work; whatever it raises goes to the one who waits for the result."""
        try:
            self.future.set_result(self.work(checks, run_body))
        except Exception as error:  # noqa: BLE001 - raised again where the result is awaited
            self.future.set_exception(error)
        except BaseException as error:
            # Not raised as it is: there it would read as an interruption of the caller.
            self.future.set_exception(_ended_by(error))
            raise


class CheckRunner:
    """The collected checks of one assignment, ready to grade.

    Starting it returns at once; collecting goes on in its own thread. Not for use from several
    threads at once.

    Args:
        folder: The assignment's folder, with its ``check_*.py``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._collected: Future[list[Check]] = Future()
        self._collecting = contextlib.ExitStack()
        self._lock = threading.Lock()
        self._refusal: InternalError | None = None
        self._thread = threading.Thread(target=self._main, name="checks", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the runner itself; leaving the context closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the runner."""
        self.close()

    @property
    def checks(self) -> list[Check]:
        """The collected checks; waits for them.

        Raises:
            InternalError: they can't be collected.
        """
        return self._collected.result()

    def run(self, run: CheckRun) -> list[CheckResult]:
        """Grade one submission; blocks until all its checks have run.

        Raises:
            InternalError: a check or the machinery under it failed, or an earlier job was
                interrupted.
        """
        return self._do(functools.partial(run_checks, job=run))

    def questions(
        self, function: str, *, assignment: Assignment, seed: int, expect: Ask
    ) -> list[Question]:
        """List what the checks of a function ask when nothing is wrong, with the right answers.

        Args:
            function: Its name.
            assignment: What is graded.
            seed: The seed of the submission that is graded.
            expect: Asks the reference, which must have the function.

        Raises:
            InternalError: the reference itself fails a check, or an earlier job was interrupted.
        """
        return self._do(
            functools.partial(
                record_questions,
                function=assignment.function(function),
                seed=seed,
                expect=expect,
            )
        )

    def _do(self, work: Callable[[list[Check], RunBody], _T]) -> _T:
        """Have the thread of the checks do something with them."""
        if not self.checks:
            raise InternalError(f"there are no checks in {self._folder}")
        job = _Job(work)
        with self._lock:  # so that no job is queued behind the end of the thread
            if self._refusal is not None:
                raise self._refusal
            self._jobs.put(job)
        try:
            return cast("_T", job.future.result())
        except BaseException:
            if not job.future.done():
                # The thread is still busy with it, and with sessions that are about to be closed.
                self._refuse("was interrupted while it ran checks")
            raise

    def close(self) -> None:
        """End the thread, unless it is in the middle of a job that was interrupted."""
        self._jobs.put(None)
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
        self._collected.set_result(checks)
        while (job := self._jobs.get()) is not None:
            job.do(checks, run_body)

    def _refuse(self, why: str) -> None:
        """Take no more jobs, and let nobody wait for one that is still in the queue."""
        with self._lock:
            self._refusal = self._refusal or InternalError(f"the runner of the checks {why}")
            while not self._jobs.empty():
                job = self._jobs.get()
                if job is not None:
                    job.future.set_exception(self._refusal)


def _forget_modules(folder: Path) -> None:
    """Take an assignment's modules out of ``sys.modules``, where pytest has put them.

    Files of the same name in another assignment, and this one's files once they were edited, are
    then loaded and not taken for these.
    """
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        # By name: an environment may lie in the same folder, and its packages must stay.
        if file and file.startswith(f"{folder}{os.sep}") and _is_of_checks(Path(file), folder):
            del sys.modules[name]


def _is_of_checks(file: Path, folder: Path) -> bool:
    return file.parent == folder or file.name.startswith("check_") or file.name == "conftest.py"


def _ended_by(error: BaseException) -> InternalError:
    return InternalError(f"the checks were ended by {type(error).__name__}: {error}")
