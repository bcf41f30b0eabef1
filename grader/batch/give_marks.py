"""Checks the lines of a file of marks, and gives the marks: all of them, or none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.outputs.class_wording import show_line
from grader.outputs.marks_table import MarksLine
from grader.outputs.wording import format_points
from grader.report.budget import MAX_COMMENT
from grader.report.class_model import Row
from grader.report.marks import ClassAnswer, Mark, MarkBook, keys_of
from grader.report.model import ManualItem

_TAKE_BACK = "-"
_DIGEST_LENGTH = 64
_MAX_PROBLEMS = 20
_MAX_NAME = 200


@dataclass(slots=True)
class Given:
    """What became of a file of marks.

    Attributes:
        new: How many answers have a mark now that had none.
        changed: How many have another mark now.
        unchanged: How many had the same mark before.
        taken_back: How many have no mark any more.
        gone: The lines with marks for answers that nobody in the class has now.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    taken_back: int = 0
    gone: list[str] = field(default_factory=list)


class _LineError(Exception):
    """What is wrong with one line."""


def give_marks(
    lines: Iterable[MarksLine],
    answers: Sequence[ClassAnswer],
    marks: MarkBook,
    *,
    by: str = "",
    at: str = "",
) -> Given:
    """Give the marks of a file.

    A line without points and level is skipped, and one with ``-`` takes a mark back.

    Args:
        lines: The lines.
        answers: The answers of the class.
        marks: Gets the marks, unless a line is wrong.
        by: Who gives the marks that a line doesn't name anybody for.
        at: When, in ISO 8601.

    Raises:
        UsageError: Some lines are wrong. The message has a line for each, and nothing was changed.
    """
    reader = _Reader(answers)
    wanted: dict[tuple[str, str], tuple[MarksLine, Mark | None]] = {}
    problems: list[str] = []
    given = Given()
    for line in lines:
        try:
            found = reader.read(line, by=by, at=at)
        except _LineError as error:
            problems.append(f"{line.place}: {error}")
            continue
        if found is None:
            continue
        key, mark, is_there = found
        before = wanted.get(key)
        if before is not None and not _are_equal(before[1], mark):
            problems.append(
                f"{line.place}: the same answer has another mark in {before[0].place}; equal "
                "answers have one mark"
            )
        elif before is None:
            wanted[key] = (line, mark)
            if not is_there:
                given.gone.append(line.place)
    if problems:
        raise UsageError("\n".join(_first(problems)))
    for key, (_, mark) in wanted.items():
        _give(key, mark, marks, given)
    return given


def _first(problems: Sequence[str]) -> Iterator[str]:
    yield "no mark was given, because of these lines:"
    yield from (f"  {one}" for one in problems[:_MAX_PROBLEMS])
    if len(problems) > _MAX_PROBLEMS:
        yield f"  and {len(problems) - _MAX_PROBLEMS:,} more"


def _are_equal(one: Mark | None, other: Mark | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.says_the_same_as(other)


def _give(key: tuple[str, str], mark: Mark | None, marks: MarkBook, given: Given) -> None:
    old = marks.find(*key)
    if mark is None:
        given.taken_back += old is not None
        marks.take_back(*key)
    elif old is None:
        given.new += 1
        marks.give(mark)
    elif old.says_the_same_as(mark):
        given.unchanged += 1  # by whom and when it was given stays
    else:
        given.changed += 1
        marks.give(mark)


class _Reader:
    """Turns lines into marks, with the answers of a class.

    Args:
        answers: The answers of the class.
    """

    def __init__(self, answers: Sequence[ClassAnswer]) -> None:
        self._answers = {(one.item.id, one.item.digest): one for one in answers}
        self._units = {one.item.id: one.item for one in answers}
        self._rows: dict[str, dict[str, Row]] = {}
        self._digests: dict[tuple[str, str], str] = {}  # by unit and row
        for answer in answers:
            for row in answer.rows:
                self._digests[answer.item.id, row.id] = answer.item.digest
                for name in _names_of(row):
                    self._rows.setdefault(name, {})[row.id] = row

    def read(
        self, line: MarksLine, *, by: str, at: str
    ) -> tuple[tuple[str, str], Mark | None, bool] | None:
        """Return unit and answer, the mark or None to take it back, and whether it is there.

        Returns:
            None if the line gives no mark.

        Raises:
            _LineError: Something is wrong with the line.
        """
        item = self._units.get(line.unit)
        if item is None:
            known = ", ".join(self._units)
            raise _LineError(f'there is no unit "{_show(line.unit)}"; known are {known}')
        digest = self._digest(line)
        if not line.points and not line.level:
            if line.comment.strip():
                raise _LineError("there is a comment, but no points")
            return None
        answer = self._answers.get((item.id, digest))
        key = (item.id, digest)
        if line.points == _TAKE_BACK:
            return key, None, answer is not None
        points, level = _read_points(line, answer.item if answer is not None else item)
        if len(line.comment) > MAX_COMMENT:
            raise _LineError(f"the comment has more than {MAX_COMMENT:,} characters")
        mark = Mark(
            unit=item.id,
            answer=digest,
            points=points,
            level=level,
            comment=line.comment,
            by=(by or line.marked_by)[:_MAX_NAME],
            at=at,
            people=_people(answer),
        )
        return key, mark, answer is not None

    def _digest(self, line: MarksLine) -> str:
        """Return the digest of the answer that a line is about."""
        mine = self._digest_of_student(line) if line.student else ""
        if mine and line.answer and mine != line.answer:
            raise _LineError(f"{_show(line.student)} has another answer than this one now")
        if mine:
            return mine
        if not line.answer:
            raise _LineError("neither an answer nor a student is named")
        if len(line.answer) != _DIGEST_LENGTH or set(line.answer) - set("0123456789abcdef"):
            raise _LineError(f'"{_show(line.answer)}" does not identify an answer')
        return line.answer

    def _digest_of_student(self, line: MarksLine) -> str:
        rows = self._rows.get(line.student.casefold(), {})
        if not rows:
            raise _LineError(f'there is no student "{_show(line.student)}"')
        if len(rows) > 1:
            raise _LineError(
                f'"{_show(line.student)}" has several submissions: {", ".join(sorted(rows))}'
            )
        (row_id,) = rows
        if (line.unit, row_id) not in self._digests:
            raise _LineError(f"{_show(line.student)} has no answer for {_show(line.unit)}")
        return self._digests[line.unit, row_id]


def _names_of(row: Row) -> set[str]:
    """Return what a line can call the people of a row."""
    names = {row.id}
    for person in row.people:
        names |= {person.id, person.email, person.name}
    return {one.strip().casefold() for one in names} - {""}


def _people(answer: ClassAnswer | None) -> tuple[str, ...]:
    if answer is None:
        return ()
    return tuple(sorted({key for row in answer.rows for key in keys_of(row)}))


def _read_points(line: MarksLine, item: ManualItem) -> tuple[float, str]:
    """Return the points of a line, and the title of the level that they belong to."""
    levels = {one.title.strip().casefold(): one for one in item.rubric}
    level = levels.get(line.level.casefold()) if line.level else None
    if line.level and level is None:
        raise _LineError(_no_level(line.level, item))
    number = _read_number(line.points)
    if line.points and number is None:
        named = levels.get(line.points.casefold())
        if named is None or (level is not None and named is not level):
            what = f'"{_show(line.points)}" is not a number of points'
            raise _LineError(f"{what}, nor a level" if levels else what)
        return named.points, named.title
    if number is None and level is not None:
        return level.points, level.title
    if number is None or not 0 <= number <= item.max_points:
        raise _LineError(
            f"{_show(line.points)} points are not between 0 and {format_points(item.max_points)}"
        )
    if level is not None and level.points != number:
        raise _LineError(
            f'the level "{_show(level.title)}" is worth {format_points(level.points)}, not '
            f"{format_points(number)}"
        )
    if level is None:
        same = [one for one in item.rubric if one.points == number]
        level = same[0] if len(same) == 1 else None
    return number, level.title if level is not None else ""


def _no_level(name: str, item: ManualItem) -> str:
    known = ", ".join(one.title for one in item.rubric)
    rest = f"; known are {known}" if known else ": there is no rubric"
    return f'{item.id} has no level "{_show(name)}"{rest}'


def _read_number(text: str) -> float | None:
    """Read a number with a decimal point or comma; None if it is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if text.isascii() and "_" not in text else None


def _show(text: str) -> str:
    return show_line(text[:_MAX_NAME])
