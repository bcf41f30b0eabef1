"""Migrations lead from nothing, and from what an older version has left, to the tables of today."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from service_backend import database_url
from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.types import Boolean, Float, Integer, LargeBinary, TypeEngine

import grader.service.database.migrations
from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.database.tables import Base

_config = Config()
_config.set_main_option(
    "script_location", str(Path(grader.service.database.migrations.__file__).parent)
)
REVISIONS = [one.revision for one in ScriptDirectory.from_config(_config).walk_revisions()][::-1]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a database without tables, or with those of today."""
    made = Database(database_url(tmp_path))
    with made.engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
    yield made
    made.close()


def a_value(kind: TypeEngine[object], number: int) -> object:
    """Return some value of a type."""
    match kind:
        case Boolean():
            return True
        case Integer() | Float():
            return number
        case LargeBinary():
            return b"data"
        case _:
            return "waiting"


def fill(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Put a row into every table that is there; return all rows by their tables."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                values = {one.name: a_value(one.type, 1) for one in table.columns}
                connection.execute(insert(table).values(values))
        return {table.name: _rows(connection, table) for table in tables.sorted_tables}


def _rows(connection: "object", table: Table) -> list[tuple[object, ...]]:
    found = connection.execute(select(*table.columns))  # type: ignore[attr-defined]
    return [tuple(row) for row in found]


def differences(database: Database) -> list[object]:
    """Return where the tables are not those of this version."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_empty_database_gets_the_tables_of_today(database: Database) -> None:
    """Nothing that `tables` says is missing, and there is nothing else."""
    migrate(database)

    assert differences(database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    """Every start of the service migrates."""
    migrate(database)
    before = fill(database)

    migrate(database)

    with database.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        assert {one.name: _rows(connection, one) for one in tables.sorted_tables} == before


@pytest.mark.parametrize("revision", REVISIONS)
def test_filled_database_of_each_version_goes_forward(database: Database, revision: str) -> None:
    """Every row is still there in the end, with the values that it had."""
    migrate(database, to=revision)
    before = fill(database)

    migrate(database)

    assert differences(database) == []
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.connect() as connection:
        for name, rows in before.items():
            if name == "alembic_version":
                continue
            assert len(_rows(connection, tables.tables[name])) == len(rows), name
