"""The folder of a batch: a report for each submission, whole or not there at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from grader.batch.shard import Shard
from grader.discovery.store import KeptStore
from grader.errors import UsageError
from grader.outputs.files import TEMPORARY_PREFIX, create_once, open_atomically
from grader.report.model import Report
from grader.report.outline import Outline, read_outline
from grader.report.schema import read_report
from grader.system.locking import lock_file
from grader.system.opening import flags

_REPORTS = "reports"
_LOCK_FILE = ".zerograd.lock"
_SALT_FILE = ".zerograd.salt"
_OPEN_LOCK = flags("O_RDWR", "O_CREAT", "O_CLOEXEC")


class ReportStore:
    """Keeps the reports of one batch.

    Args:
        folder: The folder; it is created if it does not exist.

    Attributes:
        folder: The folder.
        kept: What is kept beside the reports, for the instructor alone.

    Raises:
        UsageError: it can't be created.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = KeptStore(folder)
        self._reports = folder / _REPORTS
        try:
            self._reports.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"can't write to {folder}: {error.strerror}") from error

    @contextlib.contextmanager
    def lock(self, *, shard: Shard | None = None) -> Iterator[None]:
        """Keep other batches out, and remove what a killed batch left half written.

        Args:
            shard: The shard that is to be graded: then other shards may be graded at the same
                time, and what is half written may be theirs, so nothing is removed.

        Raises:
            UsageError: another batch is running in it.
        """
        with contextlib.ExitStack() as locked:
            who = "another batch is running"
            locked.enter_context(self._lock(_LOCK_FILE, who, is_shared=shard is not None))
            if shard is not None:
                name = f"{_LOCK_FILE}.{shard.number}-of-{shard.count}"
                locked.enter_context(self._lock(name, f"shard {shard} is being graded"))
            else:
                self._clear_up()
            yield

    @contextlib.contextmanager
    def _lock(self, name: str, who: str, *, is_shared: bool = False) -> Iterator[None]:
        try:
            descriptor = os.open(self.folder / name, _OPEN_LOCK, 0o644)
        except OSError as error:
            raise UsageError(f"can't write to {self.folder}: {error.strerror}") from error
        try:
            try:
                lock_file(descriptor, is_shared=is_shared)
            except BlockingIOError as error:
                raise UsageError(f"{who} in {self.folder}; wait until it has ended") from error
            except OSError as error:
                raise UsageError(f"can't lock a file in {self.folder}: {error.strerror}") from error
            yield
        finally:
            os.close(descriptor)

    def _clear_up(self) -> None:
        for folder in (self.folder, self._reports):
            for left in folder.glob(f"{TEMPORARY_PREFIX}*"):
                left.unlink(missing_ok=True)
        for unused in self.folder.glob(f"{_LOCK_FILE}.*-of-*"):  # no shard is being graded
            unused.unlink(missing_ok=True)
        self.kept.remove_temporary()

    def salt(self, given: str) -> str:
        """Return the salt of the class, and keep it, so that everybody is asked the same.

        Args:
            given: The salt to use from now on; if it is empty, the one that was kept, or else a
                new one that nobody knows.

        Raises:
            UsageError: it can't be read or written, or is empty.
        """
        path = self.folder / _SALT_FILE
        if given:
            with open_atomically(path, mode=0o600) as file:
                file.write(given.encode())
            return given
        if not path.exists():
            create_once(path, secrets.token_urlsafe(32).encode())
        try:
            kept = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UsageError(f"can't read {path}, the salt of this class: {error}") from error
        if not (kept and kept.isprintable()):  # nobody could give the same to another command
            raise UsageError(
                f"{path}, the salt of this class, is empty or was edited: remove it, or give --salt"
            )
        return kept

    def find(self, name: str, key: str) -> Outline | None:
        """Return the outline of a report if it is there and has the same key; None otherwise."""
        try:
            outline = read_outline(self._path(name, "json").read_bytes())
            is_whole = self._path(name, "html").is_file()
        except (OSError, ValueError):
            return None
        return outline if outline.key == key and is_whole else None

    def read_bytes(self, name: str) -> bytes:
        """Return the JSON of a report.

        Raises:
            UsageError: it can't be read.
        """
        path = self._path(name, "json")
        try:
            return path.read_bytes()
        except OSError as error:
            raise UsageError(f"can't read {path}: {error.strerror}") from error

    def read(self, name: str) -> Report:
        """Return a report.

        Raises:
            UsageError: it can't be read, or is not a report.
        """
        return read_report(self._path(name, "json"))

    def read_page(self, name: str) -> str:
        """Return a page; empty if it can't be read."""
        try:
            return self._path(name, "html").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def keep(self, name: str, report: bytes, page: bytes) -> Outline:
        """Write a page and its report, in this order: a report that is there has its page.

        Raises:
            UsageError: it can't be written.
        """
        for ending, content in (("html", page), ("json", report)):
            with open_atomically(self._path(name, ending)) as file:
                file.write(content)
        return read_outline(report)

    def _path(self, name: str, ending: str) -> Path:
        return self._reports / f"{Path(name).name}.{ending}"
