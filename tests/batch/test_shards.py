"""Shards of a class: nobody is in two of them or in none, and none is in the way of another."""

import contextlib
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest
from fakes import check_result, make_report

from grader.batch.collection import Collection, Entry
from grader.batch.run import Batch, grade_class
from grader.batch.shard import Shard, read_shard
from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.errors import ClusterLostError, UsageError
from grader.pool.jobs import Job
from grader.pool.messages import GradeResult, PoolSettings
from grader.report.class_model import ClassSummary
from grader.report.schema import report_to_json

NAMES = [f"student{number}.py" for number in range(12)]


class _Pool:
    """A pool in which every submission passes, and that may lose its cluster."""

    settings = PoolSettings(assignment="lab4", has_pages=True)

    def __init__(self, lost_after: int | None = None) -> None:
        self.graded: list[str] = []
        self._lost_after = lost_after

    def open(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        for job in jobs:
            if len(self.graded) == self._lost_after:
                raise ClusterLostError("tls://grading:8786")
            self.graded.append(job.key)
            report = make_report(check_result("mse/a"), key=job.request.key)
            yield job, GradeResult(report=report_to_json(report).encode(), page=b"<p>page</p>")


def grade(out: Path, pool: _Pool, shard: Shard | None = None) -> ClassSummary:
    """Grade the class, or a shard of it."""
    entries = tuple(
        Entry(place=name, file=name, read=lambda: b"w = 1\n", owners=(name,)) for name in NAMES
    )
    batch = Batch(
        assignment=load_assignment(),
        collection=Collection(entries=entries),
        pool=pool,
        shard=shard,
    )
    store = ReportStore(out)
    with store.lock(shard=shard):
        return grade_class(batch, store, on_progress=lambda *_: None)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100])
def test_every_submission_is_in_one_shard(count: int) -> None:
    """In exactly one, and always in the same."""
    shards = [Shard(number, count) for number in range(1, count + 1)]

    for name in NAMES:
        assert sum(shard.has(name) for shard in shards) == 1


def test_shard_of_a_submission_does_not_change_with_the_class() -> None:
    """Nor with the version of Python, whose own hashes are others in each process."""
    found = [name for name in NAMES if Shard(2, 3).has(name)]

    assert found == [f"student{number}.py" for number in (0, 1, 4, 8, 11)]


@pytest.mark.parametrize(
    ("text", "shard"), [("1/1", Shard(1, 1)), ("3/8", Shard(3, 8)), ("08/8", Shard(8, 8))]
)
def test_shard_is_read_as_people_count(text: str, shard: Shard) -> None:
    """From one."""
    assert read_shard(text) == shard


@pytest.mark.parametrize(
    "text", ["", "3", "/8", "3/", "0/8", "9/8", "1/0", "0/0", "-1/8", "3 of 8", "3/8/2", "٣/٨"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    """The message shows what one looks like, or which is the first."""
    with pytest.raises(UsageError, match=r"the third of eight is 3/8|there is no shard"):
        read_shard(text)


def test_shards_write_reports_and_the_class_follows(tmp_path: Path) -> None:
    """The batch of the whole class grades nothing anew, and has everybody."""
    pools = [_Pool() for _ in range(3)]
    for number, pool in enumerate(pools, 1):
        grade(tmp_path, pool, Shard(number, 3))
        assert not (tmp_path / "gradebook.csv").exists()
        assert not (tmp_path / "summary.json").exists()
    graded = [name for pool in pools for name in pool.graded]

    last = _Pool()
    summary = grade(tmp_path, last)

    assert sorted(graded) == sorted(NAMES)
    assert min(len(pool.graded) for pool in pools) > 0
    assert last.graded == []
    assert sorted(row.file for row in summary.rows) == sorted(NAMES)
    assert (tmp_path / "gradebook.csv").exists()


def test_class_after_a_shard_that_failed_grades_its_part(tmp_path: Path) -> None:
    """Whatever became of the job."""
    first = _Pool()
    grade(tmp_path, first, Shard(1, 2))

    last = _Pool()
    grade(tmp_path, last)

    assert sorted(first.graded + last.graded) == sorted(NAMES)


def test_several_shards_can_be_graded_at_once_but_none_twice(tmp_path: Path) -> None:
    """No batch of the whole class is graded meanwhile, either."""
    store = ReportStore(tmp_path)
    with store.lock(shard=Shard(1, 2)), ReportStore(tmp_path).lock(shard=Shard(2, 2)):
        with (
            pytest.raises(UsageError, match="shard 1/2 is being graded"),
            ReportStore(tmp_path).lock(shard=Shard(1, 2)),
        ):
            pass
        with pytest.raises(UsageError, match="another batch"), ReportStore(tmp_path).lock():
            pass
    with (
        store.lock(),
        pytest.raises(UsageError, match="another batch is running"),
        ReportStore(tmp_path).lock(shard=Shard(1, 2)),
    ):
        pass


def test_shard_leaves_alone_what_others_are_writing(tmp_path: Path) -> None:
    """Only a batch that is alone removes what is half written, and the locks of shards."""
    store = ReportStore(tmp_path)
    half = [tmp_path / "reports" / ".zerograd-a1", tmp_path / ".zerograd-b2"]
    for path in half:
        path.touch()

    with store.lock(shard=Shard(1, 2)):
        assert all(path.exists() for path in half)
    with store.lock():
        assert not any(path.exists() for path in half)

    assert [path.name for path in tmp_path.glob(".zerograd.lock*")] == [".zerograd.lock"]


def test_shards_share_the_salt(tmp_path: Path) -> None:
    """Whichever is first makes it; with another one, each would ask other questions."""
    with ReportStore(tmp_path).lock(shard=Shard(1, 2)):
        first = ReportStore(tmp_path).salt("")
    with ReportStore(tmp_path).lock(shard=Shard(2, 2)):
        assert ReportStore(tmp_path).salt("") == first


def test_file_system_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not another batch."""

    def lock(_descriptor: int, *, is_shared: bool) -> None:
        raise OSError(37, f"No locks available {is_shared}")

    monkeypatch.setattr("grader.batch.store.lock_file", lock)

    with (
        pytest.raises(UsageError, match=r"can't lock a file in .*: No locks available"),
        ReportStore(tmp_path).lock(),
    ):
        pass


def test_class_files_say_how_far_it_came_when_the_cluster_is_lost(tmp_path: Path) -> None:
    """As after Ctrl-C; the next batch grades the rest."""
    pool = _Pool(lost_after=5)

    with pytest.raises(ClusterLostError):
        grade(tmp_path, pool)

    assert "5 of 12 submissions graded" in (tmp_path / "summary.json").read_text(encoding="utf-8")
    last = _Pool()
    grade(tmp_path, last)
    assert sorted(pool.graded + last.graded) == sorted(NAMES)
