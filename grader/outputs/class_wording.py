"""The marks, words and names that everything about a class shares."""

from collections.abc import Mapping

from grader.outputs.escaping import escape_controls
from grader.outputs.wording import Mark, format_points
from grader.report.class_model import (
    ClassSummary,
    ClusterFigures,
    LoadingFigures,
    ManualFigures,
    Row,
    RowStatus,
    Student,
)
from grader.report.model import NoteKind

ROW_MARKS = {
    RowStatus.GRADED: Mark("✓", "+", "green", "graded"),
    RowStatus.STOPPED: Mark("◐", "~", "yellow", "ended early"),
    RowStatus.UNREADABLE: Mark("✗", "x", "red", "can't be graded"),
    RowStatus.GRADER_ERROR: Mark("!", "!", "red", "the grader failed"),
    RowStatus.NOT_HANDED_IN: Mark("·", "-", "dim", "not handed in"),
}

ADVICE_FOR_FAULTS = (
    "There is no score; this is not a zero. Run the same command again to retry; if that doesn't "
    "help, each report says what failed."
)
ADVICE_FOR_UNREADABLE = "Worth 0 until the student hands in another file."
HOW_TO_LEARN = "To give one a name: grader learn DIR --cluster NUMBER"

_SHOWN_SUBJECTS = 6
# What one submission does, and what several do.
_LOADING = {
    NoteKind.NOT_INSTALLED: (
        "stops at a module that isn't installed here",
        "stop at a module that isn't installed here",
    ),
    NoteKind.NOT_IMPORTED: (
        "uses a module that it doesn't import",
        "use a module that they don't import",
    ),
    NoteKind.LIMIT: (
        "has code that reached a limit while it was loaded",
        "have code that reached a limit while it was loaded",
    ),
    NoteKind.EXIT: ("exits while it is loaded", "exit while they are loaded"),
    NoteKind.SYNTAX: ("has code that is not valid Python", "have code that is not valid Python"),
    NoteKind.RAISED: (
        "raises an exception while it is loaded",
        "raise an exception while they are loaded",
    ),
}
# Of other kinds, the subject is a name of ours and says nothing more.
_WITH_SUBJECTS = (NoteKind.NOT_INSTALLED, NoteKind.NOT_IMPORTED, NoteKind.RAISED)


def describe_loading(figures: LoadingFigures) -> str:
    """Say how many submissions stopped at what while they were loaded.

    For example, ``6 stop at a module that isn't installed here: seaborn (4), pandas (2)``.
    """
    count = len(figures.rows)
    one, several = _LOADING.get(
        figures.kind, ("has a note on its loading", "have notes on their loading")
    )
    words = f"{count:,} {one if count == 1 else several}"
    if not figures.subjects or figures.kind not in _WITH_SUBJECTS:
        return words
    names = [
        show_line(name) if count == 1 else f"{show_line(name)} ({many:,})"
        for name, many in list(figures.subjects.items())[:_SHOWN_SUBJECTS]
    ]
    left = len(figures.subjects) - len(names)
    return f"{words}: {', '.join([*names, *([f'and {left:,} more'] if left else [])])}"


def describe_cluster(figures: ClusterFigures) -> str:
    """Say who shares a wrong answer: a fact, whatever the reason is."""
    unknown = (
        f"; {count_of(figures.unknown, 'more submission')} could not be compared"
        if figures.unknown
        else ""
    )
    count = f"{figures.students:,} students"
    return f"{count} share this wrong answer, and nobody else in the class has it{unknown}."


def describe_manual(figures: ManualFigures) -> str:
    """Say how many answers a person has marked: ``essay: 3 marked, mean 2.5 of 5, 2 wait ...``."""
    top = format_points(figures.max_points)
    mean = f", mean {format_figure(figures.mean_points)} of {top} points" if figures.marked else ""
    verb = "waits" if figures.waiting == 1 else "wait"
    waiting = f"; {count_of(figures.waiting, 'answer')} {verb} for a person"
    return f"{figures.id}: {figures.marked:,} marked{mean}{waiting if figures.waiting else ''}"


def describe_waiting_answers(summary: ClassSummary) -> str:
    """Say how many answers of a class wait for a person; empty if none do."""
    count = sum(one.waiting for one in summary.manual)
    rows = sum(row.is_waiting for row in summary.rows)
    if not count:
        return ""
    verb = "waits" if count == 1 else "wait"
    return (
        f"{count_of(count, 'answer')} {verb} for a person, so "
        f"{count_of(rows, 'score is', 'scores are')} not final"
    )


def describe_problems(status: RowStatus, count: int) -> str:
    """Say how many submissions have no grade."""
    if status is RowStatus.GRADER_ERROR:
        return f"The grader failed on {count_of(count, 'submission')}"
    return f"{count_of(count, 'submission')} can't be graded"


def describe_statuses(statuses: Mapping[str, int]) -> str:
    """Count the submissions by status, in words: ``38 graded, 2 ended early``."""
    words = {status: mark.word for status, mark in ROW_MARKS.items()}
    words[RowStatus.GRADER_ERROR] = "that the grader failed on"
    del words[RowStatus.NOT_HANDED_IN]
    counts = ((statuses.get(status.value, 0), word) for status, word in words.items())
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def show_line(text: str) -> str:
    """Return a student's text as one line that is safe to show."""
    # The common case: escape_controls would change nothing, and it is called for every name.
    if text.isprintable():
        return text
    return escape_controls(" ".join(text.splitlines()))


def name_people(row: Row) -> str:
    """Return the names of a row's students, from the roster or the LMS, or else the file's name."""
    # Without a roster the student may have no name, but the LMS's own files do name somebody.
    lms_name = "" if row.members or row.student.name.strip() else row.origin.name
    people = ", ".join(filter(None, map(describe_student, row.people)))
    return show_line(lms_name or people or row.id or row.file) or "somebody"


def describe_student(student: Student) -> str:
    """Return a student's name, or else the id or the email address; empty if none is known."""
    return student.name.strip() or student.id.strip() or student.email.strip()


def format_figure(value: float) -> str:
    """Write a mean, rounded to one decimal."""
    return format_points(round(value, 1))


def count_of(number: int, thing: str, things: str = "") -> str:
    """Write a number with its noun: 1 student, 2 students, 10,000 students."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def format_seconds(seconds: float) -> str:
    """Write a duration as people say it: 0.8 s, 42 s, 5 min 3 s, 2 h 10 min."""
    if seconds < 10:  # noqa: PLR2004 - tenths are of interest only below that
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
