"""Runs the tests of the service that have a database twice: on SQLite and on PostgreSQL.

A plugin of pytest. Whoever opens a database in a test asks `database_url` where.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import PostgresServer, is_available, run_postgres

from grader.service.database.engine import Database, sqlite_url
from grader.service.database.migrate import migrate

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BACKENDS = (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.slow))
# The fixtures by which a test is known to have a database.
_FIXTURES = {"backend", "database", "site", "lti_site", "service"}
_FOLDER = Path(__file__).with_name("service")

_server: PostgresServer | None = None


def database_url(folder: Path) -> str:
    """Return the URL of the database for a test: in its folder, or a new one of the server."""
    return sqlite_url(folder) if _server is None else _server.new_database()


@contextlib.contextmanager
def using(server: PostgresServer | None) -> Iterator[None]:
    """Have databases made on a server, or in folders if there is none."""
    global _server  # noqa: PLW0603 - fixtures and helpers of other modules ask for it
    before, _server = _server, server
    try:
        yield
    finally:
        _server = before
        if server is not None:
            server.drop_databases()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the service once with each database, and those in a browser with SQLite."""
    if metafunc.definition.path.is_relative_to(_FOLDER) and _FIXTURES & {*metafunc.fixturenames}:
        # In a browser, a page is the same whatever the database.
        is_browser = metafunc.definition.get_closest_marker("browser") is not None
        metafunc.parametrize("backend", (SQLITE,) if is_browser else BACKENDS, indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Return a server of PostgreSQL, whose new databases have our tables already."""
    if not is_available():
        pytest.skip("needs the wheel of PostgreSQL")
    with run_postgres() as server:
        made = server.new_database()
        database = Database(made)
        migrate(database)
        database.close()
        server.use_as_template(made)
        yield server


@pytest.fixture(autouse=True)
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the name of the database that a test runs with."""
    name = getattr(request, "param", SQLITE)
    server = request.getfixturevalue("postgres_server") if name == POSTGRESQL else None
    if server is None:
        yield name
        return
    with using(server):
        yield name
