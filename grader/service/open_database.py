"""Opens the database of a service, with the tables of this version."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from grader.errors import UsageError
from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.settings import ServiceSettings


@contextlib.contextmanager
def open_database(settings: ServiceSettings) -> Iterator[Database]:
    """Open the database of a service; leaving the context closes it.

    Raises:
        UsageError: It can't be used.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(Database(settings.database_url)) as database:
        try:
            with database.engine.connect():
                pass
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise UsageError(f"the database can't be opened: {reason}") from error
        migrate(database)
        yield database
