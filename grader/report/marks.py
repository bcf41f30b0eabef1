"""The marks that persons gave: kept by unit and digest of the answer, so that they last.

A mark belongs to an answer, whoever gave it. So equal answers have one mark, a regrade of an
unchanged answer keeps it, and a changed answer has none. Whose answers had a mark is kept too: if
one of them hands in another answer, the old mark is shown as outdated.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from grader.report.class_model import Row
from grader.report.json_escape import escape_invisible
from grader.report.manual import give_mark
from grader.report.model import ManualItem, ManualMark

MARKS_NAME = "marks.json"
MARKS_VERSION = "1.0"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A mark, with the answer that it belongs to.

    ``people`` has the keys, as from `keys_of`, of those who gave this answer.
    """

    unit: str
    answer: str
    points: float
    level: str = ""
    comment: str = ""
    by: str = ""
    at: str = ""
    people: tuple[str, ...] = ()

    @property
    def given(self) -> ManualMark:
        """What a report shows of it."""
        return ManualMark(
            points=self.points, level=self.level, comment=self.comment, by=self.by, at=self.at
        )

    def says_the_same_as(self, other: "Mark") -> bool:
        """Whether points, level and comment are equal, whoever gave them."""
        mine, others = (
            (one.unit, one.answer, one.points, one.level, one.comment) for one in (self, other)
        )
        return mine == others


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAnswer:
    """An answer that somebody in a class gave, with its mark if it has one.

    Attributes:
        item: The answer, as in a report.
        rows: The rows of those who gave it; their marks are the same.
    """

    item: ManualItem
    rows: tuple[Row, ...]


class _File(msgspec.Struct, frozen=True, kw_only=True):
    marks_version: str
    marks: tuple[Mark, ...]


class MarkBook:
    """All marks of a class."""

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self._marks: dict[tuple[str, str], Mark] = {}
        # The answers that somebody ever had a mark for, by unit and person.
        self._answers: dict[tuple[str, str], set[str]] = {}
        for one in marks:
            self._put(one)

    def __iter__(self) -> Iterator[Mark]:
        """Yield the marks, sorted by unit and answer."""
        yield from (self._marks[key] for key in sorted(self._marks))

    def find(self, unit: str, answer: str) -> Mark | None:
        """Return the mark of an answer, if it has one."""
        return self._marks.get((unit, answer))

    def give(self, mark: Mark) -> None:
        """Give an answer a mark, in place of the one that it may have; its people are kept."""
        old = self.find(mark.unit, mark.answer)
        people = {*mark.people, *(old.people if old is not None else ())}
        self._put(msgspec.structs.replace(mark, people=tuple(sorted(people))))

    def take_back(self, unit: str, answer: str) -> None:
        """Remove the mark of an answer, if it has one."""
        self._marks.pop((unit, answer), None)

    def mark(self, item: ManualItem, people: Collection[str]) -> ManualItem:
        """Return an answer with its mark, or with the outdated one of the same people.

        That these people gave it is kept.
        """
        found = self.find(item.id, item.digest)
        if found is not None and not set(people) <= set(found.people):
            found = msgspec.structs.replace(found, people=tuple(sorted({*found.people, *people})))
            self._put(found)
        outdated = self._latest(item.id, people) if found is None else None
        return give_mark(
            item,
            found.given if found is not None else None,
            outdated.given if outdated is not None else None,
        )

    def _put(self, mark: Mark) -> None:
        self._marks[mark.unit, mark.answer] = mark
        for one in mark.people:
            self._answers.setdefault((mark.unit, one), set()).add(mark.answer)

    def _latest(self, unit: str, people: Collection[str]) -> Mark | None:
        """Return the last mark that these people had for any answer."""
        answers = {one for person in people for one in self._answers.get((unit, person), ())}
        known = [mark for one in sorted(answers) if (mark := self.find(unit, one)) is not None]
        return max(known, key=lambda one: one.at, default=None)

    def to_json(self) -> str:
        """Return the marks as JSON, with a line for each."""
        lines = (json.dumps(msgspec.to_builtins(one), ensure_ascii=False) for one in self)
        text = ",\n".join(f"    {line}" for line in lines)
        whole = f'{{\n  "marks_version": "{MARKS_VERSION}",\n  "marks": [\n{text}\n  ]\n}}\n'
        return escape_invisible(whole.encode("utf-8", "backslashreplace").decode())


def read_marks(data: bytes) -> MarkBook:
    """Read marks from their JSON.

    Raises:
        ValueError: The data is not a file of marks.
    """
    return MarkBook(msgspec.json.decode(data, type=_File).marks)


def keys_of(row: Row) -> tuple[str, ...]:
    """Return what identifies the people of a row from one hand-in to the next."""
    keys = {
        f"{kind}:{value}"
        for person in row.people
        for kind, value in (("id", person.id), ("email", person.email.casefold()))
        if value
    }
    if row.origin.system and row.origin.key and row.origin.system != "gradescope":
        keys.add(f"{row.origin.system}:{row.origin.key}")  # of Gradescope, that of a submission
    return tuple(sorted(keys)) or (f"row:{row.id}",)
