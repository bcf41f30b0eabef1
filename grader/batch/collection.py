"""What was handed in: an entry for each submission, wherever it comes from.

Collectors make these: of a folder here, and of what an LMS exports. An entry's bytes are read
only when it is its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from grader.report.class_model import Origin, Skipped, Student


class LmsNumber(str):  # noqa: SLOT000 - a str can't have any that aren't empty
    """The number that a system knows somebody by; on a roster it may be somebody else's.

    Attributes:
        of_class: Everybody's whose work is in the same export.
    """

    of_class: frozenset[str]

    def __new__(cls, number: str, of_class: frozenset[str] = frozenset()) -> Self:
        """Mark a number."""
        marked = super().__new__(cls, number)
        marked.of_class = of_class
        return marked


class LmsName(str):
    """What somebody is called in a system; a number in it is no id, as people may choose names."""

    __slots__ = ()


class Account(str):
    """An account, or what may be one: it means somebody as a whole, or not at all."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submission.

    Attributes:
        place: Where it was found, as a path that is unique in the collection: it names the report.
        file: The name that it was handed in under.
        read: Reads its bytes. Raises `UnreadableSubmissionError` where there are none to be graded.
        owners: What the place says about who handed it in, the surest first: an id, an address, a
            name, or several in one; marked as `LmsNumber`, `LmsName` or `Account` where they are.
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
