"""Grades what is in the queue: claims jobs, hands them to pools, stores the results.

Theory of operation
-------------------
One thread (`Dispatcher.run`) does all that touches the database. Pools (one for each assignment
that has jobs) call back from threads of their own, and only put their results into a queue in
memory. What is in that queue or in a pool is also claimed in the database, so a dispatcher that is
killed loses nothing: its claims end, and the jobs are done again.
"""

import contextlib
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from grader.batch.keys import Keys
from grader.checks.assignment import load_assignment
from grader.errors import GraderError
from grader.pool.jobs import OpenPool, Pool
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.model import ReportStatus
from grader.report.outline import read_outline
from grader.service import queue as jobs
from grader.service.database.engine import Database
from grader.service.database.tables import CourseAssignment
from grader.service.queue import ClaimedJob, NewResult
from grader.service.scores import store_result
from grader.service.settings import ServiceSettings

_log = logging.getLogger(__name__)

# How often the queue is looked at if nobody says that there is something new in it.
_POLL_S = 1.0
_RENEW_S = jobs.CLAIM_S / 4
# After the database was lost, it is tried again after this time.
_AGAIN_S = 1.0

# Pools that are open although they have nothing to do, with their warm workers.
_IDLE_POOLS = 2

_Graded = tuple[ClaimedJob, str, "_Grading", "Future[GradeResult]"]


@dataclass(slots=True)
class _Grading:
    """The pool of an assignment, and what makes its batch keys.

    ``regrade_id`` is the newest regrade that it has seen: a newer one may come from changed checks.
    """

    pool: OpenPool
    keys: Keys
    close: Callable[[], None]
    regrade_id: int
    running: int = 0


@dataclass(slots=True)
class Dispatcher:
    """Grades what is in the queue, until it is stopped.

    Args:
        database: The database.
        settings: How the service runs.
        make_pool: Makes the pool for the settings of an assignment; by default on this machine.

    Attributes:
        name: By what name it claims jobs.
    """

    database: Database
    settings: ServiceSettings
    make_pool: Callable[[PoolSettings], Pool] | None = None
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _gradings: dict[int, _Grading] = field(default_factory=dict)
    _claimed: dict[int, ClaimedJob] = field(default_factory=dict)
    _events: "queue.SimpleQueue[_Graded | None]" = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _renewed: float = field(default_factory=time.monotonic)

    def wake(self) -> None:
        """Say that there is something new in the queue; from any thread."""
        self._events.put(None)

    def stop(self) -> None:
        """Have `run` end after what is being graded has ended; from any thread."""
        self._stopping.set()
        self.wake()

    @property
    def running(self) -> int:
        """How many submissions are being graded."""
        return len(self._claimed)

    def run(self) -> None:
        """Grade until `stop` is called and nothing is being graded any more."""
        try:
            while not self._stopping.is_set() or self._claimed:
                try:
                    self._renew()
                    if not self._stopping.is_set():
                        self._start_jobs()
                    self._take_events()
                except SQLAlchemyError as error:
                    # The database may be away for a moment.
                    _log.warning("the database doesn't answer: %s", type(error).__name__)
                    self._stopping.wait(_AGAIN_S)
        finally:
            for grading in self._gradings.values():
                grading.close()
            self._gradings.clear()
            with contextlib.suppress(SQLAlchemyError):
                jobs.release(self.database, self.name)

    def _renew(self) -> None:
        if self._claimed and time.monotonic() - self._renewed > _RENEW_S:
            jobs.renew(self.database, self.name, tuple(self._claimed))
            self._renewed = time.monotonic()

    def _start_jobs(self) -> None:
        # One more than there are workers, so that none has to wait for the next.
        room = self.settings.workers + 1 - len(self._claimed)
        for job in jobs.claim(self.database, self.name, at_most=room):
            self._claimed[job.id] = job
            try:
                grading = self._grading(job)
            except GraderError as error:
                self._store(job, _fault(str(error)))
                continue
            key = grading.keys.of(job.name, job.data)
            future = grading.pool.submit(msgspec.structs.replace(job.request, key=key))
            grading.running += 1
            future.add_done_callback(_put(self._events, job, key, grading))

    def _take_events(self) -> None:
        """Wait until something has happened, and store the results that are there."""
        with contextlib.suppress(queue.Empty):
            event = self._events.get(timeout=_POLL_S)
            while True:
                if event is not None:
                    self._take(event)
                event = self._events.get_nowait()

    def _take(self, graded: "_Graded") -> None:
        job, key, grading, future = graded
        grading.running -= 1
        if not grading.running and self._gradings.get(job.assignment_id) is not grading:
            grading.close()  # there is a newer one
        try:
            result = _read(future.result(), key)
        except CancelledError:
            result = _fault("grading was stopped")
        try:
            self._store(job, result)
        except SQLAlchemyError:
            # It is stored as soon as the database is back; until then its claim is renewed.
            grading.running += 1
            self._events.put(graded)
            raise

    def _store(self, job: ClaimedJob, result: NewResult) -> None:
        store_result(self.database, job, result)
        del self._claimed[job.id]

    def _grading(self, job: ClaimedJob) -> _Grading:
        """Return the pool for a job; it is opened when it is first needed.

        Raises:
            GraderError: The assignment can't be used.
        """
        found = self._gradings.pop(job.assignment_id, None)
        if found is not None and found.regrade_id >= job.regrade_id:
            self._gradings[job.assignment_id] = found  # the last to be closed
            return found
        if found is not None and not found.running:
            found.close()
        self._close_idle()
        with self.database.read() as session:
            assignment = session.get_one(CourseAssignment, job.assignment_id)
            folder, salt = assignment.folder, assignment.salt
        settings = PoolSettings(
            assignment=folder,
            isolation=self.settings.isolation,
            salt=salt,
            is_class=True,
            recordings=str(self.settings.recordings),
            has_pages=True,
            keeps_answers=True,
        )
        make = self.make_pool or (lambda one: LocalPool(one, workers=self.settings.workers))
        keys = Keys(load_assignment(folder), settings)
        with contextlib.ExitStack() as stack:
            pool = stack.enter_context(make(settings).open())
            grading = _Grading(pool, keys, stack.pop_all().close, regrade_id=job.regrade_id)
        self._gradings[job.assignment_id] = grading
        return grading

    def _close_idle(self) -> None:
        """Close pools with nothing to do, but for those that were used last."""
        idle = [name for name, one in self._gradings.items() if not one.running]
        for name in idle[: max(0, len(idle) - _IDLE_POOLS)]:
            self._gradings.pop(name).close()


def _put(
    events: "queue.SimpleQueue[_Graded | None]", job: ClaimedJob, key: str, grading: _Grading
) -> "Callable[[Future[GradeResult]], None]":
    return lambda future: events.put((job, key, grading, future))


def _read(graded: GradeResult, key: str) -> NewResult:
    outline = read_outline(graded.report)
    return NewResult(
        key=key,
        status=outline.status.value,
        is_fault=graded.is_fault,
        points=outline.score,
        max_points=outline.max_score or 0.0,
        error=outline.error,
        report=graded.report,
        page=graded.page,
        kept=graded.kept,
    )


def _fault(reason: str) -> NewResult:
    """Make the result of a submission for which no pool could be opened."""
    return NewResult(
        key="",
        status=ReportStatus.GRADER_ERROR.value,
        is_fault=True,
        points=None,
        max_points=0.0,
        report=b"",
        page=b"",
        error=reason,
    )
