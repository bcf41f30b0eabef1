"""Brings a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from grader.service.database.engine import Database

_FOLDER = Path(__file__).resolve().parent / "migrations"


def migrate(database: Database, *, to: str = "head") -> None:
    """Create or change tables as far as needed; data stays.

    Args:
        database: The database.
        to: The revision; the newest by default.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()
