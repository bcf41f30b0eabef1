"""The grading of a class: the whole flow on one screen, in `grade_class`."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from grader.batch.clusters import find_class_clusters
from grader.batch.collection import Collection, Entry, LmsNumber
from grader.batch.keys import Keys
from grader.batch.marking import mark_class, open_marks
from grader.batch.renaming import Names
from grader.batch.report_ids import make_ids
from grader.batch.roster import Roster
from grader.batch.roster_file import list_titles
from grader.batch.shard import Shard
from grader.batch.store import ReportStore
from grader.checks.assignment import Assignment
from grader.errors import ClusterLostError, UnreadableSubmissionError, UsageError
from grader.outputs.class_files import write_class_files
from grader.pool.fault import fail_request
from grader.pool.jobs import Job, Pool
from grader.pool.messages import GradeRequest, GradeResult
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.csv_dialect import CsvDialect
from grader.report.outline import Outline, read_outline
from grader.report.shorten import shorten

_MAX_REASON = 500

# Called after each submission with the status of its report, and whether the report is an old one.
OnSubmissionDone = Callable[[str, bool], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What to grade, and how.

    Attributes:
        assignment: The assignment that the class worked on.
        collection: The submissions.
        pool: The pool that grades them; its settings say how.
        sources: Where the submissions come from; even below the assignment's folder, these are
            not part of it.
        roster: The students of the class, if known.
        regrade_all: Grade unchanged submissions again too.
        dialect: How the gradebook is written.
        shard: The shard of the class to grade; None for all of it. A shard has reports, and no
            class files: these are written by the batch of the whole class that follows.
    """

    assignment: Assignment
    collection: Collection
    pool: Pool
    sources: tuple[Path, ...] = ()
    roster: Roster | None = None
    regrade_all: bool = False
    dialect: CsvDialect = CsvDialect.EXCEL
    shard: Shard | None = None

    def ids(self) -> dict[str, str]:
        """Return the report id of each entry of the class, by its place."""
        return make_ids(entry.place for entry in self.collection.entries)

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries to grade."""
        if self.shard is None:
            return self.collection.entries
        ids = self.ids()
        return tuple(entry for entry in self.collection.entries if self.shard.has(ids[entry.place]))


@dataclass
class _Tally:
    """What is known about the class so far.

    Attributes:
        figures: The figures over all submissions that are done.
        seen: How many submissions each student on the roster has.
        done: How many submissions are done.
        unmatched: How many submissions could not be matched with the roster.
    """

    figures: ClassFigures = field(default_factory=ClassFigures)
    seen: Counter[Student] = field(default_factory=Counter)
    done: int = 0
    unmatched: int = 0


def grade_class(batch: Batch, store: ReportStore, *, on_progress: OnSubmissionDone) -> ClassSummary:
    """Grade the submissions that are new or changed, and write the files of a whole class.

    Args:
        batch: What to grade, and how.
        store: Where the reports are kept. The caller must hold its lock.
        on_progress: Called after each submission.

    Returns:
        The summary, as it was written, or would be of a shard.

    Raises:
        UsageError: the assignment or the marks that were given can't be used, or the class files
            can't be written. If only the report of a submission can't be, its row says so.
        KeyboardInterrupt: Ctrl-C was pressed. Every finished report was kept, and the class files
            were written for those.
        ClusterLostError: The pool's cluster no longer answers; the same holds.
    """
    started = time.monotonic()
    marks = open_marks(store.folder)
    tally = _Tally()
    ids = batch.ids()
    waiting: dict[str, Entry] = {}
    keys = Keys(batch.assignment, batch.pool.settings, without=(store.folder, *batch.sources))
    names = Names(batch.assignment, batch.pool.settings, keys, store)

    def record(entry: Entry, outline: Outline, *, is_old: bool) -> None:
        _add(tally, batch, entry, outline, id_=ids[entry.place])
        on_progress(outline.status.value, is_old)

    def keep(entry: Entry, request: GradeRequest, result: GradeResult) -> None:
        try:
            names.keep(ids[entry.place], request, result)
            outline = store.keep(ids[entry.place], result.report, result.page)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            reason = f"its report can't be kept: {_describe(error)}"
            failed = fail_request(batch.pool.settings, request, reason)
            outline = read_outline(failed.report)
        record(entry, outline, is_old=False)

    interrupt: KeyboardInterrupt | ClusterLostError | None = None
    try:
        with (
            names,
            contextlib.closing(
                batch.pool.grade_all(_make_jobs(batch, keys, names, ids, waiting, record, keep))
            ) as results,
        ):
            for job, result in results:
                keep(waiting.pop(job.key), job.request, result)
                del job, result  # before the next ones, which may be as large
    except (KeyboardInterrupt, ClusterLostError) as error:
        interrupt = error
    summary = _finish(tally, batch, seconds=time.monotonic() - started)
    if batch.shard is None:
        summary = find_class_clusters(summary, store)
        summary = mark_class(summary, store, marks)
        write_class_files(summary, store.folder, dialect=batch.dialect)
    if interrupt is not None:
        raise interrupt
    return summary


def _make_jobs(
    batch: Batch,
    keys: Keys,
    names: Names,
    ids: dict[str, str],
    waiting: dict[str, Entry],
    record: Callable[..., None],
    keep: Callable[[Entry, GradeRequest, GradeResult], None],
) -> Iterator[Job]:
    """Yield a job for each submission that has to be graded, and record those that needn't be.

    Args:
        batch: What to grade.
        keys: Makes the keys of the reports.
        names: Finds earlier reports, with today's names.
        ids: The report id of each entry, by its place.
        waiting: Gets the entry of each job, by its report id.
        record: Called with each entry whose report is already there.
        keep: Called with each entry on which the grader failed before it was graded.
    """
    for entry in batch.entries():
        id_ = ids[entry.place]
        try:
            request = _make_request(entry, keys)
            outline = None if batch.regrade_all else names.find(id_, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            request = GradeRequest(name=entry.file)
            reason = f"the submission could not be read: {_describe(error)}"
            keep(entry, request, fail_request(batch.pool.settings, request, reason))
            continue
        if outline is not None:
            record(entry, outline, is_old=True)
            continue
        waiting[id_] = entry
        job = Job(key=id_, request=request)
        del request
        yield job
        del job  # before the next one, which may be as large


def _make_request(entry: Entry, keys: Keys) -> GradeRequest:
    data, problem = b"", ""
    try:
        data = entry.read()
    except UnreadableSubmissionError as error:
        problem = str(error)
    key = keys.of(entry.file, data or problem.encode())
    return GradeRequest(name=entry.file, data=data, problem=problem, key=key)


def _describe(error: Exception) -> str:
    """Describe an exception that nobody expected, or what a message for the user says."""
    name = "" if isinstance(error, UsageError) else f"{type(error).__name__}: "
    return shorten(f"{name}{error}", _MAX_REASON)


def _add(tally: _Tally, batch: Batch, entry: Entry, outline: Outline, *, id_: str) -> None:
    """Add one finished submission to the figures, with its students as the roster has them."""
    people, notes = entry.members or (entry.student,), entry.notes
    if entry.origin.is_late:
        notes = ("handed in late", *notes)
    if batch.roster is not None:
        found = _look_up(entry, batch.roster)
        if None in found:
            tally.unmatched += 1
            notes = (*notes, "could not be matched with the roster")
        tally.seen.update(one for one in found if one is not None)
        if entry.owners and isinstance(entry.owners[0], LmsNumber):
            # Next to ids from the roster, the LMS's own number could be taken for one of them.
            people = tuple(msgspec.structs.replace(one, id="") for one in people)
        people = tuple(listed or named for listed, named in zip(found, people, strict=True))
    tally.done += 1
    tally.figures.add(
        outline,
        id=id_,
        student=people[0],
        file=entry.file,
        notes=notes,
        members=people if entry.members else (),
        origin=entry.origin,
    )


def _look_up(entry: Entry, roster: Roster) -> list[Student | None]:
    """Look up each student of an entry on the roster."""
    if entry.members:
        return [roster.find(one.id, one.email, one.name) for one in entry.members]
    return [roster.find(*entry.owners)]


def _finish(tally: _Tally, batch: Batch, *, seconds: float) -> ClassSummary:
    count = len(batch.entries())
    remarks: list[str] = []
    if tally.done < count:
        remarks.append(
            f"The batch was interrupted: {tally.done} of {count} submissions graded. "
            "Run the same command again to grade the rest."
        )
    elif batch.roster is not None and batch.shard is None:
        # Only a complete batch shows who did not hand in.
        for student in batch.roster.students:
            if student not in tally.seen:
                tally.figures.add_absent(student)
    doubles = sum(count > 1 for count in tally.seen.values())
    if doubles:
        remarks.append(
            f"{doubles} student{'s have' if doubles != 1 else ' has'} more than one submission; "
            "each submission has its own row."
        )
    if tally.unmatched:
        remarks.append(
            f"{tally.unmatched} submission{'s' if tally.unmatched != 1 else ''} could not be"
            " matched with the roster."
        )
    if batch.roster is not None and batch.roster.unused:
        remarks.append(
            f"Columns of the roster that were not used: {list_titles(batch.roster.unused)}."
        )
    return tally.figures.finish(
        assignment=batch.assignment.info,
        max_score=batch.assignment.points,
        function_names=tuple(batch.assignment.parameters),
        skipped=batch.collection.skipped,
        remarks=tuple(remarks),
        timing={"total_s": round(seconds, 1)},
    )
