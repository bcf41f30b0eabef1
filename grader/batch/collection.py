"""What was handed in: an entry for each submission, wherever it comes from.

Collectors make these: of a folder here, and of what an LMS exports. An entry's bytes are read
only when it is its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.report.class_model import Origin, Skipped, Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submission.

    Attributes:
        place: Where it was found, as a path that is unique in the collection: it names the report.
        file: The name that it was handed in under.
        read: Reads its bytes. Raises `UnreadableSubmissionError` where there are none to be graded.
        owners: What the place says about who handed it in, the surest first: an id, an address, a
            name, or several in one.
        student: Who that is, where it is known.
        members: All whose work it is, where several handed in together; the first is ``student``.
        origin: Where an LMS had it from.
        notes: What an instructor should know about it.
    """

    place: str
    file: str
    read: Callable[[], bytes]
    owners: tuple[str, ...]
    student: Student = field(default_factory=Student)
    members: tuple[Student, ...] = ()
    origin: Origin = field(default_factory=Origin)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """All that was found: the submissions, and what is none."""

    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()
