"""The interface of a format: a function that makes files out of graded work.

A format yields each of its files as an `ExportedFile`, and a `LeftOut` for each submission or
person that it can't express. It must never make up a score for them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from grader.errors import NotExpressibleError, UsageError
from grader.exports.counted import Counted, with_counted_score, with_reason
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
        counted: What counts, if that is not the report's score.
    """

    row: Row
    read: Callable[[], Report]
    counted: Counted | None = None

    def read_as_it_counts(self, *, is_after_due: bool) -> Report:
        """Read the report with the score that counts; its functions keep what was earned.

        Raises:
            NotExpressibleError: What counts can't be shown yet.
            UsageError: The report can't be read.
        """
        report = self.read()
        if self.counted is None:
            return report
        return with_counted_score(report, self.counted, is_after_due=is_after_due)

    def read_with_reason(self, *, is_after_due: bool) -> Report:
        """Read the report with a note on what counts, for a format that has the row's score.

        Raises:
            UsageError: The report can't be read.
        """
        report = self.read()
        if self.counted is None:
            return report
        return with_reason(report, self.counted, is_after_due=is_after_due)


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
        excused: The rows of students who are excused. They are not among the items: there is no
            score for them.
    """

    assignment: AssignmentInfo
    max_score: float
    items: tuple[Item, ...]
    functions: tuple[str, ...] = ()
    is_single: bool = False
    is_after_due: bool = False
    worksheet: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    excused: tuple[Row, ...] = ()
    _used: set[str] = field(default_factory=set)

    _EXCUSED: ClassVar[str] = ""

    @property
    def manual(self) -> tuple[str, ...]:
        """The ids of the answers that a person marks, in order."""
        return tuple(dict.fromkeys(one.id for item in self.items for one in item.row.manual))

    @property
    def knows_excuses(self) -> bool:
        """Whether the format has asked who is excused, once it has made a file."""
        return self._EXCUSED in self._used

    def take_excused(self) -> tuple[Row, ...]:
        """Return the rows of students who are excused, for a format that can say so."""
        self._used.add(self._EXCUSED)
        return self.excused

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


def leave_out_without_report(item: Item) -> Iterator[LeftOut]:
    """Say of somebody who has handed in nothing that there are points, if there are any."""
    if item.row.score is not None:
        reason = "points were decided without a hand-in, so there is no report to show them with"
        yield LeftOut(item.row.student.name or item.row.student.id, reason)


def each_report(
    work: Work, write: WriteReport, *, has_total: bool = False
) -> Iterator[ExportedFile | LeftOut]:
    """Make the files of every report; those of a class are in one folder per row.

    Args:
        work: The work. Nothing is written for students who did not hand in.
        write: Makes the files of one report. If it raises `NotExpressibleError`, the submission
            is left out with that reason.
        has_total: Whether the format has a score of the whole that need not be the sum of its
            parts. Without one, it can't say that something else counts than what was earned.
    """
    for item in work.items:
        if not item.row.id:
            yield from leave_out_without_report(item)
            continue
        if item.counted is not None and not has_total:
            reason = "this format has only points that were earned, part by part"
            yield LeftOut(item.row.id, f"{item.counted.reason}, and {reason}")
            continue
        try:
            for file in write(item.read_as_it_counts(is_after_due=work.is_after_due), work):
                name = file.name if work.is_single else f"{item.row.id}/{file.name}"
                yield ExportedFile(name, file.content)
        except NotExpressibleError as error:
            yield LeftOut(item.row.id, str(error))
