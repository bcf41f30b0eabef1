"""Runs the service: web server, dispatcher and outbox in one process."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn

from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.deliver import Deliverer
from grader.service.dispatcher import Dispatcher
from grader.service.lti.tool import open_tool
from grader.service.settings import ServiceSettings
from grader.service.web.app import make_app
from grader.service.web.state import ServiceState

# How long a stop waits for requests that are being answered.
_GRACE_S = 10


@dataclass(slots=True)
class RunningService:
    """A service with its dispatcher, without a web server.

    Attributes:
        state: What routes need.
        dispatcher: Grades, if this process does.
    """

    state: ServiceState
    dispatcher: Dispatcher | None


@contextlib.contextmanager
def open_service(settings: ServiceSettings) -> Iterator[RunningService]:
    """Open the database, and start to grade what is in the queue; leaving the context stops that.

    Raises:
        UsageError: The database can't be used.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url)
    with contextlib.closing(database), contextlib.ExitStack() as threads:
        migrate(database)
        dispatcher = Dispatcher(database, settings) if settings.workers else None
        tool = open_tool(settings, database)
        state = ServiceState(settings, database, lti=tool)
        deliverer = Deliverer(database, settings, tool)
        threads.enter_context(_thread(deliverer.run, deliverer.stop, "zerograd-outbox"))
        if dispatcher is not None:
            state.wake = dispatcher.wake
            threads.enter_context(_thread(dispatcher.run, dispatcher.stop, "zerograd-dispatcher"))
        yield RunningService(state, dispatcher)


def run_service(
    settings: ServiceSettings, *, on_start: Callable[[str], None] = lambda _address: None
) -> None:
    """Serve until a signal comes; what is being graded then is finished first.

    Args:
        settings: How it runs.
        on_start: Called with the address once the service listens.
    """
    with open_service(settings) as service:
        config = uvicorn.Config(
            make_app(service.state),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            forwarded_allow_ips="127.0.0.1",
        )
        _Server(config, on_start).run()


class _Server(uvicorn.Server):
    """A server that says where it listens."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: "list[object] | None" = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for sock in server.sockets:
                host, port, *_ = sock.getsockname()
                self._on_start(f"http://{host}:{port}")


@contextlib.contextmanager
def _thread(run: Callable[[], None], stop: Callable[[], None], name: str) -> Iterator[None]:
    thread = threading.Thread(target=run, name=name)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()
