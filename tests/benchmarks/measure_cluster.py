"""Measures what grading on a cluster costs, and that nothing is lost when workers are killed.

    python tests/benchmarks/measure_cluster.py [--count N] [--rounds N] [--kills N]

A scheduler and two workers of Dask, with a thread each, run as processes on loopback, beside a
local pool of two processes; both are warm and take turns, so that other load on the machine hits
both. CPU time is that of whole trees of processes: of the workers with all that they start, and of
everything, which has the scheduler and the client as well. All share this machine's cores, so wall
time is only reported. The reports have to be the same bytes, but for their timing.

With ``--kills``, workers are killed (SIGKILL) after every few results until there were so many;
each submission still has to have one report, and the same.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from dask_cluster import Cluster, open_cluster  # noqa: E402

from grader.authoring.mock_class import write_mock_class  # noqa: E402
from grader.checks.assignment import load_assignment  # noqa: E402
from grader.pool.dask_pool import DaskPool  # noqa: E402
from grader.pool.grade_all import grade_all  # noqa: E402
from grader.pool.jobs import Job, OpenPool, Pool  # noqa: E402
from grader.pool.local_pool import LocalPool  # noqa: E402
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings  # noqa: E402

_WORKERS = 2
_ODD_ONES = 5  # at the end of a made-up class; they would only measure the limits
_RECORDED_S = 120.0
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_EVERY = (1, 2, 3)


def cpu_s(*roots: int) -> float:
    """Return the CPU seconds of some trees of processes, with those that have ended."""
    parents: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents.setdefault(int(fields[1]), []).append(pid)
            times[pid] = sum(map(int, fields[11:15])) / _TICKS_A_SECOND
    total, waiting = 0.0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += times.get(pid, 0.0)
        waiting.extend(parents.get(pid, ()))
    return total


def jobs(files: Sequence[Path]) -> Iterator[Job]:
    """Yield a job for each file."""
    for path in files:
        yield Job(key=path.name, request=GradeRequest(name=path.name, data=path.read_bytes()))


def without_timing(result: GradeResult) -> bytes:
    """Return a report without what differs from one run to the next."""
    report = json.loads(result.report)
    report.pop("timing")
    return json.dumps(report).encode()


class Side:
    """One of the pools that are compared, while it is open.

    Attributes:
        name: What it is.
        reports: The reports that it has made, by the names of the files.
        all_s: The CPU seconds of everything, of all measured runs.
        workers_s: The CPU seconds of the workers alone.
        wall_s: The seconds that passed.
    """

    def __init__(
        self,
        name: str,
        pool: OpenPool,
        everything: Callable[[], float],
        workers: Callable[[], float],
    ) -> None:
        self.name = name
        self.reports: dict[str, bytes] = {}
        self.all_s = self.workers_s = self.wall_s = 0.0
        self._pool = pool
        self._everything = everything
        self._workers = workers

    def run(self, files: Sequence[Path]) -> None:
        """Grade files, and add what it takes."""
        before = self._everything(), self._workers(), time.perf_counter()
        for job, result in grade_all(self._pool, jobs(files)):
            if result.is_fault:
                sys.exit(f"{self.name}: {job.key}: {result.report.decode()}")
            self.reports[job.key] = without_timing(result)
        self.all_s += self._everything() - before[0]
        self.workers_s += self._workers() - before[1]
        self.wall_s += time.perf_counter() - before[2]

    def warm_up(self, files: Sequence[Path], cache: Path, recordings: int) -> None:
        """Start all processes, and wait until what is right has been recorded."""
        self.run(files)
        deadline = time.monotonic() + _RECORDED_S
        while len(list(cache.glob("*.recording"))) < recordings and time.monotonic() < deadline:
            time.sleep(0.2)
        self.run(files)
        self.all_s = self.workers_s = self.wall_s = 0.0


def measure(files: Sequence[Path], rounds: int, cluster: Cluster, cache: Path) -> dict[str, bytes]:
    """Compare the pools, print the figures, and return the reports."""
    settings = PoolSettings(
        assignment="lab4", salt="benchmark", is_class=True, recordings=str(cache)
    )
    local_pool = LocalPool(settings, workers=_WORKERS)
    dask_pool = DaskPool(settings=settings, address=cluster.address)
    with local_pool.open() as here, dask_pool.open() as there:
        assert cluster.scheduler is not None  # it was started
        nannies = [nanny.pid for nanny in cluster.nannies]
        outside = (cluster.scheduler.pid, *nannies)
        # The cluster's processes are never quite idle; what they do meanwhile is not local.
        local = Side(
            "local",
            here,
            everything=lambda: cpu_s(os.getpid()) - cpu_s(*outside),
            workers=lambda: cpu_s(os.getpid()) - cpu_s(*outside),
        )
        dask = Side(
            "Dask",
            there,
            everything=lambda: cpu_s(os.getpid()),
            workers=lambda: cpu_s(*nannies),
        )
        for recordings, side in enumerate((local, dask), 1):
            side.warm_up(files[: 4 * _WORKERS], cache, recordings)
        for _ in range(rounds):
            local.run(files)
            dask.run(files)
    count = len(files) * rounds
    base = local.all_s / count
    print(f"load average {os.getloadavg()[0]:.1f}; {len(files)} submissions, {rounds} rounds")
    print(f"local: {base:.3f} CPU s a submission, {local.wall_s / count:.3f} s wall")
    for what, seconds in (("workers", dask.workers_s), ("with scheduler, client", dask.all_s)):
        print(
            f"Dask, {what}: {seconds / count:.3f} CPU s a submission, "
            f"{seconds / count / base:.3f} times the local pool (aim for the workers: 1.10)"
        )
    print(f"Dask: {dask.wall_s / count:.3f} s wall")
    if local.reports != dask.reports:
        sys.exit("the reports differ")
    print("the reports are the same bytes, but for their timing")
    return local.reports


def kill(files: Sequence[Path], kills: int, cluster: Cluster, right: dict[str, bytes]) -> None:
    """Kill workers while they grade, and count what is lost."""
    pool: Pool = DaskPool(
        settings=PoolSettings(assignment="lab4", salt="benchmark", is_class=True),
        address=cluster.address,
    )
    seed = random.randrange(1 << 32)  # noqa: S311 - not secret
    chance = random.Random(seed)  # noqa: S311
    print(f"{kills} kills, seed {seed}")
    done = faults = other = rounds = killed = 0
    until_next = 1
    while killed < kills:
        rounds += 1
        seen = set()
        for job, result in pool.grade_all(jobs(files)):
            seen.add(job.key)
            done += 1
            faults += result.is_fault
            other += not result.is_fault and without_timing(result) != right[job.key]
            until_next -= 1
            workers = cluster.workers()
            if until_next <= 0 and killed < kills and workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    killed += 1
                until_next = chance.choice(_EVERY)
        if len(seen) != len(files):
            sys.exit(f"lost: {sorted({path.name for path in files} - seen)}")
    print(
        f"{killed} workers killed, {rounds} rounds, {done} submissions: "
        f"{faults} without a score, {other} with another report, none lost"
    )
    if faults or other:
        sys.exit(1)


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="submissions in the class")
    parser.add_argument("--rounds", type=int, default=2, help="how often each pool grades it")
    parser.add_argument("--kills", type=int, default=0, help="how many workers to kill")
    options = parser.parse_args(None if arguments is None else list(arguments))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = folder / "cache"
        os.environ["ZEROGRAD_CACHE"] = str(cache)
        made = write_mock_class(
            load_assignment(), folder / "class", count=options.count + _ODD_ONES
        )
        files = sorted(made.iterdir())[: options.count]
        with open_cluster(folder / "cluster", workers=_WORKERS) as cluster:
            right = measure(files, options.rounds, cluster, cache)
            if options.kills:
                kill(files, options.kills, cluster, right)


if __name__ == "__main__":
    main()
