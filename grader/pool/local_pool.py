"""A pool of workers on this machine; each gets one job at a time, and is replaced if it fails."""

import contextlib
import selectors
import socket
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from grader.checks.assignment import load_assignment
from grader.observations.frames import FrameError
from grader.pool.fault import fail_request
from grader.pool.grade_all import grade_all
from grader.pool.jobs import Job
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.worker_process import WorkerEndedError, WorkerProcess
from grader.sandbox.host.limits import Limits

# Added to a submission's own time limit, for the reference, the checks and the worker's start.
_SPARE_S = 120.0


@dataclass(frozen=True, slots=True)
class LocalPool:
    """A pool of worker processes on this machine.

    Attributes:
        settings: How each submission is graded.
        workers: How many workers grade at once; each is started when there is a job for it.
        niceness: By how much they let other processes go first, such as a web server; 0 to 19.
    """

    settings: PoolSettings
    workers: int
    niceness: int = 0

    @contextlib.contextmanager
    def open(self) -> "Iterator[OpenLocalPool]":
        """Open the pool, as `Pool` says."""
        assignment = load_assignment(self.settings.assignment)
        limits = Limits.of({**assignment.limits, **self.settings.limits})
        patience_s = limits.wall_s(len(assignment.units)) + _SPARE_S
        pool = OpenLocalPool(_Workers(self.settings, patience_s, self.niceness), self.workers)
        try:
            yield pool
        finally:
            pool.close()

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade submissions, as `Pool` says; if the grader fails on one, it tries once more."""
        with self.open() as pool:
            yield from grade_all(pool, jobs)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A submission that was handed in, and what its result goes to."""

    request: GradeRequest
    future: Future[GradeResult] = field(default_factory=Future)


@dataclass
class _Workers:
    """The workers of a pool, and the task of each."""

    settings: PoolSettings
    patience_s: float
    niceness: int
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    busy: dict[WorkerProcess, _Task] = field(default_factory=dict)
    idle: list[WorkerProcess] = field(default_factory=list)

    def start(self, task: _Task) -> None:
        """Give a task to a worker that is free, or to a new one.

        Raises:
            WorkerEndedError: no worker can be started, or the submission can't be sent.
        """
        worker = self.idle.pop() if self.idle else self._add()
        self.busy[worker] = task
        try:
            worker.start(task.request)
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
        if self.niceness:
            worker.be_nice(self.niceness)
        self.selector.register(worker.socket, worker.events, worker)
        return worker

    def wait(self) -> list[WorkerProcess]:
        """Wait for workers that have answered, ended, or taken too long, or for something else.

        There may be none yet: the selector also waits for what others have registered with it.
        """
        timeout = min((worker.left_s for worker in self.busy), default=None)
        ready = []
        for key, events in self.selector.select(timeout):
            worker = key.data
            if worker is None:  # the bell of the pool
                continue
            if events & selectors.EVENT_WRITE:
                worker.send_pending()
                self.selector.modify(worker.socket, worker.events, worker)
            if events & selectors.EVENT_READ:
                ready.append(worker)
        for worker in ready:
            if worker in self.idle:  # it has no task, so it can only have ended
                self.idle.remove(worker)
                self._end(worker)
        return [worker for worker in self.busy if worker in ready or not worker.left_s]

    def free(self, worker: WorkerProcess) -> None:
        """Note that a worker has done its task."""
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


class OpenLocalPool:
    """A local pool that takes submissions. A thread talks to the workers.

    Args:
        workers: The workers; none has started.
        capacity: How many there may be.
    """

    def __init__(self, workers: _Workers, capacity: int) -> None:
        self.capacity = capacity
        self._workers = workers
        self._lock = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._is_closed = False
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.setblocking(False)  # noqa: FBT003 - its only form
        workers.selector.register(self._ear, selectors.EVENT_READ)
        # It lives as long as the pool: Linux ends a worker when the thread that started it ends.
        self._thread = threading.Thread(target=self._run, name="zerograd-pool", daemon=True)
        self._thread.start()

    def submit(self, request: GradeRequest) -> Future[GradeResult]:
        """Hand in a submission, as `OpenPool` says."""
        task = _Task(request)
        with self._lock:
            if self._is_closed:
                task.future.cancel()
                return task.future
            self._waiting.append(task)
        self._ring()
        return task.future

    def close(self) -> None:
        """End all workers, and cancel what was not done; a second call does nothing."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._ring()
        self._thread.join()
        self._bell.close()
        self._ear.close()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # it rings already, or the pool is closed
            self._bell.send(b"!")

    def _run(self) -> None:
        workers = self._workers
        left: list[_Task] = []
        try:
            while self._start_waiting():
                for worker in workers.wait():
                    self._take(worker)
                with contextlib.suppress(BlockingIOError):
                    self._ear.recv(1 << 12)
        finally:
            with self._lock:
                self._is_closed = True
                left = [*workers.busy.values(), *self._waiting]
            workers.close()
            for task in left:
                task.future.cancel()

    def _start_waiting(self) -> bool:
        """Give tasks to free workers; return False once the pool is closed."""
        while True:
            with self._lock:
                if self._is_closed:
                    return False
                if not self._waiting or len(self._workers.busy) >= self.capacity:
                    return True
                task = self._waiting.popleft()
            try:
                self._workers.start(task)
            except WorkerEndedError as error:
                if self._workers.busy:  # the machine may have room once one of these has ended
                    with self._lock:
                        self._waiting.appendleft(task)
                    return True
                self._finish(task, fail_request(self._workers.settings, task.request, str(error)))

    def _take(self, worker: WorkerProcess) -> None:
        """Take a worker's result, if it is there; remove the worker if it has failed."""
        task = self._workers.busy[worker]
        try:
            if not worker.left_s:
                raise WorkerEndedError("a grading process did not end in time")
            result = worker.receive()
        except WorkerEndedError as error:
            self._workers.remove(worker)
            self._finish(task, fail_request(self._workers.settings, task.request, str(error)))
            return
        if result is None:
            return
        if result.is_fault:
            self._workers.remove(worker)
        else:
            self._workers.free(worker)
        self._finish(task, result)

    def _finish(self, task: _Task, result: GradeResult) -> None:
        if task.future.set_running_or_notify_cancel():
            task.future.set_result(result)
