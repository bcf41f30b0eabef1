"""What a process had claimed that was killed is taken back at the next start, and nothing else."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from service_site import Site, open_site
from sqlalchemy import select

from grader.errors import GraderError
from grader.pool.jobs import LivePool
from grader.pool.messages import PoolSettings
from grader.service import queue
from grader.service.claimants import alive, take_over
from grader.service.database.tables import Job, JobState
from grader.service.dispatcher import Dispatcher
from grader.service.settings import ServiceSettings

_PATIENCE_S = 120
DEAD, LIVING = "d" * 16, "a" * 16
_HOLD = """
import sys
from pathlib import Path
from grader.service.claimants import alive
with alive(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service."""
    with open_site(tmp_path / "data") as made:
        yield made


@contextmanager
def process(data: Path, name: str) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a process that claims by a name."""
    started = subprocess.Popen(
        [sys.executable, "-P", "-c", _HOLD, str(data), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == b"held\n"
        yield started
    finally:
        started.kill()
        started.communicate()


def names(data: Path) -> list[str]:
    """Return who is known."""
    return sorted(one.name for one in (data / "claimants").iterdir())


def test_killed_process_is_known_and_living_ones_are_left_alone(tmp_path: Path) -> None:
    """SIGKILL ends the lock; whoever lives keeps its own."""
    released: list[str] = []
    with process(tmp_path, DEAD) as dead, process(tmp_path, LIVING):
        take_over(tmp_path, released.append)
        assert released == []
        dead.kill()
        dead.wait()

        take_over(tmp_path, released.append)
        take_over(tmp_path, released.append)

        assert released == [DEAD]
        assert names(tmp_path) == [LIVING]


def test_who_ends_in_order_leaves_nothing(tmp_path: Path) -> None:
    """There is nothing to take back then."""
    with alive(tmp_path, LIVING):
        assert names(tmp_path) == [LIVING]
    assert names(tmp_path) == []


def test_dead_stay_known_until_their_claims_are_back(tmp_path: Path) -> None:
    """If the database is away, the next start tries again."""
    (tmp_path / "claimants").mkdir()
    (tmp_path / "claimants" / DEAD).touch()

    def fail(_name: str) -> None:
        raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        take_over(tmp_path, fail)
    assert names(tmp_path) == [DEAD]


def test_other_files_are_no_claimants(tmp_path: Path) -> None:
    """Whatever lies there, only names that we give are asked about."""
    (tmp_path / "claimants").mkdir()
    (tmp_path / "claimants" / "notes.txt").touch()
    released: list[str] = []

    take_over(tmp_path, released.append)
    take_over(tmp_path / "nothing", released.append)

    assert released == []
    assert names(tmp_path) == ["notes.txt"]


def states(site: Site) -> list[tuple[JobState, str]]:
    """Return how each job stands, and who has claimed it."""
    with site.database.read() as session:
        rows = session.execute(select(Job.state, Job.claimed_by).order_by(Job.id))
        return [(row[0], row[1]) for row in rows]


def test_dispatcher_takes_back_at_once_what_a_killed_one_had(site: Site) -> None:
    """Its claims would be good for a minute; those of other folders and of the living stay."""
    data = site.state.settings.data
    for person in range(3):
        site.hand_in(data=bytes([person]))
    for name in (DEAD, LIVING, "e" * 16):
        assert len(queue.claim(site.database, name, at_most=1)) == 1
    taken = threading.Event()

    def make_pool(_settings: PoolSettings) -> LivePool:
        taken.set()
        raise GraderError("nothing grades here")

    with process(data, DEAD) as dead, process(data, LIVING):
        dead.kill()
        dead.wait()
        dispatcher = Dispatcher(
            site.database, ServiceSettings(data=data), make_pool=make_pool, name="b" * 16
        )
        dispatcher._take_over()
        assert states(site) == [
            (JobState.WAITING, ""),
            (JobState.RUNNING, LIVING),
            (JobState.RUNNING, "e" * 16),
        ]
        thread = threading.Thread(target=dispatcher.run)
        thread.start()
        try:
            assert taken.wait(_PATIENCE_S)
            assert names(data) == [LIVING, "b" * 16]
        finally:
            dispatcher.stop()
            dispatcher.abandon()
            thread.join(_PATIENCE_S)
    assert not thread.is_alive()
