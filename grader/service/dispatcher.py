"""Grades what is in the queue: claims jobs, hands them to pools, stores the results.

Theory of operation
-------------------
One thread (`Dispatcher.run`) does all that touches the database. Pools (one for each assignment
that has jobs) call back from threads of their own, and only put their results into a queue in
memory. What is in that queue or in a pool is also claimed in the database, so a dispatcher that is
killed loses nothing: its claims end, and the jobs are done again. The next one with the same data
folder doesn't wait for that: it sees that its predecessor is dead (`claimants`).
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
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from grader.batch.keys import Keys
from grader.checks.assignment import load_assignment
from grader.discovery.kept import KeptFile, read_kept, write_file
from grader.errors import GraderError
from grader.pool.jobs import LivePool, OpenPool
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.model import ReportStatus
from grader.report.outline import read_outline
from grader.service import queue as jobs
from grader.service.claimants import alive, take_over
from grader.service.database.engine import Database
from grader.service.database.tables import CourseAssignment, Regrade
from grader.service.queue import ClaimedJob, NewResult
from grader.service.scores import store_result
from grader.service.settings import ServiceSettings

_log = logging.getLogger(__name__)

# How often the queue is looked at if nobody says that there is something new in it.
_POLL_S = 1.0
_RENEW_S = jobs.CLAIM_S / 4
# After the database was lost, it is tried again after this time.
_AGAIN_S = 1.0
# After a cluster was lost, so is it.
_POOL_AGAIN_S = 5.0

# Pools that are open although they have nothing to do, with their warm workers.
_IDLE_POOLS = 2
_NICENESS = 10

_Graded = tuple[ClaimedJob, str, "_Grading", "Future[GradeResult]"]


class _PoolAwayError(Exception):
    """What grades can't be reached now; it says nothing about a submission or an assignment."""


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
    make_pool: Callable[[PoolSettings], LivePool] | None = None
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _gradings: dict[int, _Grading] = field(default_factory=dict)
    _claimed: dict[int, ClaimedJob] = field(default_factory=dict)
    _events: "queue.SimpleQueue[_Graded | None]" = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _abandoning: threading.Event = field(default_factory=threading.Event)
    _renewed: float = field(default_factory=time.monotonic)
    _paused_until: float = 0.0

    def wake(self) -> None:
        """Say that there is something new in the queue; from any thread."""
        self._events.put(None)

    def stop(self) -> None:
        """Have `run` end after what is being graded has ended; from any thread."""
        self._stopping.set()
        self.wake()

    def abandon(self) -> None:
        """Have `run` end at once; what is being graded is given back. From any thread."""
        self._abandoning.set()
        self.stop()

    @property
    def running(self) -> int:
        """How many submissions are being graded."""
        return len(self._claimed)

    def run(self) -> None:
        """Grade until `stop` is called and nothing is being graded any more.

        What a dispatcher with the same data folder had claimed when it was killed is taken back.
        """
        with alive(self.settings.data, self.name):
            self._take_over()
            self._run()

    def _take_over(self) -> None:
        try:
            take_over(self.settings.data, lambda name: jobs.release(self.database, name))
        except SQLAlchemyError as error:
            # Those claims end by themselves.
            _log.warning("the database doesn't answer: %s", type(error).__name__)

    def _run(self) -> None:
        try:
            while not self._has_ended:
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

    @property
    def _has_ended(self) -> bool:
        if self._abandoning.is_set():
            return True
        return self._stopping.is_set() and not self._claimed

    @property
    def _capacity(self) -> int:
        """How many jobs are worth claiming at once."""
        # One more than there are workers, so that none has to wait for the next.
        here = self.settings.workers + 1
        if self.make_pool is None:
            return here
        return max((one.pool.capacity for one in self._gradings.values()), default=here)

    def _renew(self) -> None:
        if self._claimed and time.monotonic() - self._renewed > _RENEW_S:
            jobs.renew(self.database, self.name, tuple(self._claimed))
            self._renewed = time.monotonic()

    def _start_jobs(self) -> None:
        room = self._capacity - len(self._claimed)
        if time.monotonic() < self._paused_until:
            return
        for job in jobs.claim(self.database, self.name, at_most=room):
            self._claimed[job.id] = job
            try:
                self._start(job)
            except SQLAlchemyError:
                # Nobody grades it: it is not ours any more, and its claim ends.
                self._claimed.pop(job.id, None)
                raise

    def _start(self, job: ClaimedJob) -> None:
        try:
            grading = self._grading(job)
        except _PoolAwayError as error:
            self._put_back(job, str(error))
            return
        except GraderError as error:
            self._store(job, _fault(str(error)))
            return
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
            try:
                result = _read(future.result(), key, asked=grading.keys.asked)
            except CancelledError:
                # The pool has closed itself: its cluster is lost.
                if self._gradings.get(job.assignment_id) is grading:
                    del self._gradings[job.assignment_id]
                    grading.close()
                self._put_back(job, "the pool was closed")
            else:
                self._store(job, result)
        except SQLAlchemyError:
            # It is stored as soon as the database is back; until then its claim is renewed.
            grading.running += 1
            self._events.put(graded)
            raise

    def _put_back(self, job: ClaimedJob, reason: str) -> None:
        """Let a job wait that can't be graded now. That is not a fault, and not a try."""
        _log.warning("nothing can be graded for now: %s", reason)
        self._paused_until = time.monotonic() + _POOL_AGAIN_S
        jobs.give_back(self.database, self.name, job.id)
        del self._claimed[job.id]

    def _store(self, job: ClaimedJob, result: NewResult) -> None:
        store_result(self.database, job, result)
        del self._claimed[job.id]

    def _grading(self, job: ClaimedJob) -> _Grading:
        """Return the pool for a job; it is opened when it is first needed.

        Raises:
            _PoolAwayError: What grades can't be reached.
            GraderError: The assignment can't be used.
        """
        newest = self._newest_regrade(job)
        found = self._gradings.pop(job.assignment_id, None)
        if found is not None and found.regrade_id >= newest:
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
        make = self.make_pool or self._make_local_pool
        keys = Keys(load_assignment(folder), settings)
        with contextlib.ExitStack() as stack:
            try:
                pool = stack.enter_context(make(settings).open())
            except GraderError as error:
                if self.make_pool is None:
                    raise
                raise _PoolAwayError(str(error)) from error
            grading = _Grading(pool, keys, stack.pop_all().close, regrade_id=newest)
        self._gradings[job.assignment_id] = grading
        return grading

    def _newest_regrade(self, job: ClaimedJob) -> int:
        """Return the newest regrade of a job's assignment.

        What is handed in after it began is not in it, so that must be graded by the same checks.
        """
        with self.database.read() as session:
            newest = session.scalar(
                select(func.max(Regrade.id)).where(Regrade.assignment_id == job.assignment_id)
            )
        return max(newest or 0, job.regrade_id)

    def _make_local_pool(self, settings: PoolSettings) -> LivePool:
        # A receipt comes before a report, so the web server gets the CPU first.
        return LocalPool(settings, workers=self.settings.workers, niceness=_NICENESS)

    def _close_idle(self) -> None:
        """Close pools with nothing to do, but for those that were used last."""
        idle = [name for name, one in self._gradings.items() if not one.running]
        for name in idle[: max(0, len(idle) - _IDLE_POOLS)]:
            self._gradings.pop(name).close()


def _put(
    events: "queue.SimpleQueue[_Graded | None]", job: ClaimedJob, key: str, grading: _Grading
) -> "Callable[[Future[GradeResult]], None]":
    return lambda future: events.put((job, key, grading, future))


def _read(graded: GradeResult, key: str, *, asked: str) -> NewResult:
    outline = read_outline(graded.report)
    kept = b""
    # What it was asked belongs to its answers: only those to the same questions are compared.
    with contextlib.suppress(ValueError):  # nothing was kept, or it can't be used
        file = KeptFile(key=key, asked=asked, names={}, kept=read_kept(graded.kept))
        kept = write_file(file)
    return NewResult(
        key=key,
        status=outline.status.value,
        is_fault=graded.is_fault,
        points=outline.score,
        max_points=outline.max_score or 0.0,
        error=outline.error,
        report=graded.report,
        page=graded.page,
        kept=kept,
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
