"""What every route needs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from grader.service.database.engine import Database
from grader.service.settings import ServiceSettings
from grader.service.web.throttle import Throttle


def _nothing() -> None:
    pass


@dataclass(slots=True)
class ServiceState:
    """The service, as routes see it.

    Attributes:
        settings: How it runs.
        database: The database. Transactions wait for the disk, so routes run them in a thread
            (`starlette.concurrency.run_in_threadpool`).
        wake: Says that there is a new job.
        is_ready: Whether hand-ins are taken.
        throttle: Counts wrong codes and links.
    """

    settings: ServiceSettings
    database: Database
    wake: Callable[[], None] = _nothing
    is_ready: Callable[[], bool] = field(default=lambda: True)
    throttle: Throttle = field(default_factory=Throttle)


def service_of(request: Request) -> ServiceState:
    """Return the service that a request was sent to."""
    state = request.app.state.service
    assert isinstance(state, ServiceState)  # noqa: S101 - put there by `make_app`
    return state
