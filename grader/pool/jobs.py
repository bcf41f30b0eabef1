"""The interface of a pool, wherever its workers run, and the jobs that it takes."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Protocol

from grader.pool.messages import GradeRequest, GradeResult, PoolSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to grade; ``key`` is the caller's own name for it."""

    key: str
    request: GradeRequest


class Pool(Protocol):
    """Grades submissions side by side: takes jobs, and yields each with its result."""

    @property
    def settings(self) -> PoolSettings:
        """How each submission is graded."""

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade submissions; closing the generator ends what is still running.

        Args:
            jobs: What to grade; the next is taken only when a worker is free for it.

        Yields:
            Each job with its result, in the order in which they finish. If the grader failed
            on a submission, its report says so and has no score.

        Raises:
            UsageError: the assignment or its limits can't be used.
        """
