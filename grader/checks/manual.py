"""The units of an assignment that a person gives points for: ``[[manual]]``.

An entry says what it is worth, by which rubric, and which part of a submission is shown for it.
"""

import enum
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.report.model import RubricLevel


class ShownBy(enum.Enum):
    """How the part of a submission that is shown is found; the values are keys of an entry.

    HEADING is the text from a heading to the next one of the same or a higher level, TAG all cells
    with a tag, GRADE_ID the cells with an id of nbgrader's, and DOCSTRING that of a function,
    class or method.
    """

    HEADING = "heading"
    TAG = "tag"
    GRADE_ID = "grade_id"
    DOCSTRING = "docstring"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualUnit:
    """A part of the contract that a person gives points for.

    Attributes:
        id: Its name in reports, tables of marks and exports.
        title: What it asks for.
        points: The most that it is worth.
        shown_by: How the answer is found in a submission.
        where: The heading, tag, id or name that it is found by.
        has_figures: Whether the figures that the notebook stores are a part of the answer.
        rubric: The levels that a marker can choose from, as the author orders them.
    """

    id: str
    title: str
    points: float
    shown_by: ShownBy
    where: str
    has_figures: bool = False
    rubric: tuple[RubricLevel, ...] = ()


_KEYS = ("id", "title", "points", *(one.value for one in ShownBy), "figures", "rubric")
_LEVEL_KEYS = ("points", "title", "description")
# In file names, in columns of tables and in the formats of all platforms.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_FIELDS = ", ".join(one.value for one in ShownBy)


def read_manual_units(
    content: Mapping[str, object], names: Collection[str]
) -> tuple[ManualUnit, ...]:
    """Read the tables ``[[manual]]`` of an assignment.

    Args:
        content: The content of ``assignment.toml``.
        names: The names of all other units.

    Returns:
        The units, in the order in which they are written.

    Raises:
        TypeError: An entry has a wrong kind of value.
        ValueError: An entry lacks a key or has one that is not known, two have the same id, an id
            is the name of another unit, or a level is worth more than its unit.
    """
    entries = content.get("manual", [])
    if not isinstance(entries, list):
        message = "manual has to be written as [[manual]]"
        raise TypeError(message)
    units: list[ManualUnit] = []
    for entry in entries:
        unit = _read_unit(entry)
        if unit.id in names:
            message = f"{unit.id} in manual is the name of another unit"
            raise ValueError(message)
        if unit.id.casefold() in {one.id.casefold() for one in units}:
            message = f"there are two units in manual with the id {unit.id}"
            raise ValueError(message)
        units.append(unit)
    return tuple(units)


def _read_unit(entry: object) -> ManualUnit:
    if not isinstance(entry, dict):
        message = f"{entry!r} in manual is not a table"
        raise TypeError(message)
    name = str(entry.get("id", "an entry"))
    _expect_keys(entry, _KEYS, f"{name} in manual")
    for key in ("id", "title", "points"):
        if key not in entry:
            message = f"{name} in manual has no {key}"
            raise ValueError(message)
    if not _ID.fullmatch(_text(entry, "id", name)):
        message = (
            f"the id {name!r} in manual may have only letters, digits, hyphens, underscores and "
            "points, at most 64"
        )
        raise ValueError(message)
    points = _points(entry, name)
    if points <= 0:
        message = f"{name} in manual has to be worth more than 0 points"
        raise ValueError(message)
    chosen = [one for one in ShownBy if one.value in entry]
    if len(chosen) != 1:
        message = f"{name} in manual needs exactly one of {_FIELDS}, which says what is shown"
        raise ValueError(message)
    return ManualUnit(
        id=name,
        title=_text(entry, "title", name),
        points=points,
        shown_by=chosen[0],
        where=_text(entry, chosen[0].value, name),
        has_figures=_flag(entry, "figures", name),
        rubric=_read_rubric(entry.get("rubric", []), name, points),
    )


def _read_rubric(levels: object, name: str, points: float) -> tuple[RubricLevel, ...]:
    if not isinstance(levels, list):
        message = f"the rubric of {name} has to be written as [[manual.rubric]]"
        raise TypeError(message)
    return tuple(_distinct((_read_level(one, name, points) for one in levels), name))


def _read_level(level: object, name: str, points: float) -> RubricLevel:
    if not isinstance(level, dict):
        message = f"{level!r} in the rubric of {name} is not a table"
        raise TypeError(message)
    of = f"a level in the rubric of {name}"
    _expect_keys(level, _LEVEL_KEYS, of)
    for key in ("points", "title"):
        if key not in level:
            message = f"{of} has no {key}"
            raise ValueError(message)
    title = _text(level, "title", of)
    worth = _points(level, of)
    if not 0 <= worth <= points:
        message = (
            f'the level "{title}" in the rubric of {name} is worth {worth:g} points, which is not '
            f"between 0 and {points:g}"
        )
        raise ValueError(message)
    description = _text(level, "description", of) if "description" in level else ""
    return RubricLevel(points=worth, title=title, description=description)


def _distinct(levels: Iterable[RubricLevel], name: str) -> Iterable[RubricLevel]:
    """Require that no two levels have the same title, since a marker chooses one by it."""
    titles: set[str] = set()
    for one in levels:
        title = one.title.casefold()
        if title in titles:
            message = f'the rubric of {name} has two levels with the title "{one.title}"'
            raise ValueError(message)
        if _is_number(title):
            message = f'the level "{one.title}" in the rubric of {name} can\'t be called a number'
            raise ValueError(message)
        titles.add(title)
        yield one


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return text == "-"  # takes a mark back
    return True


def _expect_keys(table: Mapping[str, object], known: Sequence[str], what: str) -> None:
    for key in table:
        if key not in known:
            message = f"{what} has the unknown key {key}; known are {', '.join(known)}"
            raise ValueError(message)


def _text(table: Mapping[str, object], key: str, what: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        message = f"{key} of {what} has to be a text"
        raise TypeError(message)
    return value.strip()


def _flag(table: Mapping[str, object], key: str, what: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        message = f"{key} of {what} has to be true or false"
        raise TypeError(message)
    return value


def _points(table: Mapping[str, object], what: str) -> float:
    value = table["points"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        message = f"points of {what} have to be a number"
        raise TypeError(message)
    return float(value)
