"""What a format is: a function that makes files out of graded work.

To write one: give each file as `ExportedFile`, and what the format has no words for as `LeftOut`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import NotExpressibleError, UsageError
from grader.report.class_model import Row
from grader.report.model import AssignmentInfo, Report


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of a format: its name, with folders before it, and what is in it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody of whom the format can't tell, and why: by the id of the row, or by name."""

    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the work, and its report.

    Attributes:
        row: Whose it is, and how it went.
        read: Reads the report; only where ``row.id`` is not empty, so where something was handed
            in. Raises `UsageError` if it can't be read.
    """

    row: Row
    read: Callable[[], Report]


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is exported: one submission, or a class.

    Attributes:
        assignment: What it is work on.
        max_score: What it can earn, in points.
        items: The rows, in the order of the class. Reports are read one at a time.
        functions: What the cells of the rows are of.
        is_single: Whether this is one report and not a class.
        is_after_due: Whether everything may be shown now, also what waits for the due date.
        worksheet: A file of the platform's own that is to be filled in.
        settings: What was said to the format alone, by name.
    """

    assignment: AssignmentInfo
    max_score: float
    items: tuple[Item, ...]
    functions: tuple[str, ...] = ()
    is_single: bool = False
    is_after_due: bool = False
    worksheet: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def setting(self, name: str, default: str = "") -> str:
        """Give a setting of the format's own."""
        self._used.add(name)
        return self.settings.get(name, default)

    def flag(self, name: str, default: str = "no") -> bool:
        """Give a setting that is on or off.

        Raises:
            UsageError: it is neither.
        """
        value = self.setting(name, default).lower()
        if value not in ("yes", "no"):
            raise UsageError(f"{name} can be yes or no, and not {value}")
        return value == "yes"

    def unused_settings(self) -> list[str]:
        """List what was said and never asked for, once the export is done."""
        return sorted(self.settings.keys() - self._used)


Export = Callable[[Work], Iterable[ExportedFile | LeftOut]]

# Makes the files of one report, with the names that the platform gives them.
WriteReport = Callable[[Report, Work], Iterable[ExportedFile]]


def each_report(work: Work, write: WriteReport) -> Iterator[ExportedFile | LeftOut]:
    """Make the files of every report, for a class in a folder for each row.

    Args:
        work: The work; of who handed in nothing, nothing is written.
        write: Makes those of one. Raises `NotExpressibleError` where the format can't say it.
    """
    for item in work.items:
        if not item.row.id:
            continue
        try:
            for file in write(item.read(), work):
                name = file.name if work.is_single else f"{item.row.id}/{file.name}"
                yield ExportedFile(name, file.content)
        except NotExpressibleError as error:
            yield LeftOut(item.row.id, str(error))
