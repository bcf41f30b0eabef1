"""A pool on a cluster that takes submissions: a connection to the scheduler of Dask.

Theory of operation
-------------------
One thread with an event loop does all that has to do with Dask; each submission is a task of that
loop. What is on its way is kept here, so nothing is lost with a worker (Dask has another one do
what it did) nor with a connection: once there is one again, all that has no answer is handed over
anew. Only if there is none for too long, the pool closes itself.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import CancelledError as DroppedError
from distributed import Client, KilledWorker, Security

from grader.errors import ClusterLostError, GraderError, UsageError
from grader.observations.frames import FrameError
from grader.pool.cluster_address import Certificates, expect_loopback
from grader.pool.cluster_messages import Answer, decode_message, encode_message
from grader.pool.dask_worker import GradingPlugin, grade
from grader.pool.fault import fail_request
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.shorten import shorten

_log = logging.getLogger(__name__)

# How long what is done at the end may take.
_GRACE_S = 10.0
_POLL_S = 0.1
# How often it is looked how many workers there are.
_LOOK_S = 2.0
# How often a submission is handed over that Dask drops, although the scheduler is there.
_TRIES = 3
_MAX_REASON = 500
# A submission is larger than what Dask warns of.
_CONFIG = {"distributed.admin.large-graph-warning-threshold": "1GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How to reach a cluster.

    Attributes:
        address: The address of the scheduler.
        certificates: What encrypts the connection; None on loopback.
        patience_s: How long a scheduler that doesn't answer is waited for.
    """

    address: str
    certificates: Certificates | None
    patience_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A submission that was handed in, its frame, and what its result goes to."""

    request: GradeRequest
    frame: bytes
    future: Future[GradeResult] = field(default_factory=Future)

    def finish(self, result: GradeResult) -> None:
        """Hand the result to whoever waits for it."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(result)


class OpenDaskPool:
    """A pool on a cluster that takes submissions.

    Args:
        settings: How submissions are graded.
        link: How to reach the cluster.
        plugin: What every worker of the cluster gets.
    """

    def __init__(self, settings: PoolSettings, link: Link, plugin: GradingPlugin) -> None:
        self._settings = settings
        self._link = link
        self._plugin = plugin
        self._name = f"zerograd-{secrets.token_hex(8)}"
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._unfinished: set[_Task] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._problem: GraderError | None = None
        self._threads = 0
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._gate = asyncio.Lock()
        # The connection over which the workers were last told how to grade.
        self._told_over: object = None
        self._is_open: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="zerograd-cluster", daemon=True)
        self._thread.start()

    @property
    def capacity(self) -> int:
        """How many submissions are worth handing in at once, with the workers of now.

        It is twice as many as they grade at once, so that none waits for its next one.
        """
        return 2 * max(1, self._threads)

    @property
    def problem(self) -> GraderError | None:
        """Why the pool has closed itself; None if it hasn't."""
        return self._problem

    def wait_until_open(self) -> None:
        """Wait until the cluster is reached, and its workers are ready.

        Raises:
            UsageError: The cluster can't be reached, or can't grade.
        """
        self._is_open.result()

    def submit(self, request: GradeRequest) -> Future[GradeResult]:
        """Hand in a submission, as `OpenPool` says."""
        try:
            task = _Task(request, encode_message(request))
        except FrameError as error:
            task = _Task(request, b"")
            task.finish(self._fail(request, f"it can't be sent to the cluster: {error}"))
            return task.future
        with self._lock:
            if self._is_closed:
                task.future.cancel()
                return task.future
            self._unfinished.add(task)
            self._loop.call_soon_threadsafe(self._start, task)
        return task.future

    def close(self) -> None:
        """End what workers do for this pool, and cancel what was not done."""
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
            if not was_closed:
                with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                    self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(4 * _GRACE_S)

    def _run(self) -> None:
        try:
            with dask.config.set(_CONFIG), asyncio.Runner(loop_factory=lambda: self._loop) as run:
                run.run(self._serve())
        finally:
            with self._lock:
                self._is_closed = True
            for task in self._unfinished:
                task.future.cancel()
            self._is_open.cancel()  # unless it was

    async def _serve(self) -> None:
        ended = asyncio.create_task(self._ending.wait())
        opening = asyncio.create_task(self._open())
        await asyncio.wait((opening, ended), return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():  # somebody has lost patience
            opening.cancel()
            await asyncio.wait((opening,))
            return
        try:
            self._client = opening.result()
        except GraderError as error:
            self._is_open.set_exception(error)
            return
        looking = asyncio.create_task(self._look())
        self._is_open.set_result(None)
        await ended
        for running in (looking, *self._running):
            running.cancel()
        await asyncio.wait((looking, *self._running), timeout=_GRACE_S)
        await self._leave(self._client)

    async def _open(self) -> Client:
        """Connect to the scheduler, and tell the workers how to grade.

        Raises:
            UsageError: That can't be done, and why.
        """
        link = self._link
        try:
            # Of the rest, Dask's own configuration may say more.
            security = link.certificates and Security(
                require_encryption=True,
                tls_ca_file=str(link.certificates.authority),
                tls_client_cert=str(link.certificates.certificate),
                tls_client_key=str(link.certificates.key),
            )
            client = Client(
                link.address,
                security=security,
                asynchronous=True,
                set_as_default=False,
                timeout=link.patience_s,
                name="zerograd",
            )
        except (OSError, ValueError) as error:  # of ssl too
            raise UsageError(f"the certificates can't be used: {error}") from error
        try:
            await client
        except (OSError, ValueError) as error:
            reason = shorten(str(error.__cause__ or error), _MAX_REASON)
            raise UsageError(f"no scheduler of Dask answers at {link.address}: {reason}") from error
        try:
            if link.certificates is None:
                # Each of its workers looks after itself.
                expect_loopback("the scheduler", (await _identify(client))["address"])
            await self._tell_workers(client)
            self._told_over = client.scheduler_comm
        except BaseException:
            await self._leave(client)
            raise
        return client

    async def _tell_workers(self, client: Client) -> None:
        """Register the plugin, which workers that come later get too.

        Raises:
            UsageError: A worker can't grade, and why.
            OSError: The scheduler is gone.
        """
        try:
            await client.register_plugin(self._plugin, name=self._name)
        except (GraderError, OSError):
            raise
        except Exception as error:  # whatever a worker without the same zerograd may raise
            raise UsageError(
                "a worker of the cluster can't grade, perhaps since the same zerograd is not "
                f"installed there: {_describe(error)}"
            ) from error
        self._threads = (await _identify(client))["total_threads"]

    async def _leave(self, client: Client) -> None:
        """Tell the workers that it is over, and disconnect; if nobody answers, it is over too."""
        for leave in (lambda: client.unregister_worker_plugin(self._name), client.close):
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_GRACE_S):
                    await leave()

    async def _look(self) -> None:
        """Look now and then how many workers there are, and whether the scheduler still is."""
        heard, had_workers = time.monotonic(), True
        # Libraries may swallow that a task is cancelled.
        while not self._ending.is_set():
            try:
                async with asyncio.timeout(self._link.patience_s):
                    info = await _identify(self._client)
            except (OSError, TimeoutError):
                if time.monotonic() - heard > self._link.patience_s:
                    self._give_up(ClusterLostError(self._link.address))
            else:
                heard = time.monotonic()
                self._threads = info["total_threads"]
                if had_workers and not self._threads:
                    _log.warning("the cluster has no workers; grading goes on when one comes")
                had_workers = bool(self._threads)
            await asyncio.sleep(_LOOK_S)

    def _give_up(self, error: GraderError) -> None:
        """Close the pool, since nothing can be graded any more."""
        with self._lock:
            self._is_closed = True
        self._problem = self._problem or error
        self._ending.set()

    def _start(self, task: _Task) -> None:
        running = self._loop.create_task(self._grade(task))
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _grade(self, task: _Task) -> None:
        try:
            answer = await self._ask(task)
            if answer.result is None:
                raise UsageError(answer.problem)
            result = answer.result
        except GraderError as error:
            self._give_up(error)
            return
        except KilledWorker as error:
            workers = error.allowed_failures + 1
            reason = f"{workers} workers of the cluster ended while they had it"
            result = self._fail(task.request, reason)
        except Exception as error:  # noqa: BLE001 - whatever Dask raises costs one submission
            reason = f"a worker of the cluster failed: {_describe(error)}"
            result = self._fail(task.request, reason)
        with self._lock:
            self._unfinished.discard(task)
        task.finish(result)

    async def _ask(self, task: _Task) -> Answer:
        """Have a worker grade a submission, and return its answer.

        Raises:
            GraderError: There is no cluster any more.
            Exception: Whatever Dask raises.
        """
        dropped = 0
        while True:
            await self._ready()
            connection = self._client.scheduler_comm
            key = f"{self._name}-{next(self._numbers)}"
            future = self._client.submit(
                grade, self._name.encode(), task.frame, key=key, pure=False
            )
            try:
                return decode_message(await future, Answer)
            except DroppedError:
                if self._client.scheduler_comm is connection:
                    dropped += 1
                if dropped == _TRIES:
                    raise
            finally:
                future.release()

    async def _ready(self) -> None:
        """Wait until there is a connection, and all workers know how to grade.

        Raises:
            ClusterLostError: There is none for too long.
        """
        async with self._gate:
            while True:
                if self._client.status not in {"running", "connecting"}:
                    raise ClusterLostError(self._link.address)
                connection = self._client.scheduler_comm
                if self._client.status == "running" and self._told_over is connection:
                    return
                if self._client.status == "running":
                    with contextlib.suppress(OSError):  # it is gone again
                        await self._tell_workers(self._client)
                        self._told_over = connection
                        continue
                await asyncio.sleep(_POLL_S)

    def _fail(self, request: GradeRequest, reason: str) -> GradeResult:
        return fail_request(self._settings, request, reason)


async def _identify(client: Client) -> dict[str, Any]:
    """Return what the scheduler says about itself.

    Raises:
        OSError: It doesn't answer.
    """
    if client.scheduler is None:  # the client has given up
        raise ConnectionError
    found: dict[str, Any] = await client.scheduler.identity(n_workers=0)
    return found


def _describe(error: Exception) -> str:
    return shorten(f"{type(error).__name__}: {error}", _MAX_REASON)
