"""On a cluster no submission is lost, whatever ends: a process, a worker or the scheduler.

Scheduler and workers are Dask's own, as processes on loopback. The processes that grade are made
up: the submissions say what they do.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from dask_cluster import Cluster, open_cluster, wait_until
from fake_worker import PRELOAD

from grader.errors import ClusterLostError, UsageError
from grader.observations.frames import FrameError
from grader.pool import dask_link
from grader.pool.cluster_messages import encode_message
from grader.pool.dask_pool import DaskPool
from grader.pool.jobs import Job
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.model import Report, ReportStatus

pytestmark = pytest.mark.slow

# After so many ends of workers, the submission that all of them had is given up.
ALLOWED = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a scheduler and two workers for all tests that don't end the scheduler."""
    folder = tmp_path_factory.mktemp("cluster")
    with open_cluster(folder, workers=2, preload=PRELOAD) as started:
        wait_until(lambda: len(started.workers()) == 2)
        yield started


@pytest.fixture
def make_pool(tmp_path: Path) -> Callable[..., DaskPool]:
    """Return a function that makes a pool on a cluster."""

    def make(cluster: Cluster, *, patience_s: float = 30.0) -> DaskPool:
        settings = PoolSettings(assignment="lab4", salt=str(tmp_path), limits={"total_wall_s": 20})
        return DaskPool(settings=settings, address=cluster.address, patience_s=patience_s)

    return make


def jobs(*names: str, data: bytes = b"") -> Iterator[Job]:
    """Yield a job for each name."""
    for name in names:
        yield Job(key=name, request=GradeRequest(name=name, data=data))


def grade(pool: DaskPool, *names: str, data: bytes = b"") -> dict[str, GradeResult]:
    """Grade submissions; return the results by name."""
    return {job.key: result for job, result in pool.grade_all(jobs(*names, data=data))}


def numbered(todo: str, count: int) -> list[str]:
    """Return the names of some submissions that all do the same."""
    return [f"{todo} {number}" for number in range(count)]


def processes(folder: Path) -> list[int]:
    """List the processes that were started to grade."""
    return [int(path.name.removeprefix("pid-")) for path in folder.glob("pid-*")]


def is_running(pid: int) -> bool:
    """Return whether a process is there."""
    return Path(f"/proc/{pid}/fd").exists() and _state(pid) != "Z"


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return "Z"


def fault_of(graded: GradeResult) -> str:
    """Return what the report of a fault says; it must have no score."""
    report = msgspec.json.decode(graded.report, type=Report)
    assert graded.is_fault
    assert (report.status, report.score) == (ReportStatus.GRADER_ERROR, None)
    return report.error


def test_every_submission_is_graded_once(
    cluster: Cluster, make_pool: Callable[..., DaskPool], tmp_path: Path
) -> None:
    """Each worker keeps one process warm for all that it grades, and none is left at the end."""
    names = numbered("slow", 20)

    graded = grade(make_pool(cluster), *names)

    assert sorted(graded) == sorted(names)
    assert not any(result.is_fault for result in graded.values())
    assert len(processes(tmp_path)) == 2
    wait_until(lambda: not any(map(is_running, processes(tmp_path))))


def test_nothing_to_do_is_no_error(cluster: Cluster, make_pool: Callable[..., DaskPool]) -> None:
    """An empty class needs no process."""
    assert grade(make_pool(cluster)) == {}


def test_large_submission_goes_through(
    cluster: Cluster, make_pool: Callable[..., DaskPool]
) -> None:
    """A submission of 64 MiB reaches the process whole."""
    graded = grade(make_pool(cluster), "ok large", data=b"x" * (64 << 20))

    assert graded["ok large"].report.split()[1] == str(64 << 20).encode()


@pytest.mark.parametrize("failure", ["die x", "garbage x"])
def test_second_failure_of_a_process_is_reported_and_never_a_zero(
    cluster: Cluster, make_pool: Callable[..., DaskPool], failure: str
) -> None:
    """What a process fails on is a fault of one submission, and the others are graded."""
    graded = grade(make_pool(cluster), "ok 1", failure, "ok 2")

    assert fault_of(graded[failure])
    assert not graded["ok 1"].is_fault
    assert not graded["ok 2"].is_fault


def test_submission_on_which_a_process_failed_once_is_graded(
    cluster: Cluster, make_pool: Callable[..., DaskPool]
) -> None:
    """It is tried once more, on any worker."""
    graded = grade(make_pool(cluster), "die-once x", "fault-once y")

    assert not any(result.is_fault for result in graded.values())


def test_no_submission_is_lost_with_a_worker(
    cluster: Cluster, make_pool: Callable[..., DaskPool], tmp_path: Path
) -> None:
    """Workers that are killed in the middle of it are started anew, and all is graded."""
    names = numbered("slow", 40)
    kills = 0

    graded = {}
    for job, result in make_pool(cluster).grade_all(jobs(*names)):
        graded[job.key] = result
        if len(graded) in {5, 15, 25}:
            kills += cluster.kill_workers()

    assert kills >= 3
    assert sorted(graded) == sorted(names)
    assert not any(result.is_fault for result in graded.values())
    wait_until(lambda: not any(map(is_running, processes(tmp_path))))


def test_pool_takes_submissions_from_any_thread_and_at_any_time(
    cluster: Cluster, make_pool: Callable[..., DaskPool]
) -> None:
    """As a service does: there is no list of all submissions."""
    with make_pool(cluster).open() as pool:
        futures = []
        threads = [
            threading.Thread(
                target=lambda number=number: futures.append(
                    pool.submit(GradeRequest(name=f"ok {number}"))
                )
            )
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [one.result(timeout=60).is_fault for one in futures] == [False] * 8
        assert pool.capacity == 4
    assert pool.submit(GradeRequest(name="ok late")).cancelled()


def test_processes_end_when_nobody_wants_the_rest(
    cluster: Cluster, make_pool: Callable[..., DaskPool], tmp_path: Path
) -> None:
    """Closing the generator, as after Ctrl-C, ends what the workers do for it."""
    results = make_pool(cluster).grade_all(jobs(*numbered("slow", 9), "hang 1", "hang 2"))
    next(results)
    started = time.monotonic()

    results.close()

    assert time.monotonic() - started < 20
    wait_until(lambda: not any(map(is_running, processes(tmp_path))), within_s=20)


def test_submission_that_cannot_be_sent_costs_no_other(
    cluster: Cluster, make_pool: Callable[..., DaskPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that does not fit into a frame is a fault of one submission."""

    def encode(message: msgspec.Struct) -> bytes:
        if isinstance(message, GradeRequest) and message.name == "ok 2":
            raise FrameError("too large")
        return encode_message(message)

    monkeypatch.setattr(dask_link, "encode_message", encode)

    graded = grade(make_pool(cluster), "ok 1", "ok 2", "ok 3")

    assert "too large" in fault_of(graded["ok 2"])
    assert [graded[name].is_fault for name in ("ok 1", "ok 3")] == [False, False]


def test_limit_that_is_none_is_refused_before_anything_starts() -> None:
    """An unknown limit is refused before the cluster is asked for anything."""
    settings = PoolSettings(assignment="lab4", limits={"none": 1})

    with pytest.raises(UsageError, match="limit"):
        next(DaskPool(settings=settings, address="tcp://127.0.0.1:1").grade_all([]))


def test_submission_with_which_every_worker_ends_is_given_up(
    tmp_path: Path, make_pool: Callable[..., DaskPool]
) -> None:
    """It is reported as a fault, and the others are graded by the workers that come back."""
    with open_cluster(
        tmp_path / "cluster", workers=1, preload=PRELOAD, settings=ALLOWED
    ) as cluster:
        graded = grade(make_pool(cluster), "kill-machine x")
        after = grade(make_pool(cluster), "ok 1")

    assert fault_of(graded["kill-machine x"]) == (
        "2 workers of the cluster ended while they had it"
    )
    assert not after["ok 1"].is_fault


def test_lost_scheduler_is_said_and_what_was_graded_stays(
    tmp_path: Path, make_pool: Callable[..., DaskPool]
) -> None:
    """The error names the scheduler, and comes soon; all that came before was handed out."""
    graded: list[tuple[Job, GradeResult]] = []
    with open_cluster(tmp_path / "cluster", workers=1, preload=PRELOAD) as cluster:
        results = make_pool(cluster, patience_s=10).grade_all(jobs(*numbered("slow", 50)))
        for _ in range(3):
            next(results)
        assert cluster.scheduler is not None
        cluster.scheduler.kill()

        with pytest.raises(ClusterLostError, match=r"tcp://127.0.0.1:\d+ no longer answers"):
            graded.extend(results)


@pytest.mark.parametrize("is_killed", [True, False])
def test_scheduler_that_comes_back_grades_the_rest(
    tmp_path: Path, make_pool: Callable[..., DaskPool], *, is_killed: bool
) -> None:
    """All that has no result is handed to the new scheduler, and to its new workers."""
    names = numbered("slow", 20)
    graded = {}
    with open_cluster(tmp_path / "cluster", workers=1, preload=PRELOAD) as cluster:
        port = int(cluster.address.rpartition(":")[2])
        for job, result in make_pool(cluster).grade_all(jobs(*names)):
            graded[job.key] = result
            if len(graded) == 5:
                assert cluster.scheduler is not None
                if is_killed:
                    cluster.scheduler.kill()
                else:
                    cluster.scheduler.terminate()
                cluster.scheduler.wait()
                cluster.start_scheduler(port=port)
                cluster.start_worker()

    assert sorted(graded) == sorted(names)
    assert not any(result.is_fault for result in graded.values())


def test_cluster_without_workers_is_waited_for(
    tmp_path: Path, make_pool: Callable[..., DaskPool], caplog: pytest.LogCaptureFixture
) -> None:
    """Workers may come later, as from a queue; until then it is said what is missing."""
    with open_cluster(tmp_path / "cluster", preload=PRELOAD) as cluster:
        results = make_pool(cluster).grade_all(jobs("ok 1"))
        timer = threading.Timer(3.0, cluster.start_worker)
        timer.start()

        [(_, result)] = results

        timer.join()
    assert not result.is_fault
    assert "the cluster has no workers" in caplog.text


def test_scheduler_that_is_not_there_is_said_before_anything_is_graded(
    make_pool: Callable[..., DaskPool],
) -> None:
    """It is a usage error, with the address."""
    pool = make_pool(Cluster(Path(), address="tcp://127.0.0.1:1"), patience_s=0.5)

    with pytest.raises(UsageError, match=r"no scheduler of Dask answers at tcp://127.0.0.1:1"):
        grade(pool, "ok 1")


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_part_of_a_cluster_that_others_can_reach_without_tls_is_refused(
    tmp_path: Path, make_pool: Callable[..., DaskPool], part: str
) -> None:
    """A scheduler that listens everywhere is refused, although it is reached through loopback."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, preload=PRELOAD)
    with contextlib.closing(cluster):
        cluster.start_scheduler(host="0.0.0.0" if part == "scheduler" else "127.0.0.1")  # noqa: S104 - that is what is refused
        port = cluster.address.rpartition(":")[2]
        cluster.address = f"tcp://127.0.0.1:{port}"
        if part == "worker":
            cluster.start_worker(host="0.0.0.0")  # noqa: S104
            wait_until(lambda: "Registered to" in cluster.log())

        with pytest.raises(UsageError, match=r"listens on tcp://.*--host 127.0.0.1"):
            grade(make_pool(cluster), "ok 1")
