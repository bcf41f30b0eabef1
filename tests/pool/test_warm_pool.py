"""A warm pool is open while it is used, and not for ever afterwards."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, Future

import pytest
from dask_cluster import wait_until

from grader.pool.jobs import Job
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.warm_pool import WarmPool

REQUEST = GradeRequest(name="a.py")


class _OpenPool:
    """A pool that answers when it is told to."""

    capacity = 1

    def __init__(self) -> None:
        self.futures: list[Future[GradeResult]] = []
        self.answers_at_once = True

    def submit(self, request: GradeRequest) -> Future[GradeResult]:
        future: Future[GradeResult] = Future()
        self.futures.append(future)
        if self.answers_at_once:
            future.set_result(GradeResult(report=request.name.encode()))
        return future


class _Pool:
    """A pool that counts how often it was opened and closed."""

    settings = PoolSettings(assignment="lab4")

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.inside = _OpenPool()

    @contextlib.contextmanager
    def open(self) -> Iterator[_OpenPool]:
        self.opened += 1
        try:
            yield self.inside
        finally:
            self.closed += 1
            for future in self.inside.futures:
                future.cancel()

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        raise NotImplementedError


def test_pool_is_opened_once_and_stays_open() -> None:
    """The next submission finds it warm."""
    pool = _Pool()
    warm = WarmPool(pool, idle_s=60)
    assert pool.opened == 0

    assert warm.grade(REQUEST).report == b"a.py"
    assert warm.grade(REQUEST).report == b"a.py"

    assert (pool.opened, pool.closed) == (1, 0)
    warm.close()
    assert (pool.opened, pool.closed) == (1, 1)


def test_pool_with_nothing_to_do_is_closed_and_opened_again() -> None:
    """If whoever used it is gone without a word, its processes are gone soon after."""
    pool = _Pool()
    warm = WarmPool(pool, idle_s=0.05)
    warm.grade(REQUEST)

    wait_until(lambda: pool.closed == 1, within_s=10)

    assert warm.grade(REQUEST).report == b"a.py"
    assert pool.opened == 2
    warm.close()


def _in_thread(call: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except CancelledError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def test_pool_in_use_is_not_closed() -> None:
    """However long a submission takes."""
    pool = _Pool()
    warm = WarmPool(pool, idle_s=0.01)
    warm.grade(REQUEST)
    pool.inside.answers_at_once = False
    thread, errors = _in_thread(lambda: warm.grade(REQUEST))
    wait_until(lambda: len(pool.inside.futures) == 2, within_s=10)
    closed = pool.closed

    thread.join(timeout=0.1)

    assert pool.closed == closed
    pool.inside.futures[-1].set_result(GradeResult(report=b""))
    thread.join()
    assert errors == []
    warm.close()


def test_closing_cancels_what_is_being_graded() -> None:
    """Nobody waits for it any more."""
    pool = _Pool()
    pool.inside.answers_at_once = False
    warm = WarmPool(pool, idle_s=60)
    thread, errors = _in_thread(lambda: warm.grade(REQUEST))
    wait_until(lambda: pool.inside.futures, within_s=10)

    warm.close()

    thread.join()
    assert len(errors) == 1
    with pytest.raises(CancelledError):
        warm.grade(REQUEST)
