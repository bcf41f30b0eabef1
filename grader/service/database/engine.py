"""Opens the database, and runs transactions: on SQLite one writer at a time, on PostgreSQL many."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.service.database.tables import Base

_WRITES = "zerograd_writes"
_BUSY_MS = 30_000


class Database:
    """The database of a service.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.

    Attributes:
        engine: SQLAlchemy's engine.

    Raises:
        UsageError: The URL is of another kind.
    """

    def __init__(self, url: str) -> None:
        self.engine = _create(url)
        # SQLite has one writer. Waiting here is fair and exact; waiting in SQLite is polling.
        self._writer: contextlib.AbstractContextManager[Any] = (
            threading.Lock() if self.is_sqlite else contextlib.nullcontext()
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that writes: all of it holds in the end, or nothing."""
        with (
            self._writer,
            Session(self.engine.execution_options(**{_WRITES: True})) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads, and sees one state of the database."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def add_unless_there(session: Session, table: type[Base], **values: object) -> bool:
    """Add a row, unless one with the same key is there; return whether it was added."""
    bind = session.get_bind()
    insert = postgresql.insert if bind.dialect.name == "postgresql" else sqlite.insert
    key = inspect(table).primary_key[0]
    added = session.scalar(insert(table).values(**values).on_conflict_do_nothing().returning(key))
    return added is not None


def sqlite_url(folder: Path) -> str:
    """Return the URL of the database in a data folder."""
    return f"sqlite:///{folder / 'zerograd.sqlite3'}"


def _create(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(f"{url!r} is not the URL of a database") from error
    if parsed.get_backend_name() == "postgresql":
        # PostgreSQL's own URLs name no driver; we use the third generation of psycopg.
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,  # a connection that was cut is opened anew
            pool_size=20,
            max_overflow=20,
        )
    if parsed.get_backend_name() != "sqlite":
        raise UsageError("the database must be sqlite:///PATH or postgresql://...")
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    for pragma in (
        "journal_mode=WAL",  # reading doesn't wait for writing
        "synchronous=FULL",  # what was committed survives a loss of power: it may be a receipt
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",  # for other processes, such as a backup
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # At once, not with the first statement that writes: what was read before it would be stale.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
