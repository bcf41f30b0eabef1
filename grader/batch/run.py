"""Grades a class: the whole flow on one screen, in `grade_class`."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from grader.batch.collection import Collection, Entry, LmsNumber
from grader.batch.keys import Keys
from grader.batch.report_ids import make_ids
from grader.batch.roster import Roster
from grader.batch.store import ReportStore
from grader.checks.assignment import Assignment
from grader.errors import UnreadableSubmissionError
from grader.outputs.class_files import write_class_files
from grader.pool.local_pool import Job, grade_all
from grader.pool.messages import GradeRequest, PoolSettings
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Student
from grader.report.model import ReportStatus
from grader.report.outline import Outline

# Told after each submission: how it went (a report's status), and whether it was there already.
OnSubmissionDone = Callable[[str, bool], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be graded, and how.

    Attributes:
        assignment: What it is a class's work on.
        collection: What was handed in.
        setup: How each is graded.
        jobs: How many graders work side by side.
        roster: Who is in the class, if that is known.
        regrade_all: Grade also what is there already.
    """

    assignment: Assignment
    collection: Collection
    setup: PoolSettings
    jobs: int
    roster: Roster | None = None
    regrade_all: bool = False


@dataclass
class _Tally:
    """What is known of the class so far."""

    figures: ClassFigures = field(default_factory=ClassFigures)
    seen: Counter[Student] = field(default_factory=Counter)
    done: int = 0
    strangers: list[str] = field(default_factory=list)


def grade_class(batch: Batch, store: ReportStore, *, on_progress: OnSubmissionDone) -> ClassSummary:
    """Grade what is new or has changed, and write everything about the class.

    Args:
        batch: What, and how.
        store: Where the reports are kept; nobody else may be at work in it.
        on_progress: Told after each submission.

    Returns:
        The summary, as it was written. After Ctrl-C it is of what was done until then.

    Raises:
        UsageError: the assignment can't be used, or results can't be written.
        KeyboardInterrupt: as it came, after everything that is done was kept.
    """
    started = time.monotonic()
    tally = _Tally()
    entries = batch.collection.entries
    names = make_ids(entry.place for entry in entries)
    graded: dict[str, Entry] = {}

    def note(entry: Entry, outline: Outline, *, is_old: bool) -> None:
        _add(tally, batch, entry, outline, name=names[entry.place])
        on_progress(outline.status.value, is_old)

    interrupt: KeyboardInterrupt | None = None
    tasks = _tasks(batch, store, names, graded, note)
    try:
        with contextlib.closing(grade_all(tasks, settings=batch.setup, workers=batch.jobs)) as results:
            for task, result in results:
                outline = store.keep(task.key, result.report, result.page)
                note(graded.pop(task.key), outline, is_old=False)
    except KeyboardInterrupt as error:
        interrupt = error
    summary = _finish(tally, batch, seconds=time.monotonic() - started)
    write_class_files(summary, store.folder)
    if interrupt is not None:
        raise interrupt
    return summary


def _tasks(
    batch: Batch,
    store: ReportStore,
    names: dict[str, str],
    graded: dict[str, Entry],
    note: Callable[..., None],
) -> Iterator[Job]:
    """Give what has to be graded; what is there already is noted by the way."""
    keys = Keys(batch.assignment, batch.setup)
    for entry in batch.collection.entries:
        name = names[entry.place]
        data, problem = b"", ""
        try:
            data = entry.read()
        except UnreadableSubmissionError as error:
            problem = str(error)
        key = keys.of(entry.file, data or problem.encode())
        outline = None if batch.regrade_all else store.find(name, key)
        if outline is not None and outline.status is not ReportStatus.GRADER_ERROR:
            note(entry, outline, is_old=True)
            continue
        graded[name] = entry
        grade = GradeRequest(name=entry.file, data=data, problem=problem, key=key)
        yield Job(key=name, request=grade)


def _add(tally: _Tally, batch: Batch, entry: Entry, outline: Outline, *, name: str) -> None:
    people, notes = entry.members or (entry.student,), entry.notes
    if entry.origin.is_late:
        notes = ("handed in late", *notes)
    if batch.roster is not None:
        found = _look_up(entry, batch.roster)
        if None in found:
            tally.strangers.append(entry.place)
            notes = (*notes, "nobody on the roster is known by this name")
        tally.seen.update(one for one in found if one is not None)
        if entry.owners and isinstance(entry.owners[0], LmsNumber):
            # Beside a roster, the number that an LMS has for somebody could pass for an id of its.
            people = tuple(msgspec.structs.replace(one, id="") for one in people)
        people = tuple(one or said for one, said in zip(found, people, strict=True))
    tally.done += 1
    tally.figures.add(
        outline,
        id=name,
        student=people[0],
        file=entry.file,
        notes=notes,
        members=people if entry.members else (),
        origin=entry.origin,
    )


def _look_up(entry: Entry, roster: Roster) -> list[Student | None]:
    """Find everybody whose work it is on the roster."""
    if entry.members:
        return [roster.find(one.id, one.email, one.name) for one in entry.members]
    return [roster.find(*entry.owners)]


def _finish(tally: _Tally, batch: Batch, *, seconds: float) -> ClassSummary:
    entries = batch.collection.entries
    remarks: list[str] = []
    if tally.done < len(entries):
        remarks.append(
            f"It was interrupted: {tally.done} of {len(entries)} submissions are graded. The same "
            "command goes on with the others."
        )
    elif batch.roster is not None:
        # Only now is it known who is missing.
        for student in batch.roster.students:
            if student not in tally.seen:
                tally.figures.add_absent(student)
    doubles = sum(count > 1 for count in tally.seen.values())
    if doubles:
        remarks.append(
            f"{doubles} student{'s have' if doubles != 1 else ' has'} more than one submission; "
            "each has a row."
        )
    if tally.strangers:
        count = len(tally.strangers)
        remarks.append(
            f"{count} submission{'s' if count != 1 else ''} could not be matched with the roster."
        )
    return tally.figures.finish(
        assignment=batch.assignment.info,
        max_score=batch.assignment.points,
        function_names=tuple(batch.assignment.parameters),
        skipped=batch.collection.skipped,
        remarks=tuple(remarks),
        timing={"total_s": round(seconds, 1)},
    )
