"""The result of collecting: an entry for each submission, from whatever source.

Collectors make these, both from plain folders and from the exports of an LMS. An entry's bytes are
read only when it is about to be graded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from grader.report.class_model import Origin, Skipped, Student


class LmsNumber(str):  # noqa: SLOT000 - a str can't have slots that aren't empty
    """The number by which an LMS knows a student; on a roster it may be somebody else's id.

    Attributes:
        of_class: The numbers of all students in the same export.
    """

    of_class: frozenset[str]

    def __new__(cls, number: str, of_class: frozenset[str] = frozenset()) -> Self:
        """Mark a string as the number of a student in an LMS."""
        marked = super().__new__(cls, number)
        marked.of_class = of_class
        return marked


class LmsName(str):
    """The name of a student in an LMS; a number in it is not an id, as students choose names."""

    __slots__ = ()


class Account(str):
    """An account name, or a guess at one: it identifies a student only as a whole."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submission of a collection.

    Attributes:
        place: Where it was found, as a path that is unique in the collection. The report is named
            after it.
        file: The name under which the file was handed in.
        read: Reads its bytes. Raises `UnreadableSubmissionError` if there is nothing to grade.
        owners: What ``place`` says about the student, the most reliable first: an id, an e-mail
            address, a name, or several of these in one string; marked as `LmsNumber`, `LmsName` or
            `Account` where they are such.
        student: The student, as far as the export names one.
        members: All students of a group that handed in together; the first is ``student``.
        origin: Where the submission comes from, in the LMS's own terms.
        notes: What an instructor should know about it.
        skipped: What was not read in an archive that the student handed in; the paths are relative
            to the same top as those of the collection.
    """

    place: str
    file: str
    read: Callable[[], bytes]
    owners: tuple[str, ...]
    student: Student = field(default_factory=Student)
    members: tuple[Student, ...] = ()
    origin: Origin = field(default_factory=Origin)
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Everything that was found: the submissions, and the files that are not submissions."""

    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()
