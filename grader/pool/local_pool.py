"""A pool of workers on this machine; each gets one job at a time, and is replaced if it fails."""

import selectors
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field

from grader.checks.assignment import load_assignment
from grader.observations.frames import FrameError
from grader.pool.fault import fail_request
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.pool.worker_process import WorkerEndedError, WorkerProcess
from grader.sandbox.host.limits import Limits

# Added to a submission's own time limit, for the reference, the checks and the worker's start.
_SPARE_S = 120.0


@dataclass
class _Workers:
    """The workers of a pool, and the job of each."""

    settings: PoolSettings
    patience_s: float
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    busy: dict[WorkerProcess, Job] = field(default_factory=dict)
    idle: list[WorkerProcess] = field(default_factory=list)

    def start(self, job: Job) -> None:
        """Give a job to a worker that is free, or to a new one.

        Raises:
            WorkerEndedError: no worker can be started, or the job can't be sent.
        """
        worker = self.idle.pop() if self.idle else self._add()
        self.busy[worker] = job
        try:
            worker.start(job.request)
        except FrameError as error:
            self.remove(worker)
            raise WorkerEndedError(f"it can't be sent to a grading process: {error}") from error
        self.selector.modify(worker.socket, worker.events, worker)

    def _add(self) -> WorkerProcess:
        try:
            worker = WorkerProcess(self.settings, patience_s=self.patience_s)
        except OSError as error:
            reason = f"a grading process could not be started: {error.strerror}"
            raise WorkerEndedError(reason) from error
        self.selector.register(worker.socket, worker.events, worker)
        return worker

    def wait(self) -> list[WorkerProcess]:
        """Wait for workers that have answered, ended, or taken too long; there may be none yet."""
        timeout = min(worker.left_s for worker in self.busy)
        ready = []
        for key, events in self.selector.select(timeout):
            worker = key.data
            if events & selectors.EVENT_WRITE:
                worker.send_pending()
                self.selector.modify(worker.socket, worker.events, worker)
            if events & selectors.EVENT_READ:
                ready.append(worker)
        for worker in ready:
            if worker in self.idle:  # it has no job, so it can only have ended
                self.idle.remove(worker)
                self._end(worker)
        return [worker for worker in self.busy if worker in ready or not worker.left_s]

    def free(self, worker: WorkerProcess) -> None:
        """Note that a worker has done its job."""
        del self.busy[worker]
        self.idle.append(worker)

    def remove(self, worker: WorkerProcess) -> None:
        """End a worker that has failed."""
        del self.busy[worker]
        self._end(worker)

    def _end(self, worker: WorkerProcess) -> None:
        self.selector.unregister(worker.socket)
        worker.close()

    def close(self) -> None:
        """End all workers."""
        for worker in self.busy:
            worker.close()
        for worker in self.idle:
            worker.close(is_idle=True)
        self.selector.close()


@dataclass(frozen=True, slots=True)
class LocalPool:
    """A pool of worker processes on this machine.

    Attributes:
        settings: How each submission is graded.
        workers: How many workers grade at once; each is started when there is a job for it.
    """

    settings: PoolSettings
    workers: int

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade submissions, as `Pool` says; if the grader fails on one, it tries once more."""
        assignment = load_assignment(self.settings.assignment)
        limits = Limits.of({**assignment.limits, **self.settings.limits})
        waiting = iter(jobs)
        again: deque[Job] = deque()
        tried: set[str] = set()
        workers = _Workers(
            self.settings, patience_s=limits.wall_s(len(assignment.units)) + _SPARE_S
        )
        try:
            while True:
                while len(workers.busy) < self.workers:
                    job = again.popleft() if again else next(waiting, None)
                    if job is None:
                        break
                    try:
                        workers.start(job)
                    except WorkerEndedError as error:
                        if workers.busy:  # the machine may have room once one of these has ended
                            again.appendleft(job)
                            break
                        yield job, fail_request(self.settings, job.request, str(error))
                if not workers.busy:
                    return
                for worker in workers.wait():
                    job = workers.busy[worker]
                    result = _receive(workers, worker)
                    if result is None:
                        continue
                    if not result.is_fault or job.key in tried:
                        yield job, result
                    else:
                        tried.add(job.key)
                        again.append(job)
                    del job, result  # before the next ones, which may be as large
        finally:
            workers.close()


def _receive(workers: _Workers, worker: WorkerProcess) -> GradeResult | None:
    """Take a worker's result, None if it is not there yet; remove the worker if it has failed."""
    job = workers.busy[worker]
    try:
        if not worker.left_s:
            raise WorkerEndedError("a grading process did not end in time")
        result = worker.receive()
    except WorkerEndedError as error:
        workers.remove(worker)
        return fail_request(workers.settings, job.request, str(error))
    if result is None:
        return None
    if result.is_fault:
        workers.remove(worker)
    else:
        workers.free(worker)
    return result
