"""A backup is one state of a service that runs, and comes back whole."""

import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from service_site import ANN, LAB, Site, open_site
from sqlalchemy import select

from grader.cli.grader import command as grader
from grader.errors import UsageError
from grader.service.backup import back_up, restore
from grader.service.database.engine import Database, sqlite_url
from grader.service.database.migrate import migrate
from grader.service.database.tables import Content, HandIn, Job, Result
from grader.service.hand_ins import take
from grader.service.metrics_token import FILE, ensure_token


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with a key, a token and recordings."""
    with open_site(tmp_path / "data") as made:
        data = made.state.settings.data
        ensure_token(data)
        (data / "lti.pem").write_text("key")
        (data / "recordings").mkdir()
        (data / "recordings" / "large").write_bytes(b"x" * 1000)
        (data / "claimants").mkdir()
        (data / "claimants" / ("a" * 16)).touch()
        yield made


def everything(url: str) -> dict[str, object]:
    """Return what a database has of hand-ins."""
    database = Database(url)
    migrate(database)
    with database.read() as session:
        found: dict[str, object] = {
            number: (data, page)
            for number, data, page in session.execute(
                select(HandIn.number, Content.data, Result.page)
                .join(Content, Content.sha256 == HandIn.sha256)
                .outerjoin(Result, Result.id == HandIn.result_id)
            )
        }
    database.close()
    return found


def test_what_was_kept_comes_back(site: Site, tmp_path: Path, backend: str) -> None:
    """Receipts, bytes and reports are there again; of PostgreSQL, all but the database."""
    settings = site.state.settings
    graded, waits = site.hand_in(data=b"one"), site.hand_in(data=b"two")
    site.grade(graded)
    archive, back = tmp_path / "backup.tar.gz", tmp_path / "back"

    done = back_up(settings, archive)
    has_database = restore(archive, back)

    assert done.has_database is has_database is (backend == "sqlite")
    assert (back / FILE).read_text() == (settings.data / FILE).read_text()
    assert (back / "lti.pem").read_text() == "key"
    assert not (back / "recordings").exists()
    assert not (back / "claimants").exists()
    if backend == "sqlite":
        found = everything(sqlite_url(back))
        assert found == everything(sqlite_url(settings.data))
        assert set(found) == {graded, waits}


def test_backup_is_one_state_while_others_write(site: Site, tmp_path: Path) -> None:
    """Each hand-in in it has its bytes and its job."""
    if not site.database.is_sqlite:
        pytest.skip("pg_dump does that")
    ends = threading.Event()

    def hand_in() -> None:
        number = 0
        while not ends.is_set():
            number += 1
            data = b"x" * 20_000 + str(number).encode()
            take(site.database, assignment_id=LAB, person_id=ANN, name="a.py", data=data)

    writers = [threading.Thread(target=hand_in) for _ in range(2)]
    for one in writers:
        one.start()
    try:
        for place in range(3):
            back_up(site.state.settings, tmp_path / f"{place}.tar")
    finally:
        ends.set()
        for one in writers:
            one.join()

    for place in range(3):
        restore(tmp_path / f"{place}.tar", tmp_path / f"back{place}")
        database = Database(sqlite_url(tmp_path / f"back{place}"))
        with database.read() as session:
            hand_ins = session.scalars(select(HandIn)).all()
            jobs = session.scalars(select(Job.hand_in_id)).all()
            contents = set(session.scalars(select(Content.sha256)))
        database.close()
        assert {one.id for one in hand_ins} == set(jobs)
        assert {one.sha256 for one in hand_ins} == contents


@pytest.mark.usefixtures("backend")
def test_backup_is_for_its_owner_only(site: Site, tmp_path: Path) -> None:
    """It has secrets and students' work; so does the folder that it comes back into."""
    before = os.umask(0)
    try:
        back_up(site.state.settings, tmp_path / "backup.tar")
        restore(tmp_path / "backup.tar", tmp_path / "back")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "backup.tar").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "back").stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "back").iterdir()} == {0o600}


def test_damaged_backup_brings_nothing_back(site: Site, tmp_path: Path) -> None:
    """It is refused, and the folder is as it was before."""
    if not site.database.is_sqlite:
        pytest.skip("the database is not in it")
    for number in range(50):
        site.hand_in(data=bytes([number]) * 5000)
    archive = tmp_path / "backup.tar"
    back_up(site.state.settings, archive)
    data = bytearray(archive.read_bytes())
    data[60_000:120_000] = bytes(60_000)
    archive.write_bytes(data)

    with pytest.raises(UsageError, match="is damaged"):
        restore(archive, tmp_path / "back")

    assert not (tmp_path / "back").exists()


def test_archive_of_somebody_else_writes_nowhere_else(tmp_path: Path) -> None:
    """Names that lead out of the folder are refused."""
    (tmp_path / "file").write_text("x")
    archive = tmp_path / "bad.tar"
    with tarfile.open(archive, "w") as packed:
        packed.add(tmp_path / "file", "../outside")

    with pytest.raises(UsageError, match="is not a backup"):
        restore(archive, tmp_path / "deep" / "back")

    assert not (tmp_path / "deep" / "outside").exists()


def test_commands_do_it(site: Site, tmp_path: Path, backend: str) -> None:
    """They print where the backup is, and what is not in it."""
    settings = site.state.settings
    options = ["--data", str(settings.data), "--database", settings.database]
    run = CliRunner().invoke

    backed_up = run(grader, ["backup", str(tmp_path / "b.tar"), *options])
    restored = run(grader, ["restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "new")])

    assert backed_up.exit_code == restored.exit_code == 0, (backed_up.output, restored.output)
    assert "two_files" in backed_up.output
    assert ("pg_dump" in backed_up.output) == (backend == "postgresql")
    assert ("pg_restore" in restored.output) == (backend == "postgresql")
