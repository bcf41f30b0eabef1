"""The interface of a format: a function that makes files out of graded work.

A format yields each of its files as an `ExportedFile`, and a `LeftOut` for each submission or
person that it can't express. It must never make up a score for them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import NotExpressibleError, UsageError
from grader.report.class_model import Row
from grader.report.model import AssignmentInfo, Report


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that a format has made.

    Attributes:
        name: Its path below the output folder, with ``/`` between folders.
        content: Its bytes.
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A submission or person that the format left out.

    Attributes:
        who: The id of the row, or the name of the person.
        reason: Why the result was left out.
    """

    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the class, and its report.

    Attributes:
        row: The student or team, and the result.
        read: Reads the report. Call it only if ``row.id`` is not empty, that is, if something was
            handed in. Raises `UsageError` if the report can't be read.
    """

    row: Row
    read: Callable[[], Report]


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is exported: one submission, or a class.

    Attributes:
        assignment: The assignment that was graded.
        max_score: The maximum score, in points.
        items: The rows, in the order of the class. Reports are read one at a time.
        functions: The names of the functions that the cells of the rows belong to, in order.
        is_single: Whether this is one report and not a class.
        is_after_due: Whether the due date has passed, so that what waits for it may be shown.
        worksheet: The platform's own file to fill in, if one was given.
        settings: The format's own settings, by name.
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

    @property
    def manual(self) -> tuple[str, ...]:
        """The ids of the answers that a person marks, in order."""
        return tuple(dict.fromkeys(one.id for item in self.items for one in item.row.manual))

    def setting(self, name: str, default: str = "") -> str:
        """Return one of the format's settings, and mark it as used."""
        self._used.add(name)
        return self.settings.get(name, default)

    def flag(self, name: str, default: str = "no") -> bool:
        """Return a setting that is ``yes`` or ``no`` as a bool.

        Raises:
            UsageError: If it is neither.
        """
        value = self.setting(name, default).lower()
        if value not in ("yes", "no"):
            raise UsageError(f"{name} must be yes or no, not {value}")
        return value == "yes"

    def unused_settings(self) -> list[str]:
        """List the settings that the format has not asked for, once it has made a file."""
        return sorted(self.settings.keys() - self._used)


Export = Callable[[Work], Iterable[ExportedFile | LeftOut]]

# Makes the files of one report, named as the platform expects them.
WriteReport = Callable[[Report, Work], Iterable[ExportedFile]]


def each_report(work: Work, write: WriteReport) -> Iterator[ExportedFile | LeftOut]:
    """Make the files of every report; those of a class are in one folder per row.

    Args:
        work: The work. Nothing is written for students who did not hand in.
        write: Makes the files of one report. If it raises `NotExpressibleError`, the submission
            is left out with that reason.
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
