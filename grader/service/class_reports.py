"""The reports of a class as they are in the database, for what reads those of a batch."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grader.discovery.kept import KeptFile, read_file
from grader.errors import UsageError
from grader.report.model import Report
from grader.service.database.tables import HandIn, Result


@dataclass(frozen=True, slots=True)
class DatabaseReports:
    """Reports by the numbers of their hand-ins, read one at a time.

    Args:
        session: A transaction that reads.
    """

    session: Session

    @property
    def kept(self) -> "_KeptFiles":
        """What is kept beside them."""
        return _KeptFiles(self)

    def read(self, name: str) -> Report:
        """Return a report.

        Raises:
            UsageError: There is none.
        """
        return msgspec.json.decode(self.read_bytes(name), type=Report)

    def read_bytes(self, name: str) -> bytes:
        """Return the JSON of a report.

        Raises:
            UsageError: There is none.
        """
        found = self.column(name, Result.report)
        if not found:
            raise UsageError(f"the hand-in {name} has no report")
        return found

    def read_page(self, name: str) -> bytes:
        """Return the page of a report; empty if there is none."""
        return self.column(name, Result.page)

    def has(self, name: str) -> bool:
        """Return whether there is a report."""
        size = select(func.length(Result.report)).join(HandIn, HandIn.result_id == Result.id)
        return bool(self.session.scalar(size.where(HandIn.number == name)))

    def column(self, name: str, column: InstrumentedAttribute[bytes]) -> bytes:
        """Return a column of the result that holds for a hand-in; empty without one."""
        found = self.session.scalar(
            select(column).join(HandIn, HandIn.result_id == Result.id).where(HandIn.number == name)
        )
        return found or b""


@dataclass(frozen=True, slots=True)
class _KeptFiles:
    reports: DatabaseReports

    def find(self, name: str) -> KeptFile | None:
        """Return what is kept beside a report; None if nothing is."""
        kept = self.reports.column(name, Result.kept)
        return read_file(kept) if kept else None
