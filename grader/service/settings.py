"""How a service runs."""

from dataclasses import dataclass
from pathlib import Path

from grader.service.database.engine import sqlite_url

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """How a service runs.

    Attributes:
        data: The folder of everything that the service keeps, but for a database elsewhere.
        host: The address that it listens on.
        port: The port; 0 for any that is free.
        database: The URL of the database; by default SQLite in the data folder.
        base_url: The address that browsers and platforms know the service by; by default the one
            that it listens on.
        workers: How many submissions are graded at once on this machine; 0 if others grade.
        isolation: How strictly submissions are confined.
        max_upload_bytes: The largest hand-in.
        cluster: The address of a Dask scheduler that grades instead of this machine.
        allows_insecure_platforms: Whether platforms on this machine's loopback are allowed, over
            plain http; for tests only.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database: str = ""
    base_url: str = ""
    workers: int = 1
    isolation: str = "required"
    max_upload_bytes: int = 10 * MIB
    cluster: str = ""
    allows_insecure_platforms: bool = False

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.database or sqlite_url(self.data)

    @property
    def recordings(self) -> Path:
        """The folder of recordings."""
        return self.data / "recordings"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the service by https, so that cookies go nowhere else."""
        return self.base_url.startswith("https://")
