"""A pool whose workers are on other machines, with the scheduler of Dask in between."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

from grader.checks.assignment import load_assignment
from grader.pool.cluster_address import Certificates, expect_secure
from grader.pool.dask_link import Link, OpenDaskPool
from grader.pool.dask_worker import GradingPlugin
from grader.pool.grade_all import grade_all
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.pool.shipment import pack_assignment, pack_settings
from grader.sandbox.host.limits import Limits

# As long as a scheduler takes to start anew.
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskPool:
    """A pool on a cluster of Dask.

    Attributes:
        settings: How each submission is graded. The folder of recordings only says that some are
            kept: each machine has its own.
        address: The address of the scheduler.
        certificates: What encrypts the connection; needed unless the scheduler is on loopback.
        without: Folders and files that are not part of the assignment, even inside its folder,
            such as results and submissions.
        patience_s: How long a scheduler that doesn't answer is waited for.
    """

    settings: PoolSettings
    address: str
    certificates: Certificates | None = None
    without: tuple[Path, ...] = ()
    patience_s: float = PATIENCE_S

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenDaskPool]:
        """Open the pool, as `Pool` says.

        If the scheduler is lost for longer than the patience lasts, the pool closes itself:
        `OpenDaskPool.problem` then says why.

        Raises:
            UsageError: The assignment or its limits can't be used, the address is not secure, no
                scheduler answers, or a worker can't grade, such as with another zerograd.
        """
        address = expect_secure(self.address, self.certificates)
        assignment = load_assignment(self.settings.assignment)
        Limits.of({**assignment.limits, **self.settings.limits})
        archive = pack_assignment(assignment, without=self.without)
        plugin = GradingPlugin(pack_settings(self.settings, archive), archive)
        link = Link(address=address, certificates=self.certificates, patience_s=self.patience_s)
        with contextlib.closing(OpenDaskPool(self.settings, link, plugin)) as pool:
            pool.wait_until_open()
            yield pool

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade submissions, as `Pool` says; if the grader fails on one, it tries once more.

        Raises:
            ClusterLostError: The scheduler no longer answers. What was yielded is graded, and the
                rest is not.
            UsageError: As for `open`; also if a worker that came later can't grade.
        """
        with self.open() as pool:
            try:
                yield from grade_all(pool, jobs)
            except CancelledError:
                if pool.problem is None:
                    raise
                raise pool.problem from None
