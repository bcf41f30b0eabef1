"""One pytest session that grades any number of submissions.

pytest is not made to be started twice in a process, and starting it costs more than
grading. So it is started once, in a thread of its own, collects the checks, and
then runs them for one task after another until the session is closed.
"""

import functools
import inspect
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar, cast

import pytest

from grader.checks.assignment import Assignment
from grader.checks.check import Check, RunBody
from grader.checks.facts import Facts
from grader.checks.probe import Probe
from grader.checks.questions import Question, record_questions
from grader.checks.run import CheckRun, run_checks
from grader.checks.verdict import NoAnswerError, UnwrittenError, WrongError
from grader.errors import CheckCrashedError, InternalError
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
_Work = Callable[[list[Check], RunBody], object]

# Settings of the person who calls must not reach the checks.
_ENVIRONMENT_OF_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG")


class CheckRunner:
    """The collected checks of one assignment, ready to grade.

    Starting it returns at once; collecting goes on in its own thread.

    Args:
        folder: The assignment's folder, with its ``check_*.py``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._collected: queue.SimpleQueue[list[Check] | BaseException] = queue.SimpleQueue()
        self._checks: list[Check] | None = None
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="checks", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Give the session itself; leaving the context closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the session."""
        self.close()

    @property
    def checks(self) -> list[Check]:
        """The collected checks; waits for them.

        Raises:
            InternalError: they can't be collected.
        """
        if self._checks is None and self._problem is None:
            collected = self._collected.get()
            if isinstance(collected, BaseException):
                # Kept: what comes after it in the queue only says that the thread has ended.
                self._problem = collected
            else:
                self._checks = collected
        if self._problem is not None:
            raise self._problem
        return self._checks or []

    def run(self, job: CheckRun) -> list[CheckResult]:
        """Grade one submission; blocks until all its checks have run.

        Raises:
            InternalError: a check or the machinery under it failed.
        """
        return self._do(functools.partial(run_checks, job=job))

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
            InternalError: the reference itself fails a check.
        """
        return self._do(
            functools.partial(
                record_questions,
                function=assignment.function(function),
                seed=seed,
                expect=expect,
            )
        )

    def _do(self, task: "Callable[[list[Check], RunBody], _T]") -> "_T":
        """Have the thread of the checks do something with them."""
        if not self.checks:
            raise InternalError(f"there are no checks in {self._folder}")
        self._tasks.put(task)
        result = self._results.get()
        if isinstance(result, BaseException):
            raise result
        return cast("_T", result)

    def close(self) -> None:
        """End the thread, unless it is in the middle of a job that was interrupted."""
        self._tasks.put(None)
        self._thread.join(timeout=1)

    def _main(self) -> None:
        kept = {name: os.environ.pop(name, None) for name in _ENVIRONMENT_OF_PYTEST}
        plugin = _Plugin(self._tasks, self._results, self._collected)
        try:
            code = pytest.main(
                [*_ARGUMENTS, f"--rootdir={self._folder}", str(self._folder)], plugins=[plugin]
            )
            self._collected.put(
                InternalError(f"the checks can't be collected ({code!r}): {plugin.problems}")
            )
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            self._collected.put(error)
            self._results.put(error)
        finally:
            os.environ.update({name: value for name, value in kept.items() if value is not None})


class _Plugin:
    """Holds the items that pytest has collected, and runs them when a task comes in."""

    def __init__(
        self,
        tasks: "queue.SimpleQueue[_Work | None]",
        results: "queue.SimpleQueue[object]",
        collected: "queue.SimpleQueue[list[Check] | BaseException]",
    ) -> None:
        self._tasks = tasks
        self._results = results
        self._collected = collected
        self._items: list[pytest.Item] = []
        self._probe: Probe | None = None
        self._raised: BaseException | None = None
        self.problems = ""

    @pytest.fixture
    def probe(self) -> Probe:
        """Ask the function under test, and the reference."""
        assert self._probe is not None  # noqa: S101 - set before any item runs
        return self._probe

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the markers known."""
        config.addinivalue_line("markers", "points(n): what the check is worth")
        config.addinivalue_line("markers", "function(name): the function that is graded")
        config.addinivalue_line(
            "markers", "independent: a matter of its own, to be diagnosed alone"
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong while collecting."""
        if report.failed:
            self.problems += f"\n{report.longrepr}"

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do one task after another with the items, instead of running them once."""
        if session.testsfailed:
            return True
        self._items = session.items
        try:
            checks = [_describe(item, key) for key, item in enumerate(session.items)]
        except CheckCrashedError as error:
            self._collected.put(error)
            return True
        self._collected.put(checks)
        while (task := self._tasks.get()) is not None:
            try:
                self._results.put(task(checks, self._run_body))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever gave the task
                self._results.put(error)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: "pytest.CallInfo[None]"
    ) -> pytest.TestReport:
        """Keep what the item raised; of setup, call and teardown the first counts.

        The report itself is read by nobody. pytest's own would tell the traceback with the
        source of each line, which takes longer than most checks.
        """
        if call.excinfo is not None and self._raised is None:
            self._raised = call.excinfo.value
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="passed" if call.excinfo is None else "failed",
            longrepr=None,
            when=cast("Literal['setup', 'call', 'teardown']", call.when),
        )

    def _run_body(self, check: Check, probe: Probe) -> BaseException | None:
        self._probe, self._raised = probe, None
        item = self._items[check.key]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        raised = self._take_raised()
        if raised is None or isinstance(raised, WrongError | UnwrittenError | NoAnswerError):
            return raised
        if isinstance(raised, InternalError):
            raise raised
        raise CheckCrashedError(check.id, f"{type(raised).__name__}: {raised}") from raised

    def _take_raised(self) -> BaseException | None:
        raised, self._raised = self._raised, None
        return raised


def _describe(item: pytest.Item, key: int) -> Check:
    """Read what a check says of itself: function, points, title, hint."""
    stem = item.path.stem.removeprefix("check_")
    marker = item.get_closest_marker("function")
    function = str(marker.args[0]) if marker else stem
    points = item.get_closest_marker("points")
    if points is None:
        raise CheckCrashedError(item.nodeid, "it has no points")
    name = getattr(item, "originalname", item.name)
    case = item.name.removeprefix(name).strip("[]")
    slug = case or name.removeprefix("check_").removeprefix(f"{stem}_").replace("_", "-")
    title, _, rest = inspect.cleandoc(getattr(item, "obj", None).__doc__ or name).partition("\n")
    return Check(
        id=f"{function}/{slug}",
        function=function,
        title=title.rstrip(".") + (f": {case}" if case else ""),
        hint=" ".join(rest.split()),
        points=float(points.args[0]),
        key=key,
        is_independent=item.get_closest_marker("independent") is not None,
        facts=_facts(item, case),
        pictures=getattr(getattr(item, "module", None), "pictures", None),
    )


def _facts(item: pytest.Item, case: str) -> Facts | None:
    """Find how a file of checks sums up an answer, if it does."""
    module = getattr(item, "module", None)
    facts = getattr(module, "facts", None)
    if facts is None:
        return None
    return functools.partial(facts, case=case) if case else facts
