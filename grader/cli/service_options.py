"""Options that the commands of the service share, and how they open its database."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from grader.cli.options import usage_errors
from grader.cli.values import PathValue

if TYPE_CHECKING:
    from grader.service.database.engine import Database

_Command = TypeVar("_Command", bound=Callable[..., object])

_HINT = 'the service needs libraries that are not installed; run: pip install "zerograd[serve]"'


def data_options(command: _Command) -> _Command:
    """Add ``--data`` and ``--database``, which say where a service keeps what it has."""
    decorated: Callable[..., object] = click.option(
        "--database",
        metavar="URL",
        envvar="ZEROGRAD_DATABASE",
        default="",
        help="Database, such as postgresql://grader@db.example.org/grader. Others see the "
        "arguments of commands, so give one with a password by ZEROGRAD_DATABASE.  [default: "
        "SQLite in the folder of the data]",
    )(command)
    with_data: Callable[..., object] = click.option(
        "--data",
        metavar="DIR",
        envvar="ZEROGRAD_DATA",
        type=PathValue(file_okay=False),
        required=True,
        help="Folder of the service's data.  [default: ZEROGRAD_DATA]",
    )(decorated)
    return with_data  # type: ignore[return-value] # the same command with more options


@contextlib.contextmanager
def service_errors(*, writes_to: Path | None = None) -> Iterator[None]:
    """Explain what keeps the service from being started, as errors of usage where they are."""
    with usage_errors(writes_to=writes_to):
        try:
            import alembic  # noqa: F401
            import sqlalchemy  # noqa: F401
            import starlette  # noqa: F401
            import uvicorn  # noqa: F401
        except ImportError as error:
            raise click.UsageError(_HINT) from error
        yield


def with_database(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command the database of a service, which has to be there already, or is made."""

    @functools.wraps(command)
    def with_it(*, data: Path, database: str, **options: object) -> object:
        with service_errors(writes_to=data), _open(data, database) as opened:
            return command(database=opened, **options)

    return data_options(with_it)


@contextlib.contextmanager
def _open(data: Path, url: str) -> "Iterator[Database]":
    from grader.service.open_database import open_database
    from grader.service.settings import ServiceSettings

    with open_database(ServiceSettings(data=data, database=url)) as database:
        yield database
