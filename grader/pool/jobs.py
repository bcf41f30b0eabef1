"""The interface of a pool, wherever its workers run, and the jobs that it takes."""

from collections.abc import Generator, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from grader.pool.messages import GradeRequest, GradeResult, PoolSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to grade; ``key`` is the caller's own name for it."""

    key: str
    request: GradeRequest


class OpenPool(Protocol):
    """A pool that takes submissions: bytes go in, and a report comes out."""

    @property
    def capacity(self) -> int:
        """How many submissions are worth handing in at once: more would only wait inside."""

    def submit(self, request: GradeRequest) -> Future[GradeResult]:
        """Hand in a submission; return at once.

        If the grader fails on it, wherever and however, the result is a report that says so and has
        no score. The future raises nothing, unless the pool is closed first: then it is cancelled.
        This may be called from any thread.
        """


class Pool(Protocol):
    """Grades submissions side by side."""

    @property
    def settings(self) -> PoolSettings:
        """How each submission is graded."""

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade submissions; closing the generator ends what is still running.

        Args:
            jobs: What to grade; the next is taken only when a worker is free for it.

        Yields:
            Each job with its result, in the order in which they finish. If the grader failed
            on a submission twice, its report says so and has no score.

        Raises:
            UsageError: the assignment or its limits can't be used.
        """


class LivePool(Pool, Protocol):
    """A pool that also takes submissions one by one, as they come."""

    def open(self) -> AbstractContextManager[OpenPool]:
        """Open the pool; leaving the context ends what is still running.

        Raises:
            UsageError: the assignment or its limits can't be used.
        """
