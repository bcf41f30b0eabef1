"""What Prometheus reads: times of this process, and how the queue stands in the database.

What is in the database is counted there, so it is the same whichever server is asked, and no start
sets it back; it falls when a person is deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from grader.service.clock import SECOND, now
from grader.service.database.engine import Database
from grader.service.database.tables import (
    HandIn,
    Job,
    JobState,
    OutboxEntry,
    OutboxState,
    Result,
)

_RECEIPT_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
_REPORT_S = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
_HAND_IN = "/assignments/{assignment_id:int}/hand-in"
_TAKEN = 303
_PREFIX = "zerograd"


@dataclass(slots=True)
class Metrics:
    """Counts and times of this process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    receipts: Histogram = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Counter(
            f"{_PREFIX}_requests",
            "Requests answered by this process, by the pattern of their route.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            f"{_PREFIX}_request_seconds",
            "Time until a request was answered whole.",
            ("route",),
            buckets=_RECEIPT_S,
            registry=self.registry,
        )
        self.receipts = Histogram(
            f"{_PREFIX}_receipt_seconds",
            "Time from the first byte of a hand-in to its receipt.",
            buckets=_RECEIPT_S,
            registry=self.registry,
        )

    def note_request(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count a request that was answered."""
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(took_s)
        if route == _HAND_IN and status == _TAKEN:
            self.receipts.observe(took_s)

    def show(self, database: Database) -> bytes:
        """Return all metrics, in the text format of Prometheus."""
        stored = CollectorRegistry()
        with database.read() as session:
            stored.register(_Stored(list(_read(session))))
        return generate_latest(self.registry) + generate_latest(stored)


class _Stored(Collector):
    """Metrics that were read from the database."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._found


def _read(session: Session) -> Iterable[Metric]:
    yield from _read_queue(session)
    yield from _read_work(session)
    yield _read_report_times(session)


def _read_queue(session: Session) -> Iterable[Metric]:
    jobs = GaugeMetricFamily(
        f"{_PREFIX}_jobs", "Jobs that are not done yet.", labels=("state", "kind")
    )
    oldest = GaugeMetricFamily(
        f"{_PREFIX}_oldest_job_seconds", "Age of the oldest job that is not done.", labels=("kind",)
    )
    kind = case((Job.regrade_id == 0, "hand-in"), else_="regrade")
    unfinished = (JobState.WAITING, JobState.RUNNING)
    found = {
        (state, of): (count, since)
        for state, of, count, since in session.execute(
            select(Job.state, kind, func.count(), func.min(Job.created_at))
            .where(Job.state.in_(unfinished))
            .group_by(Job.state, kind)
        )
    }
    moment = now()
    for of in ("hand-in", "regrade"):
        for state in unfinished:
            jobs.add_metric((state.value, of), found.get((state, of), (0, 0))[0])
        ages = [moment - found[state, of][1] for state in unfinished if (state, of) in found]
        oldest.add_metric((of,), max(ages, default=0) / SECOND)
    yield jobs
    yield oldest


def _read_work(session: Session) -> Iterable[Metric]:
    taken = session.scalar(select(func.count()).select_from(HandIn))
    yield CounterMetricFamily(f"{_PREFIX}_hand_ins", "Hand-ins taken.", value=taken or 0)
    results = CounterMetricFamily(
        f"{_PREFIX}_results", "Results stored, by the status of the report.", labels=("status",)
    )
    for status, count in session.execute(
        select(Result.status, func.count()).group_by(Result.status).order_by(Result.status)
    ):
        results.add_metric((status,), count)
    yield results
    faults = session.execute(select(func.sum(Job.faults))).scalar_one()
    yield CounterMetricFamily(
        f"{_PREFIX}_faults",
        "Faults of the grader, most of which a retry has mended.",
        value=faults or 0,
    )
    outbox = GaugeMetricFamily(
        f"{_PREFIX}_outbox", "Scores for platforms, by how they stand.", labels=("state",)
    )
    counts = dict(
        row.tuple()
        for row in session.execute(
            select(OutboxEntry.state, func.count()).group_by(OutboxEntry.state)
        )
    )
    for state in OutboxState:
        outbox.add_metric((state.value,), counts.get(state, 0))
    yield outbox
    since = session.scalar(
        select(func.min(OutboxEntry.stamp)).where(OutboxEntry.state == OutboxState.WAITING)
    )
    yield GaugeMetricFamily(
        f"{_PREFIX}_oldest_score_seconds",
        "Age of the oldest score that no platform has yet.",
        value=0 if since is None else (now() - since) / SECOND,
    )


def _read_report_times(session: Session) -> Metric:
    took = Job.ended_at - Job.created_at
    columns = [func.sum(case((took <= limit * SECOND, 1), else_=0)) for limit in _REPORT_S]
    *counts, total, sum_ = session.execute(
        select(*columns, func.count(), func.sum(took)).where(
            Job.ended_at.is_not(None), Job.regrade_id == 0
        )
    ).one()
    buckets = [(str(limit), count or 0) for limit, count in zip(_REPORT_S, counts, strict=True)]
    times = HistogramMetricFamily(
        f"{_PREFIX}_report_seconds", "Time from the receipt of a hand-in to its report."
    )
    times.add_metric((), [*buckets, ("+Inf", total)], float(sum_ or 0) / SECOND)
    return times
