"""Runs the service: web server, dispatcher and outbox in one process, or a dispatcher alone."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvicorn

from grader.errors import UsageError
from grader.pool.jobs import LivePool
from grader.pool.messages import PoolSettings
from grader.service.address import remember_address
from grader.service.database.engine import Database
from grader.service.deliver import Deliverer
from grader.service.dispatcher import Dispatcher
from grader.service.lti.tool import open_tool
from grader.service.metrics_token import ensure_token
from grader.service.open_database import open_database
from grader.service.settings import ServiceSettings
from grader.service.stopping import Stopping
from grader.service.web.app import make_app
from grader.service.web.observing import ObservingMiddleware
from grader.service.web.state import ServiceState

MakePool = Callable[[PoolSettings], LivePool]

# How long a stop waits for requests that are being answered.
_GRACE_S = 10
_BACKLOG = 2048


@dataclass(slots=True)
class RunningService:
    """A service with its dispatcher, without a web server.

    Attributes:
        state: What routes need.
        dispatcher: Grades, if this process does.
        stopping: Stops all of it.
    """

    state: ServiceState
    dispatcher: Dispatcher | None
    stopping: Stopping
    _idle: threading.Event = field(default_factory=threading.Event)

    def wait_until_idle(self) -> None:
        """Wait until a stop was asked for, and nothing is being graded any more."""
        self.stopping.wait()
        self._idle.wait()


@contextlib.contextmanager
def open_service(
    settings: ServiceSettings, *, make_pool: MakePool | None = None
) -> Iterator[RunningService]:
    """Open the database, and start to grade what is in the queue; leaving the context stops that.

    Args:
        settings: How it runs.
        make_pool: Makes what grades; by default workers on this machine.

    Raises:
        UsageError: The database can't be used.
    """
    with open_database(settings) as database, contextlib.ExitStack() as threads:
        dispatcher = _make_dispatcher(database, settings, make_pool)
        tool = open_tool(settings, database)
        state = ServiceState(settings, database, lti=tool)
        deliverer = Deliverer(database, settings, tool)
        ensure_token(settings.data)
        stopping = Stopping(*_ways_to_stop(dispatcher))
        state.is_ready = lambda: not stopping.has_begun
        service = RunningService(state, dispatcher, stopping)
        threads.enter_context(_thread(deliverer.run, deliverer.stop, "zerograd-outbox"))
        if dispatcher is None:
            service._idle.set()  # noqa: SLF001 - its own module
        else:
            state.wake = dispatcher.wake
            run = _then(dispatcher.run, service._idle.set)  # noqa: SLF001
            threads.enter_context(_thread(run, dispatcher.stop, "zerograd-dispatcher"))
        yield service


def run_service(
    settings: ServiceSettings,
    *,
    on_start: Callable[[str], None] = lambda _address: None,
    make_pool: MakePool | None = None,
) -> None:
    """Serve until a signal comes.

    From then on no hand-in is taken, and what is being graded is finished; pages are answered
    meanwhile. A second signal ends all of it at once, and what was not finished is done again at
    the next start.

    Args:
        settings: How it runs.
        on_start: Called with the address once the service listens.
        make_pool: Makes what grades; by default workers on this machine.

    Raises:
        UsageError: The address or the database can't be used.
    """
    with _listen(settings) as listening, open_service(settings, make_pool=make_pool) as service:
        config = uvicorn.Config(
            ObservingMiddleware(make_app(service.state), metrics=service.state.metrics),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            forwarded_allow_ips="127.0.0.1",
        )
        server = _Server(config)

        def end() -> None:
            service.wait_until_idle()
            server.should_exit = True

        host, port, *_ = listening.getsockname()
        shown = f"[{host}]" if ":" in host else host
        address = settings.base_url or f"http://{shown}:{port}"
        remember_address(service.state.database, address)
        watching = threading.Thread(target=end, name="zerograd-stop", daemon=True)
        watching.start()
        with service.stopping.on_signals():
            on_start(address)
            server.run(sockets=[listening])


def run_dispatcher(
    settings: ServiceSettings,
    *,
    on_start: Callable[[], None] = lambda: None,
    make_pool: MakePool | None = None,
) -> None:
    """Grade what is in the queue until a signal comes, without a web server.

    Args:
        settings: How it runs.
        on_start: Called once it grades.
        make_pool: Makes what grades; by default workers on this machine.

    Raises:
        UsageError: The database can't be used.
    """
    with open_database(settings) as database:
        dispatcher = Dispatcher(database, settings, make_pool=make_pool)
        stopping = Stopping(*_ways_to_stop(dispatcher))
        with stopping.on_signals():
            on_start()
            dispatcher.run()


class _Server(uvicorn.Server):
    """A server that leaves signals to us: it has to go on while the last hand-ins are graded."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave all signals as they are."""
        yield


def _make_dispatcher(
    database: Database, settings: ServiceSettings, make_pool: MakePool | None
) -> Dispatcher | None:
    if not settings.workers and make_pool is None:
        return None
    return Dispatcher(database, settings, make_pool=make_pool)


def _ways_to_stop(
    dispatcher: Dispatcher | None,
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return what stops a dispatcher in order, and at once."""
    if dispatcher is None:
        return (lambda: None), (lambda: None)
    return dispatcher.stop, dispatcher.abandon


@contextlib.contextmanager
def _listen(settings: ServiceSettings) -> Iterator[socket.socket]:
    """Listen before anything else is started: an address that is taken is known at once.

    Raises:
        UsageError: The address can't be used.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"there is no address {settings.host!a} here to listen on") from error
    with listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(where)
            listening.listen(_BACKLOG)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(
                f"can't listen on {settings.host}, port {settings.port}: {reason}"
            ) from error
        yield listening


def _then(run: Callable[[], None], done: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        try:
            run()
        finally:
            done()

    return both


@contextlib.contextmanager
def _thread(run: Callable[[], None], stop: Callable[[], None], name: str) -> Iterator[None]:
    thread = threading.Thread(target=run, name=name)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()
