"""What is handed in is graded, once, whatever happens in between."""

import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from service_backend import database_url
from sqlalchemy import func, select

from grader.pool.grade_all import grade_all
from grader.pool.jobs import Job
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.model import ReportStatus
from grader.service import queue
from grader.service.clock import now
from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.database.tables import (
    Course,
    CourseAssignment,
    HandIn,
    JobState,
    Person,
    Result,
)
from grader.service.database.tables import Job as JobRow
from grader.service.dispatcher import Dispatcher
from grader.service.hand_ins import RefusedHandInError, take
from grader.service.settings import ServiceSettings

REPORT = b"""{"schema_version":"1.6","assignment":{"id":"lab4","title":"Lab","version":"2"},
"submission":{"name":"a.py","sha256":"","format":"py"},"status":"STATUS","score":SCORE,
"max_score":100.0,"timing":{"total_s":0.1}}"""


def graded(*, score: str = "80.0", status: str = "graded", is_fault: bool = False) -> GradeResult:
    """Make a result."""
    report = REPORT.replace(b"STATUS", status.encode()).replace(b"SCORE", score.encode())
    return GradeResult(report=report, page=b"<p>", is_fault=is_fault)


class FakePool:
    """A pool that answers at once; names of files say how."""

    capacity = 4

    def __init__(self, settings: PoolSettings) -> None:
        self.settings = settings
        self.seen: list[str] = []

    @contextmanager
    def open(self) -> "Iterator[FakePool]":
        """Return itself."""
        yield self

    def grade_all(self, jobs: Iterable[Job]) -> Generator[tuple[Job, GradeResult], None, None]:
        """Grade many."""
        yield from grade_all(self, jobs)

    def submit(self, request: GradeRequest) -> Future[GradeResult]:
        """Answer."""
        self.seen.append(request.name)
        future: Future[GradeResult] = Future()
        if request.name == "fault.py":
            future.set_result(
                graded(score="null", status=ReportStatus.GRADER_ERROR.value, is_fault=True)
            )
        else:
            future.set_result(graded())
        return future


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a database with a course, two students and an assignment."""
    made = Database(database_url(tmp_path))
    migrate(made)
    with made.write() as session:
        session.add(Course(id=1, name="Course", created_at=now()))
        session.add_all(Person(id=one, name=f"P{one}", created_at=now()) for one in (1, 2))
        session.flush()
        session.add(
            CourseAssignment(
                id=1, course_id=1, folder="lab4", title="Lab", salt="s", created_at=now()
            )
        )
    yield made
    made.close()


@contextmanager
def grading(database: Database, folder: Path) -> Iterator[FakePool]:
    """Run a dispatcher with a made-up pool."""
    pool = FakePool(PoolSettings(assignment="lab4"))
    dispatcher = Dispatcher(database, ServiceSettings(data=folder), make_pool=lambda _: pool)
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    try:
        yield pool
    finally:
        dispatcher.stop()
        thread.join()


def wait_until_done(database: Database, *, patience_s: float = 20.0) -> None:
    """Wait until no job is left."""
    done = threading.Event()
    for _ in range(int(patience_s / 0.05)):
        with database.read() as session:
            left = session.scalar(
                select(func.count())
                .select_from(JobRow)
                .where(JobRow.state.in_((JobState.WAITING, JobState.RUNNING)))
            )
        if not left:
            return
        done.wait(0.05)
    raise AssertionError("jobs are left")


def hand_in(database: Database, person_id: int = 1, name: str = "a.py", data: bytes = b"x") -> str:
    """Hand in, and return the number of the receipt."""
    receipt = take(database, assignment_id=1, person_id=person_id, name=name, data=data)
    return receipt.number


def test_hand_ins_are_graded(database: Database, tmp_path: Path) -> None:
    """Each receipt has a report in the end, and it is the one of its job."""
    numbers = [hand_in(database, data=bytes([one])) for one in range(20)]
    with grading(database, tmp_path):
        wait_until_done(database)

    with database.read() as session:
        rows = session.execute(
            select(HandIn.number, Result.points).join(Result, Result.id == HandIn.result_id)
        ).all()
    assert {number for number, _ in rows} == set(numbers)
    assert {points for _, points in rows} == {80.0}


def test_fault_is_tried_again_and_then_costs_no_attempt(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three more tries the report says so, and the attempt is given back."""
    monkeypatch.setattr(queue, "_PAUSES_S", (0, 0, 0))
    with database.write() as session:
        session.get_one(CourseAssignment, 1).attempts = 1
    hand_in(database, name="fault.py")
    with pytest.raises(RefusedHandInError, match="no attempt left"):
        hand_in(database, data=b"other")

    with grading(database, tmp_path) as pool:
        wait_until_done(database)

    assert pool.seen == ["fault.py"] * 4
    assert hand_in(database, data=b"other")


def test_equal_file_costs_no_attempt(database: Database) -> None:
    """The same bytes of the same student; of another one they are an attempt of his own."""
    with database.write() as session:
        session.get_one(CourseAssignment, 1).attempts = 1
    assert hand_in(database)
    assert hand_in(database)
    assert hand_in(database, person_id=2)
    with pytest.raises(RefusedHandInError):
        hand_in(database, data=b"y")


def test_claims_of_a_dead_dispatcher_end(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had claimed is graded by another one."""
    hand_in(database)
    monkeypatch.setattr(queue, "CLAIM_S", -1)
    assert len(queue.claim(database, "dead", at_most=5)) == 1
    monkeypatch.undo()

    with grading(database, tmp_path) as pool:
        wait_until_done(database)

    assert pool.seen == ["a.py"]


def test_result_is_stored_once(database: Database) -> None:
    """If two graded the same job, the first result stays."""
    hand_in(database)
    (job,) = queue.claim(database, "one", at_most=1)
    for points in (80.0, 90.0):
        new = queue.NewResult(
            key="k",
            status="graded",
            is_fault=False,
            points=points,
            max_points=100.0,
            report=b"r",
            page=b"p",
        )
        with database.write() as session:
            queue.finish(session, job, new)

    with database.read() as session:
        assert session.scalars(select(Result.points)).all() == [80.0]


def test_place_in_the_queue_only_falls(database: Database) -> None:
    """Nothing that comes later is taken first."""
    first = [hand_in(database, data=bytes([one])) for one in range(3)]
    mine = hand_in(database, person_id=2)
    hand_in(database, data=b"later")

    def place() -> int | None:
        with database.read() as session:
            id_ = session.scalars(select(HandIn.id).where(HandIn.number == mine)).one()
            return queue.place_in_queue(session, id_)

    assert place() == len(first)
    claimed = queue.claim(database, "one", at_most=2)
    assert place() == 3
    for job in claimed:
        with database.write() as session:
            new = queue.NewResult(
                key="k",
                status="graded",
                is_fault=False,
                points=1.0,
                max_points=100.0,
                report=b"r",
                page=b"p",
            )
            queue.finish(session, job, new)
    assert place() == 1
