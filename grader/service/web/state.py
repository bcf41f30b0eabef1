"""What every route needs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.service.database.engine import Database
from grader.service.lti.tool import LtiTool
from grader.service.metrics import Metrics
from grader.service.settings import ServiceSettings
from grader.service.shown import ShownScores
from grader.service.web.throttle import Throttle

_STORED_AT_ONCE = 8


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
        lti: What the service is to platforms; None in tests without any.
        scores: The points that students may see.
        uploads: How many files each person is sending at this moment.
        metrics: Counts and times of this process.
        storing: Lets a few hand-ins at once into the memory, and to the database.
    """

    settings: ServiceSettings
    database: Database
    wake: Callable[[], None] = _nothing
    is_ready: Callable[[], bool] = field(default=lambda: True)
    throttle: Throttle = field(default_factory=Throttle)
    lti: LtiTool | None = None
    scores: ShownScores = field(default_factory=ShownScores)
    metrics: Metrics = field(default_factory=Metrics)
    uploads: Counter[int] = field(default_factory=Counter)
    storing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_STORED_AT_ONCE))


def service_of(request: Request) -> ServiceState:
    """Return the service that a request was sent to."""
    state = request.app.state.service
    assert isinstance(state, ServiceState)  # noqa: S101 - put there by `make_app`
    return state


def expect_ready(service: ServiceState) -> None:
    """Refuse a hand-in while the service is being stopped; it starts again in a moment.

    Raises:
        HTTPException: It is.
    """
    if not service.is_ready():
        raise HTTPException(
            503,
            "The service is starting anew. Nothing was kept: hand in again in a minute.",
            {"Retry-After": "60"},
        )
