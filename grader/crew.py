"""Several graders at work side by side, each in a process of its own.

A process and not a thread: pytest is not made to run twice in one.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One submission to be graded: ``key`` is the caller's own name for it.

    ``only`` names the functions to grade, where not all are.
    """

    key: str
    path: Path
    seed: int | None = None
    only: tuple[str, ...] | None = None


def grade_all(
    tasks: Iterable[Task], *, assignment: Path | str, jobs: int
) -> Iterator[tuple[Task, Report]]:
    """Grade submissions side by side.

    Args:
        tasks: What to grade.
        assignment: Name or folder of the assignment.
        jobs: How many graders; each keeps torch warm from one submission to the next.

    Yields:
        Each task with its report, in the order in which they are done.
    """
    waiting = list(tasks)
    with ProcessPoolExecutor(
        max_workers=max(1, min(jobs, len(waiting))),
        mp_context=multiprocessing.get_context("spawn"),  # a fork would copy our threads' locks
        initializer=_start,
        initargs=(assignment,),
    ) as pool:
        running: dict[Future[Report], Task] = {pool.submit(_grade, task): task for task in waiting}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


# In a worker process: its one grader, which lives as long as the process.
_graders: list[Grader] = []


def _start(assignment: Path | str) -> None:
    _graders.append(Grader(load_assignment(assignment)))


def _grade(task: Task) -> Report:
    return _graders[0].grade(task.path, seed=task.seed, only=task.only)
