"""Workers that fail are replaced, and no submission is lost.

The workers are made up: they speak as the real ones do, and the submissions say what they do.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from fake_worker import PROGRAM as FAKE

from grader.errors import UsageError
from grader.observations.frames import FrameError, append_frame
from grader.pool import local_pool, worker_process
from grader.pool.jobs import Job
from grader.pool.local_pool import LocalPool
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.worker_process import WorkerProcess
from grader.report.model import Report, ReportStatus

pytestmark = pytest.mark.slow


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, GradeResult]]:
    """Grade submissions with made-up workers; return the results by name."""
    monkeypatch.setattr(worker_process, "_PROGRAM", FAKE)
    monkeypatch.setattr(local_pool, "_SPARE_S", 2.0)

    def run(
        *names: str, jobs: int = 2, data: bytes = b"", has_pages: bool = False
    ) -> dict[str, GradeResult]:
        setup = PoolSettings(
            assignment="lab4",
            salt=str(tmp_path),
            limits={"total_wall_s": 1},
            has_pages=has_pages,
        )
        tasks = (Job(key=name, request=GradeRequest(name=name, data=data)) for name in names)
        return {job.key: result for job, result in LocalPool(setup, workers=jobs).grade_all(tasks)}

    return run


def processes(folder: Path) -> list[int]:
    """List the workers that were started."""
    return [int(path.name.removeprefix("pid-")) for path in folder.glob("pid-*")]


def is_running(pid: int) -> bool:
    """Return whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fault_of(graded: GradeResult) -> Report:
    """Read the report of a fault, which must have no score."""
    report = msgspec.json.decode(graded.report, type=Report)
    assert (report.status, report.score) == (ReportStatus.GRADER_ERROR, None)
    return report


def test_every_submission_is_graded_once(
    grade: Callable[..., dict[str, GradeResult]], tmp_path: Path
) -> None:
    """No more workers are started than asked for, and all of them are gone at the end."""
    names = [f"ok {number}" for number in range(20)]

    graded = grade(*names)

    assert sorted(graded) == sorted(names)
    assert len(processes(tmp_path)) == 2
    assert not any(map(is_running, processes(tmp_path)))


@pytest.mark.parametrize("todo", ["die", "garbage"])
def test_fault_has_a_page_that_says_so(
    grade: Callable[..., dict[str, GradeResult]], todo: str
) -> None:
    """If a worker fails, the submission's page says that the grader failed, and is never empty."""
    graded = grade(f"{todo} <b>lab4.py", has_pages=True)[f"{todo} <b>lab4.py"]

    page = graded.page.decode()
    assert fault_of(graded).error
    assert "The grader failed, so there is no score" in page
    assert "it is not a zero" in page
    assert f"{todo} &lt;b&gt;lab4.py" in page


def test_fault_without_pages_has_none(grade: Callable[..., dict[str, GradeResult]]) -> None:
    """A pool that was not asked for pages makes none."""
    assert grade("die 1")["die 1"].page == b""


def test_no_more_workers_are_started_than_there_is_to_do(
    grade: Callable[..., dict[str, GradeResult]], tmp_path: Path
) -> None:
    """A worker takes seconds to start, so one job starts one worker."""
    grade("ok 1", jobs=8)

    assert len(processes(tmp_path)) == 1


def test_nothing_to_do_is_no_error(grade: Callable[..., dict[str, GradeResult]]) -> None:
    """An empty batch starts no worker."""
    assert grade() == {}


@pytest.mark.parametrize("failure", ["die-once x", "fault-once x", "hang x"])
def test_submission_on_which_the_grader_failed_is_tried_again_in_a_fresh_process(
    grade: Callable[..., dict[str, GradeResult]], tmp_path: Path, failure: str
) -> None:
    """A failed worker is replaced, and the other submissions are graded as usual."""
    graded = grade("ok 1", failure, "ok 2", "ok 3", jobs=1)

    assert len(graded) == 4
    assert not graded[failure].is_fault
    assert len({graded[name].report.split()[0] for name in ("ok 1", failure)}) == 2
    assert len(processes(tmp_path)) == 2


@pytest.mark.parametrize("failure", ["die x", "garbage x"])
def test_second_failure_is_reported_and_never_a_zero(
    grade: Callable[..., dict[str, GradeResult]], failure: str
) -> None:
    """A submission that fails twice is reported as a fault; the others are graded."""
    graded = grade("ok 1", failure, "ok 2", jobs=1)

    assert graded[failure].is_fault
    assert fault_of(graded[failure]).submission.name == failure
    assert not graded["ok 1"].is_fault
    assert not graded["ok 2"].is_fault


def test_fault_says_what_the_process_said_last(
    grade: Callable[..., dict[str, GradeResult]],
) -> None:
    """The report quotes the exit status and standard error of the process."""
    report = fault_of(grade("die x")["die x"])

    assert "exit status 7" in report.error
    assert "something broke" in report.error


def test_worker_that_ends_between_two_submissions_is_replaced(
    grade: Callable[..., dict[str, GradeResult]],
) -> None:
    """A worker that ends while idle is no fault of any submission."""
    graded = grade("leave 1", "leave 2", "leave 3", jobs=1)

    assert [one.is_fault for one in graded.values()] == [False, False, False]


def test_large_submission_goes_through(grade: Callable[..., dict[str, GradeResult]]) -> None:
    """A submission of 64 MiB reaches the worker whole."""
    graded = grade("ok large", data=b"x" * (64 << 20))

    assert graded["ok large"].report.split()[1] == str(64 << 20).encode()


def test_next_task_is_taken_only_when_somebody_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Jobs are taken from the iterator one by one, so a large class is never in memory at once."""
    monkeypatch.setattr(worker_process, "_PROGRAM", FAKE)
    taken = 0

    def tasks() -> Iterator[Job]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield Job(key=str(number), request=GradeRequest(name=f"ok {number}"))

    setup = PoolSettings(assignment="lab4", salt=str(tmp_path))
    ahead = [taken - done for done, _ in enumerate(LocalPool(setup, workers=2).grade_all(tasks()))]

    assert max(ahead) <= 4


def test_workers_end_when_nobody_wants_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Closing the generator, as after Ctrl-C, ends all workers."""
    monkeypatch.setattr(worker_process, "_PROGRAM", FAKE)
    tasks = (Job(key=str(number), request=GradeRequest(name=f"ok {number}")) for number in range(9))
    pool = LocalPool(PoolSettings(assignment="lab4", salt=str(tmp_path)), workers=2)
    results = pool.grade_all(tasks)
    next(results)

    results.close()

    assert not any(map(is_running, processes(tmp_path)))


_STUCK = "import time; time.sleep(60)"


def test_worker_that_hangs_while_it_starts_is_found_out_by_its_deadline(
    grade: Callable[..., dict[str, GradeResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that never reads does not block the pool, however large the submission is."""
    monkeypatch.setattr(worker_process, "_PROGRAM", _STUCK)
    started = time.monotonic()

    result = grade("large x", data=b"x" * (16 << 20))["large x"]

    assert "did not end in time" in fault_of(result).error
    assert time.monotonic() - started < 30  # two tries of three seconds each


def test_worker_that_hangs_does_not_keep_the_others_waiting(
    grade: Callable[..., dict[str, GradeResult]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The second worker answers while the first one reads nothing."""
    first_is_stuck = f"""
import os, time
try:
    os.close(os.open({str(tmp_path / "stuck")!r}, os.O_CREAT | os.O_EXCL))
except FileExistsError:
    pass
else:
    time.sleep(60)
"""
    monkeypatch.setattr(worker_process, "_PROGRAM", first_is_stuck + FAKE)
    names = ["large x", *(f"ok {number}" for number in range(5))]

    results = grade(*names, data=b"x" * (4 << 20))

    assert [results[name].is_fault for name in names] == [False] * 6


def test_limit_that_is_none_is_refused_before_anything_starts() -> None:
    """An unknown limit is refused before any worker is started."""
    with pytest.raises(UsageError, match="limit"):
        next(
            LocalPool(PoolSettings(assignment="lab4", limits={"none": 1}), workers=1).grade_all([])
        )


def test_real_worker_ends_with_its_coordinator() -> None:
    """A worker is killed by the kernel when the process that started it ends."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        started = worker_process.WorkerProcess(PoolSettings(assignment="lab4"), patience_s=60)
        time.sleep(30)
        started.close()
        os._exit(0)
    time.sleep(0.5)
    children = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and _parent_of(path) == pid
    ]
    assert len(children) == 1

    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for _ in range(100):
        if not is_running(children[0]):
            break
        time.sleep(0.05)

    assert not is_running(children[0])


def _parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def limit_starts(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let only some workers start, as on a machine without room for more processes."""
    started: list[object] = []

    def start(settings: PoolSettings, *, patience_s: float) -> WorkerProcess:
        if len(started) >= number:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(None)
        return WorkerProcess(settings, patience_s=patience_s)

    monkeypatch.setattr(local_pool, "WorkerProcess", start)


def test_each_submission_has_a_report_when_no_worker_can_be_started(
    grade: Callable[..., dict[str, GradeResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any worker, each report says that none could be started, and the pool ends."""
    limit_starts(monkeypatch, 0)

    graded = grade("ok 1", "ok 2", "ok 3", has_pages=True)

    assert len(graded) == 3
    for result in graded.values():
        reason = "a grading process could not be started: Resource temporarily unavailable"
        assert fault_of(result).error == reason
        assert reason in result.page.decode()


def test_workers_that_are_there_grade_for_those_that_cannot_be_started(
    grade: Callable[..., dict[str, GradeResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If there is room for one worker only, it grades everything."""
    limit_starts(monkeypatch, 1)

    graded = grade("ok 1", "ok 2", "ok 3", jobs=3)

    assert sorted(graded) == ["ok 1", "ok 2", "ok 3"]
    assert not any(result.is_fault for result in graded.values())


def test_submission_that_cannot_be_sent_costs_no_other(
    grade: Callable[..., dict[str, GradeResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that does not fit into a frame is a fault of one submission."""

    def append(
        buffer: bytearray, message: PoolSettings | GradeRequest, *, limit_bytes: int
    ) -> None:
        if isinstance(message, GradeRequest) and message.name == "ok 2":
            raise FrameError("too large")
        append_frame(buffer, message, limit_bytes=limit_bytes)

    monkeypatch.setattr(worker_process, "append_frame", append)

    graded = grade("ok 1", "ok 2", "ok 3", jobs=1)

    assert "too large" in fault_of(graded["ok 2"]).error
    assert [graded[name].is_fault for name in ("ok 1", "ok 3")] == [False, False]


def test_workers_let_others_go_first_if_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server on the same machine answers while submissions are graded."""
    monkeypatch.setattr(worker_process, "_PROGRAM", FAKE)
    settings = PoolSettings(assignment="lab4", salt=str(tmp_path))
    pool = LocalPool(settings, workers=1, niceness=7)
    results = pool.grade_all([Job(key="1", request=GradeRequest(name="ok 1"))])
    next(results)

    (pid,) = processes(tmp_path)
    assert os.getpriority(os.PRIO_PROCESS, pid) == 7
    results.close()
