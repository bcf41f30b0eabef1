"""Fills scores into the lines of a platform's table, each into its own and none into two."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.exports.format import Item, LeftOut, Work
from grader.report.class_model import Row, RowStatus, Student
from grader.report.normalize import normalize, normalize_name


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's line: its number, or None where there is none or more than one."""

    who: str
    line: int | None


def fill_in(
    work: Work, find: Callable[[Row], Iterable[Place]], write: Callable[[int, Item], str]
) -> list[LeftOut]:
    """Find the line of everybody whose work has a score, and fill it in.

    Args:
        work: The class.
        find: Finds the lines of a row's people.
        write: Fills in a line, or says why not.

    Returns:
        Whose line was not filled in: the grader failed on it, there is no line, two submissions
        would go into the same one, or the line says no.
    """
    takers: dict[int, list[Item]] = {}
    left_out: list[LeftOut] = []
    for item in work.items:
        row = item.row
        if row.status is RowStatus.NOT_HANDED_IN:
            continue
        if row.score is None:
            left_out.append(LeftOut(row.id, "the grader failed on it, so there is no score"))
            continue
        for place in find(row):
            if place.line is None:
                who = place.who or row.origin.name or row.id
                left_out.append(LeftOut(row.id, f"{who} is not in the worksheet, or not only once"))
            else:
                takers.setdefault(place.line, []).append(item)
    for line, items in takers.items():
        if len({item.row.id for item in items}) == 1:
            if reason := write(line, items[0]):
                left_out.append(LeftOut(items[0].row.id, reason))
            continue
        others = ", ".join(item.row.id for item in items)
        left_out += [
            LeftOut(item.row.id, f"several submissions of one person, choose one: {others}")
            for item in items
        ]
    return left_out


class People:
    """Finds the lines of a table that people stand in.

    Args:
        lines: For each line, what it says of who it is about: by ``key``, ``id``, ``email`` or
            ``name``; several of each may be there.
        system: Whose keys the ``key`` is of, as `Origin.system` has it.
    """

    def __init__(self, lines: Iterable[Mapping[str, Sequence[str]]], *, system: str = "") -> None:
        self._system = system
        self._places: dict[tuple[str, str], set[int]] = {}
        for place, line in enumerate(lines):
            for kind, values in line.items():
                for value in filter(None, map(_FOLDED[kind], values)):
                    self._places.setdefault((kind, value), set()).add(place)

    def find_all(self, row: Row) -> Iterator[Place]:
        """Find the line of each person whose work a row is."""
        for person in row.people:
            yield Place(person.name or person.id or person.email, self.find(row, person))

    def find(self, row: Row, person: Student) -> int | None:
        """Find the only line that can be meant, by what is surest first."""
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
