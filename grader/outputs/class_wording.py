"""What all that is shown of a class has in common: who somebody is, and how it went."""

from collections.abc import Mapping

from grader.outputs.escaping import escape_controls
from grader.outputs.wording import Mark, format_points
from grader.report.class_model import Row, RowStatus, Student

ROW_MARKS = {
    RowStatus.GRADED: Mark("✓", "+", "green", "graded"),
    RowStatus.STOPPED: Mark("◐", "~", "yellow", "ended early"),
    RowStatus.UNREADABLE: Mark("✗", "x", "red", "can't be graded"),
    RowStatus.GRADER_ERROR: Mark("!", "!", "red", "the grader failed"),
    RowStatus.NOT_HANDED_IN: Mark("·", "-", "dim", "not handed in"),
}

ADVICE_FOR_FAULTS = (
    "They have no score, and this is not a zero. The same command grades them again; if that "
    "doesn't help, their reports say what failed."
)
ADVICE_FOR_UNREADABLE = (
    "They are worth 0 as they stand; their authors have to hand in another file."
)


def describe_problems(status: RowStatus, count: int) -> str:
    """Say how many submissions have no grade, and whose fault it is."""
    if status is RowStatus.GRADER_ERROR:
        return f"The grader failed on {count_of(count, 'submission')}"
    return f"{count_of(count, 'submission')} can't be graded"


def describe_statuses(statuses: Mapping[str, int]) -> str:
    """Say how many of those who handed in stand how, in words: ``38 graded, 2 ended early``."""
    words = {status: mark.word for status, mark in ROW_MARKS.items()}
    words[RowStatus.GRADER_ERROR] = "that the grader failed on"
    del words[RowStatus.NOT_HANDED_IN]
    told = ((statuses.get(status.value, 0), word) for status, word in words.items())
    return ", ".join(f"{count:,} {word}" for count, word in told if count)


def show_line(text: str) -> str:
    """Make text of a student's safe to show, on one line."""
    # Nothing but what escape_controls leaves alone: it would be called for every name of a class.
    if text.isprintable():
        return text
    return escape_controls(" ".join(text.splitlines()))


def show_who(row: Row) -> str:
    """Name whose row it is: as the roster or the LMS has it, or else by the file."""
    # An LMS may know no name, but it writes one before the id that it does know.
    written = "" if row.members or row.student.name.strip() else row.origin.name
    people = ", ".join(filter(None, map(describe_student, row.people)))
    return show_line(written or people or row.id or row.file) or "somebody"


def describe_student(student: Student) -> str:
    """Name a student as well as it is known; empty where nobody knows."""
    return student.name.strip() or student.id.strip() or student.email.strip()


def show_score(score: float | None, max_score: float) -> str:
    """Write what was earned of what can be; a dash where there is no score."""
    return "—" if score is None else f"{format_points(score)} / {format_points(max_score)}"


def format_figure(value: float) -> str:
    """Write a mean with one digit after the point, where it needs one."""
    return format_points(round(value, 1))


def count_of(number: int, thing: str, things: str = "") -> str:
    """Write a number with its noun: 1 student, 2 students, 10,000 students."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def format_seconds(seconds: float) -> str:
    """Write a duration as somebody would say it: 0.8 s, 42 s, 5 min 3 s, 2 h 10 min."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths say something
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
