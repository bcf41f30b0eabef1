"""A pytest plugin that keeps the collected checks and runs them as tasks come in."""

import functools
import inspect
from collections.abc import Callable

import pytest

from grader.checks.check import Check, RunBody
from grader.checks.facts import Facts
from grader.checks.probe import Probe
from grader.checks.verdict import Verdict
from grader.errors import CheckCrashedError, InternalError

MARKERS = (
    "points(n): what the check is worth",
    "function(name): the function that is graded",
    "independent: diagnosed apart from its function",
    "forbids: about what must not happen in a call",
    "asks_more: asks more after some answers",
)


class ChecksPlugin:
    """The pytest plugin: holds the collected items and runs one whenever a task asks for it.

    Args:
        on_collected: Called with the checks and a function that runs one of them. The pytest
            session lasts until it returns.

    Attributes:
        collect_errors: What went wrong while pytest collected, in pytest's words.
        problem: Why the collected items can't be used as checks.
    """

    def __init__(self, on_collected: Callable[[list[Check], RunBody], None]) -> None:
        self._on_collected = on_collected
        self._items: list[pytest.Item] = []
        self._probe: Probe | None = None
        self.collect_errors = ""
        self.problem: CheckCrashedError | None = None

    @pytest.fixture
    def probe(self) -> Probe:
        """Return the probe of the current attempt."""
        assert self._probe is not None  # noqa: S101 - set before any item runs
        return self._probe

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong while collecting."""
        if report.failed:
            self.collect_errors += f"\n{report.longrepr}"

    def pytest_internalerror(self, excinfo: "pytest.ExceptionInfo[BaseException]") -> bool:
        """Keep what broke pytest itself, such as an exit in a file of checks, without printing."""
        self.collect_errors += f"\n{excinfo.type.__name__}: {excinfo.value}"
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand the items over to the tasks, instead of running each of them once."""
        if session.testsfailed:
            return True
        self._items = session.items
        try:
            checks = [_describe(item, key) for key, item in enumerate(session.items)]
        except CheckCrashedError as error:
            self.problem = error
            return True
        self._on_collected(checks, self._run_body)
        return True

    def _run_body(self, check: Check, probe: Probe) -> BaseException | None:
        self._probe = probe
        raised = _run(self._items[check.key])
        if raised is None or isinstance(raised, Verdict):
            return raised
        if isinstance(raised, InternalError):
            raise raised
        raise CheckCrashedError(check.id, f"{type(raised).__name__}: {raised}") from raised


def _run(item: pytest.Item) -> BaseException | None:
    """Run an item as pytest does, and return the first exception of setup, call and teardown.

    pytest's own way, `_pytest.runner.runtestprotocol`, also makes and announces three reports that
    nobody reads, and tears down the session as well. That costs as much as a check.
    """
    request = getattr(item, "_initrequest", None)  # which the first run has used up
    if request is not None:
        request()
    hooks = item.ihook
    raised = _catch(hooks.pytest_runtest_setup, item=item)
    if raised is None:
        raised = _catch(hooks.pytest_runtest_call, item=item)
    # Down to the session, which the next item needs too, whichever it is.
    failed = _catch(hooks.pytest_runtest_teardown, item=item, nextitem=item.session)
    return raised or failed


def _catch(hook: Callable[..., object], **arguments: object) -> BaseException | None:
    try:
        hook(**arguments)
    except BaseException as error:  # noqa: BLE001 - also Exit and KeyboardInterrupt of a check
        return error
    return None


def _describe(item: pytest.Item, key: int) -> Check:
    """Make a `Check` from a pytest item: its name, docstring and markers."""
    stem = item.path.stem.removeprefix("check_")
    marker = item.get_closest_marker("function")
    function = str(marker.args[0]) if marker else stem
    points = item.get_closest_marker("points")
    if points is None:
        raise CheckCrashedError(item.nodeid, "it has no points; add @pytest.mark.points(n)")
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
        file=str(item.path),
        defined_as=item.nodeid.split("::")[1].partition("[")[0],
        is_independent=item.get_closest_marker("independent") is not None,
        forbids=item.get_closest_marker("forbids") is not None,
        asks_more=item.get_closest_marker("asks_more") is not None,
        facts=_facts(item, case),
        pictures=getattr(getattr(item, "module", None), "pictures", None),
    )


def _facts(item: pytest.Item, case: str) -> Facts | None:
    """Return the function ``facts`` of a file of checks, or None."""
    module = getattr(item, "module", None)
    facts = getattr(module, "facts", None)
    if facts is None:
        return None
    return functools.partial(facts, case=case) if case else facts
