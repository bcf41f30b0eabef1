"""A pool that is open while it has something to do, and for a while afterwards."""

import contextlib
import threading
from concurrent.futures import CancelledError

from grader.pool.jobs import LivePool, OpenPool
from grader.pool.messages import GradeRequest, GradeResult


class WarmPool:
    """Grades with a pool that is opened when it is needed, and stays warm for the next submission.

    Args:
        pool: The pool.
        idle_s: How long it stays open with nothing to do. So no process is left if whoever used it
            is gone without a word.
    """

    def __init__(self, pool: LivePool, *, idle_s: float) -> None:
        self._pool = pool
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._opened: OpenPool | None = None
        self._running = 0
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def grade(self, request: GradeRequest) -> GradeResult:
        """Grade a submission, and wait for its result.

        Raises:
            UsageError: The assignment or its limits can't be used.
            CancelledError: The pool is closed, or was meanwhile.
        """
        with self._lock:
            self._stop_timer()
            if self._opened is None and not self._is_closed:
                self._opened = self._stack.enter_context(self._pool.open())
            opened = self._opened
            self._running += 1
        try:
            if opened is None:
                raise CancelledError
            return opened.submit(request).result()
        finally:
            with self._lock:
                self._running -= 1
                if not self._running and not self._is_closed:
                    self._timer = threading.Timer(self._idle_s, self._close_idle)
                    self._timer.daemon = True
                    self._timer.start()

    def close(self) -> None:
        """End all processes; what is being graded is cancelled."""
        with self._lock:
            self._is_closed = True
            self._stop_timer()
            self._close()

    def _close_idle(self) -> None:
        with self._lock:
            if not self._running:  # nothing came while this waited for the lock
                self._close()

    def _close(self) -> None:
        self._opened = None
        self._stack.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
