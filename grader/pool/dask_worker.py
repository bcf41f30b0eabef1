"""What runs inside a worker of Dask: a pool of ours, and a function that hands submissions to it.

Dask pickles a plugin and the names of functions. Both have nothing but bytes of our own messages,
and what comes back is bytes too. No student's code runs in this process: the pool has processes of
its own, and these have locked children.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from grader.errors import UsageError
from grader.pool.cluster_messages import Answer, decode_message, encode_message
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, PoolSettings
from grader.pool.shipment import (
    expect_same_engine,
    read_settings,
    settings_at,
    unpack_assignment,
)
from grader.pool.warm_pool import WarmPool

# Longer than an instructor looks at the result before the next batch.
_IDLE_S = 300.0


class GradingPlugin(WorkerPlugin):
    """Keeps a warm pool beside a worker of Dask, with as many processes as it has threads.

    It is sent to every worker, also to those that come later.

    Args:
        settings: The frame that `pack_settings` has made.
        archive: The assignment, as `pack_assignment` has packed it.
    """

    # Whoever connects anew registers it anew: those who have it keep it.
    idempotent = True

    def __init__(self, settings: bytes, archive: bytes) -> None:
        self._settings = settings
        self._archive = archive
        self._pool: WarmPool | None = None
        self._folder = ""
        # Why this worker can't grade; empty if it can.
        self.problem = ""

    async def setup(self, worker: Worker) -> None:
        """Unpack the assignment into a private folder.

        Raises:
            UsageError: This machine can't grade, and why.
        """
        try:
            settings = await asyncio.to_thread(self._unpack, worker.local_directory)
        except (UsageError, ValueError, OSError) as error:
            # Nobody listens to a worker that comes later, so it says so when it is to grade.
            self.problem = f"the worker {worker.address} can't grade: {error}"
            raise UsageError(self.problem) from error
        pool = LocalPool(settings, workers=worker.state.nthreads)
        self._pool = WarmPool(pool, idle_s=_IDLE_S)

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's own
        """End the processes of the pool, and remove the folder."""
        await asyncio.to_thread(self._end)

    def _unpack(self, place: str) -> PoolSettings:
        shipment = read_settings(self._settings)
        expect_same_engine(shipment)
        # Dask removes what is in its own folder even if the worker is killed.
        self._folder = tempfile.mkdtemp(prefix="zerograd-", dir=place)
        folder = Path(self._folder).resolve()
        unpack_assignment(self._archive, shipment.digest, folder)
        return settings_at(shipment, folder)

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def grade(self, request: GradeRequest) -> Answer:
        """Grade a submission, and wait for its result."""
        if self._pool is None:
            return Answer(problem=self.problem)
        return Answer(result=self._pool.grade(request))


def grade(name: bytes, request: bytes) -> bytes:
    """Grade a submission on the worker in which this runs.

    Args:
        name: The name of the plugin, in UTF-8.
        request: The frame of a `GradeRequest`.

    Returns:
        The frame of an `Answer`.
    """
    plugin = get_worker().plugins[name.decode()]
    assert isinstance(plugin, GradingPlugin)  # noqa: S101 - nobody else's has the name
    return encode_message(plugin.grade(decode_message(request, GradeRequest)))
