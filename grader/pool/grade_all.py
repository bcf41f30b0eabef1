"""Grades many submissions with a pool, wherever its workers run."""

from collections.abc import Generator, Iterable
from concurrent.futures import Future
from queue import SimpleQueue

from grader.pool.jobs import Job, OpenPool
from grader.pool.messages import GradeResult

_Done = tuple[Job, Future[GradeResult]]


def grade_all(
    pool: OpenPool, jobs: Iterable[Job]
) -> Generator[tuple[Job, GradeResult], None, None]:
    """Grade submissions; if the grader fails on one, try once more.

    Args:
        pool: The pool, which is open.
        jobs: What to grade; the next is taken only when there is room for it.

    Yields:
        Each job with its result, in the order in which they finish.
    """
    done: SimpleQueue[_Done] = SimpleQueue()
    waiting = iter(jobs)
    running = 0
    tried: set[str] = set()

    def start(job: Job) -> None:
        pool.submit(job.request).add_done_callback(lambda future: done.put((job, future)))

    while True:
        while running < pool.capacity:
            job = next(waiting, None)
            if job is None:
                break
            running += 1
            start(job)
            del job  # before the next one, which may be as large
        if not running:
            return
        job, future = done.get()
        result = future.result()
        if result.is_fault and job.key not in tried:
            tried.add(job.key)
            start(job)
        else:
            running -= 1
            yield job, result
        del job, future, result
