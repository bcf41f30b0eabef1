"""Under a small load, and while processes are killed, the service keeps what it promises.

`tests/benchmarks/serve_load.py` puts it under loads of full size.
"""

import contextlib
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from service_backend import database_url
from service_client import log_in_all, make_course, make_work
from service_load import Load, burst, count_unfinished, data_folder, look_at, serving, with_kills
from service_process import ServerProcess

from grader.authoring.new import write_assignment
from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.hand_ins import take

if TYPE_CHECKING:
    from postgres import PostgresServer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an assignment that takes little time."""
    return str(write_assignment("small", tmp_path_factory.mktemp("assignment"), like="function"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return the database of a service, before it is started."""
    data = data_folder(tmp_path)
    with contextlib.closing(Database(database_url(data))) as made:
        migrate(made)
        yield made


@pytest.fixture
def load(tmp_path: Path, database: Database, assignment: str) -> Load:
    """Return a class that is about to hand in."""
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    server = ServerProcess(
        tmp_path / "data",
        database="" if database.is_sqlite else url.render_as_string(hide_password=False),
        options=("--isolation", "auto"),
    )
    course = make_course(database, assignment, students=12)
    return Load(
        server=server,
        course=course,
        browsers=log_in_all(database, course, cookie="zerograd"),
        work=make_work(assignment, tmp_path / "class", kinds=4),
        chance=random.Random(1),  # noqa: S311 - draws moments
    )


def test_many_hand_ins_at_once_are_all_graded_once(load: Load, database: Database) -> None:
    """Each has a receipt and a report, and nobody falls back in the queue."""
    with serving(load.server):
        run = burst(load, count=24, within_s=2.0, database=database)

    assert not run.errors
    assert all(one.number and one.only_fell for one in run.sent)
    kept = look_at(database, run)
    assert kept.is_whole, kept
    assert kept.hand_ins == 24


def test_nothing_is_lost_when_processes_are_killed(
    load: Load, database: Database, request: pytest.FixtureRequest
) -> None:
    """Server, workers and connections end at random moments, and all is as promised in the end."""
    postgres: PostgresServer | None = None
    if not database.is_sqlite:
        postgres = request.getfixturevalue("postgres_server")

    with serving(load.server):
        run = with_kills(
            load, count=24, per_second=2.0, kills=5, database=database, postgres=postgres
        )

    assert sum(run.kills.values()) == 5
    kept = look_at(database, run)
    assert kept.is_whole, (run.kills, kept)
    assert kept.hand_ins >= 24


def test_stop_finishes_what_is_being_graded(load: Load, database: Database) -> None:
    """It exits with 0, and leaves no job half done; the next start grades the rest."""
    for place, person_id in enumerate(load.course.students):
        _, name, data = load.work.nth(place)
        take(
            database,
            assignment_id=load.course.assignment_id,
            person_id=person_id,
            name=name,
            data=data,
        )
    with serving(load.server):
        load.server.send(signal.SIGTERM)
        assert load.server.wait() == 0

        load.server.start()
        while count_unfinished(database):
            time.sleep(0.1)

    assert look_at(database, load.run).is_whole
