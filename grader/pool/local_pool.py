"""Hands submissions to workers, one at a time each, and replaces workers that fail."""

import contextlib
import dataclasses
import selectors
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field

import msgspec

from grader.checks.assignment import load_assignment
from grader.pipeline import blank_report, fail_report
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.worker_process import WorkerEndedError, WorkerProcess
from grader.report.model import ReportStatus
from grader.report.schema import report_to_json
from grader.sandbox.host.limits import Limits

# Beside a submission's own time: the reference's, the checks', starting a worker.
_SPARE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to be graded: ``key`` is the caller's own name for it."""

    key: str
    grade: GradeRequest
    is_second_try: bool = False


@dataclass
class _Workers:
    """The workers, and which of them is at what."""

    setup: PoolSettings
    patience_s: float
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    at_work: dict[WorkerProcess, Job] = field(default_factory=dict)
    idle: list[WorkerProcess] = field(default_factory=list)

    def start(self, task: Job) -> None:
        """Give a task to a worker that is free, or to a new one."""
        worker = self.idle.pop() if self.idle else self._hire()
        self.at_work[worker] = task
        # One that has died meanwhile is noticed when its answer is read.
        with contextlib.suppress(WorkerEndedError):
            worker.start(task.grade)

    def _hire(self) -> WorkerProcess:
        worker = WorkerProcess(self.setup, patience_s=self.patience_s)
        self.selector.register(worker.socket, selectors.EVENT_READ, worker)
        return worker

    def wait(self) -> list[WorkerProcess]:
        """Wait until somebody has something to say, or has taken too long."""
        timeout = min(worker.left_s for worker in self.at_work)
        ready = [key.data for key, _ in self.selector.select(timeout)]
        for worker in ready:
            if worker in self.idle:  # it has nothing to say, so it has ended
                self.idle.remove(worker)
                self._end(worker)
        return [one for one in self.at_work if one in ready or not one.left_s]

    def dismiss(self, worker: WorkerProcess) -> Job:
        """End a worker, and give back what it was at."""
        self._end(worker)
        return self.at_work.pop(worker)

    def _end(self, worker: WorkerProcess) -> None:
        self.selector.unregister(worker.socket)
        worker.close()

    def close(self) -> None:
        """End all workers."""
        for worker in self.at_work:
            worker.close()
        for worker in self.idle:
            worker.close(is_idle=True)
        self.selector.close()


def grade_all(
    tasks: Iterable[Job], *, setup: PoolSettings, jobs: int
) -> Generator[tuple[Job, GradeResult], None, None]:
    """Grade submissions side by side.

    Args:
        tasks: What to grade; the next is taken only when a worker is free for it.
        setup: How to grade.
        jobs: How many workers; each is started when there is something for it to do.

    Yields:
        Each task with what came of it, in the order in which they are done. Also when the grader
        failed twice: then the report says so, and has no score.

    Raises:
        UsageError: the assignment can't be used, or its limits are none.
    """
    assignment = load_assignment(setup.assignment)
    limits = Limits.of({**assignment.limits, **setup.limits})
    waiting = iter(tasks)
    again: deque[Job] = deque()
    crew = _Workers(setup, patience_s=limits.total_wall_s + _SPARE_S)
    try:
        while True:
            while len(crew.at_work) < jobs:
                task = again.popleft() if again else next(waiting, None)
                if task is None:
                    break
                crew.start(task)
            if not crew.at_work:
                return
            for worker in crew.wait():
                task, graded = _hear(crew, worker)
                if graded is None:
                    continue
                if not graded.is_fault or task.is_second_try:
                    yield task, graded
                else:
                    again.append(dataclasses.replace(task, is_second_try=True))
    finally:
        crew.close()


def _hear(crew: _Workers, worker: WorkerProcess) -> tuple[Job, GradeResult | None]:
    """Take what a worker says; one that has failed is dismissed, so that a fresh one goes on."""
    task = crew.at_work[worker]
    try:
        if not worker.left_s:
            raise WorkerEndedError("a grading process did not come to an end")
        graded = worker.take()
    except WorkerEndedError as error:
        crew.dismiss(worker)
        return task, _fault(crew.setup, task, str(error))
    if graded is None:
        return task, None
    if graded.is_fault:
        crew.dismiss(worker)
    else:
        del crew.at_work[worker]
        crew.idle.append(worker)
    return task, graded


def _fault(setup: PoolSettings, task: Job, reason: str) -> GradeResult:
    """Report that the grader failed: no score, and so never a zero."""
    blank = blank_report(load_assignment(setup.assignment), task.grade.name, mode=setup.isolation)
    report = fail_report(blank, ReportStatus.GRADER_ERROR, reason)
    report = msgspec.structs.replace(report, key=task.grade.key)
    return GradeResult(report=report_to_json(report).encode(), is_fault=True)
