"""Fill scores into the lines of a platform's table.

A score goes only into a line that certainly belongs to its student, and no line gets two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.exports.format import Item, LeftOut, Work
from grader.report.class_model import Row, RowStatus, Student
from grader.report.manual import waiting_items
from grader.report.normalize import normalize, normalize_name
from grader.report.words import join_names


@dataclass(frozen=True, slots=True)
class Place:
    """Where a student is in a table.

    Attributes:
        name: What to call the student in a message; may be empty.
        line: The index of the student's line; None if there is no line, or more than one.
    """

    name: str
    line: int | None


def explain_waiting(row: Row) -> str:
    """Return why a row has no final score: a person has to mark some of its answers."""
    waiting = waiting_items(row.manual)
    verb = "waits" if len(waiting) == 1 else "wait"
    names = join_names([one.id for one in waiting])
    return f"{names} {verb} for a person, so there is no final score yet"


def fill_in(
    work: Work, find: Callable[[Row], Iterable[Place]], write: Callable[[int, Item], str]
) -> list[LeftOut]:
    """Find the line of each student whose work has a score, and fill it in.

    Args:
        work: The class.
        find: Finds the lines of the people of a row.
        write: Fills in a line. Returns an empty string, or the reason why it left the line alone.

    Returns:
        Whose line was not filled in: because the grader failed, an answer waits for a person, there
        is no single line for them,
        two submissions would go into the same line, or ``write`` left it alone.
    """
    items_by_line: dict[int, list[Item]] = {}
    left_out: list[LeftOut] = []
    for item in work.items:
        row = item.row
        if row.status is RowStatus.NOT_HANDED_IN:
            continue
        if row.score is None:
            left_out.append(LeftOut(row.id, "the grader failed, so there is no score"))
            continue
        if row.is_waiting:
            left_out.append(LeftOut(row.id, explain_waiting(row)))
            continue
        for place in find(row):
            if place.line is None:
                name = place.name or row.origin.name or row.id
                reason = f"{name} is not in the worksheet, or is in it more than once"
                left_out.append(LeftOut(row.id, reason))
            else:
                items_by_line.setdefault(place.line, []).append(item)
    for line, items in items_by_line.items():
        if len({item.row.id for item in items}) == 1:
            if reason := write(line, items[0]):
                left_out.append(LeftOut(items[0].row.id, reason))
            continue
        ids = ", ".join(item.row.id for item in items)
        left_out += [
            LeftOut(item.row.id, f"one person has several submissions; keep only one: {ids}")
            for item in items
        ]
    return left_out


class People:
    """Finds the lines of students in a table.

    Args:
        lines: For each line, the values that identify its student, under ``key``, ``id``,
            ``email`` and ``name``. There may be several of each.
        system: The system that the ``key`` values belong to, as in `Origin.system`.
    """

    def __init__(self, lines: Iterable[Mapping[str, Sequence[str]]], *, system: str = "") -> None:
        self._system = system
        self._places: dict[tuple[str, str], set[int]] = {}
        for place, line in enumerate(lines):
            for kind, values in line.items():
                for value in filter(None, map(_FOLDED[kind], values)):
                    self._places.setdefault((kind, value), set()).add(place)

    def find_all(self, row: Row) -> Iterator[Place]:
        """Find the line of each person of a row."""
        for person in row.people:
            yield Place(person.name or person.id or person.email, self.find(row, person))

    def find(self, row: Row, person: Student) -> int | None:
        """Return the one line that matches a person, trying the most reliable value first.

        Returns:
            The index of the line; None if no value matches exactly one line.
        """
        wanted = [("id", person.id), ("email", person.email), ("id", person.email)]
        if self._system and row.origin.system == self._system and not row.members:
            wanted.insert(0, ("key", row.origin.key))
        wanted += [("name", person.name), ("name", "" if row.members else row.origin.name)]
        for kind, value in wanted:
            places = self._places.get((kind, _FOLDED[kind](value)), set())
            if len(places) == 1:
                return next(iter(places))
        return None


_FOLDED: Mapping[str, Callable[[str], str]] = {
    "key": normalize,
    "id": normalize,
    "email": normalize,
    "name": normalize_name,
}
