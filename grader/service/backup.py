"""Backs up a service while it runs, and brings one back.

Theory of operation
-------------------
The database comes first, by SQLite's own backup: one state of it, whoever writes meanwhile. What
else is in the data folder (the key for LTI, the token for metrics) hardly ever changes, and nothing
in the database depends on a later version of it. Recordings are left out, as they are made again
when they are needed, and the folders of assignments, which lie elsewhere.

A backup has all that students handed in, and secrets: it is written for its owner only.
"""

import contextlib
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import UsageError
from grader.service import claimants
from grader.service.courses import assignment_folders
from grader.service.database.engine import Database
from grader.service.settings import ServiceSettings

_DATABASE = "zerograd.sqlite3"
# Nobody holds the locks of a copy, although who has claimed something may live.
_LEFT_OUT = frozenset(
    {
        "recordings",
        claimants.FOLDER,
        _DATABASE,
        *(f"{_DATABASE}-{end}" for end in ("wal", "shm", "journal")),
    }
)
_MODE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDone:
    """What was backed up, and what was not.

    Attributes:
        size_bytes: The size of the archive.
        has_database: Whether the database is in it; PostgreSQL has tools of its own.
        folders: The folders of assignments, which are not in it.
    """

    size_bytes: int
    has_database: bool
    folders: tuple[str, ...]


def back_up(settings: ServiceSettings, target: Path) -> BackupDone:
    """Write a backup; the file is there whole, or not at all.

    Args:
        settings: Where the service keeps what it has.
        target: The archive, ``.tar`` or ``.tar.gz``.

    Raises:
        UsageError: There is no such service, or the archive can't be written there.
    """
    if not settings.data.is_dir():
        raise UsageError(f"there is no folder {settings.data}")
    if target.resolve().is_relative_to(settings.data.resolve()):
        raise UsageError("a backup has to be outside of the folder that it is of")
    source = sqlite_file(settings)
    if source is not None and not source.is_file():
        raise UsageError(f"{settings.data} has no database")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        packed = folder / "packed"
        with _open_archive(packed, is_compressed=target.name.endswith("gz")) as archive:
            if source is not None:
                copy = folder / _DATABASE
                copy_sqlite(source, copy)
                archive.add(copy, _DATABASE, filter=_as_nobodys)
            for path in _files(settings.data):
                with contextlib.suppress(FileNotFoundError):  # it was there for a moment only
                    archive.add(path, str(path.relative_to(settings.data)), filter=_as_nobodys)
        _flush(packed)
        size = packed.stat().st_size
        packed.replace(target)
    return BackupDone(
        size_bytes=size, has_database=source is not None, folders=_folders_elsewhere(settings)
    )


def restore(archive: Path, data: Path) -> bool:
    """Bring a backup back into a folder that is empty, or not there.

    Returns:
        Whether the database was in it.

    Raises:
        UsageError: It is not a backup, or it is damaged, or the folder has something in it.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise UsageError(f"{data} is not empty; a backup is brought back into an empty folder")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as name:
        folder = Path(name) / "data"
        folder.mkdir(mode=0o700)
        try:
            with tarfile.open(archive) as packed:
                # The filter refuses what would be written elsewhere, and links and devices.
                packed.extractall(folder, filter="data")
        except OSError as error:
            raise UsageError(f"can't read {archive}: {error.strerror or error}") from error
        except (tarfile.TarError, EOFError) as error:
            raise UsageError(f"{archive} is not a backup, or is damaged: {error}") from error
        database = folder / _DATABASE
        if database.is_file():
            _expect_sound(database, archive)
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else _MODE)
            if path.is_file():
                _flush(path)
        if data.exists():
            data.rmdir()
        folder.replace(data)
    return (data / _DATABASE).is_file()


def sqlite_file(settings: ServiceSettings) -> Path | None:
    """Return the file of the database; None if it is one of PostgreSQL."""
    url = make_url(settings.database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others may be writing to: one state of it, in one file."""
    with (
        contextlib.closing(sqlite3.connect(source)) as read,
        contextlib.closing(sqlite3.connect(target)) as write,
    ):
        read.backup(write)
        write.execute("PRAGMA journal_mode=DELETE")  # without a second file beside it


def _folders_elsewhere(settings: ServiceSettings) -> tuple[str, ...]:
    # Not by `open_database`: a backup changes nothing, not even the tables to those of today.
    with contextlib.closing(Database(settings.database_url)) as database:
        try:
            with database.read() as session:
                return tuple(assignment_folders(session))
        except SQLAlchemyError:  # not one with our tables, or it doesn't answer
            return ()


@contextlib.contextmanager
def _open_archive(path: Path, *, is_compressed: bool) -> Iterator[tarfile.TarFile]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        if is_compressed:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as packed:
                yield packed
        else:
            with tarfile.open(fileobj=file, mode="w:") as packed:
                yield packed


def _files(data: Path) -> Iterator[Path]:
    """Yield the files of a data folder that belong into a backup, besides the database."""
    for top in sorted(data.iterdir()):
        if top.name in _LEFT_OUT or top.is_symlink():
            continue
        found = sorted(top.rglob("*")) if top.is_dir() else [top]
        yield from (path for path in found if path.is_file() and not path.is_symlink())


def _as_nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owned a file: the backup may come back on another machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = _MODE
    return entry


def _expect_sound(database: Path, archive: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(database)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise UsageError(f"the database in {archive} is damaged: {found}")


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
