"""The mutants that mean the same as the reference, as their author has marked them.

They are in a file beside the checks, each with the reason why no check can tell it from the
reference, or why none may. A mark fits a line of the reference: when the line changes, it has to be
marked anew.
"""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.mutant_run import GradedMutant
from grader.authoring.mutants import Mutant
from grader.checks.assignment import Assignment
from grader.errors import UsageError
from grader.outputs.files import write_text_atomically

MARKS_FILE = "equivalent_mutants.toml"
_TABLE = "equivalent"
_KEYS = ("unit", "line", "becomes", "reason")
_INTRODUCTION = """\
# Mutants of the reference that are right as well: `grader verify --mutants` does not ask for a
# check that tells them from it. `line` is a line of the unit, `becomes` what it may be instead.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Some mutants of a line that are right as well.

    Attributes:
        unit: The unit that the line is in.
        line: The line, or the lines, without their indent.
        becomes: What the line may be instead.
        reason: Why that is right as well.
    """

    unit: str
    line: str
    becomes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Survivors, as far as marks explain them.

    Attributes:
        equivalent: Those that are marked, with the reason.
        unexplained: The others.
        problems: The marks that are not true any more, a line each.
    """

    equivalent: list[tuple[GradedMutant, str]]
    unexplained: list[GradedMutant]
    problems: list[str]


def read_marks(assignment: Assignment) -> list[Mark]:
    """Read the marks of an assignment; without the file there are none.

    Raises:
        UsageError: The file is not TOML, or a mark lacks something.
    """
    path = assignment.beside(MARKS_FILE)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{MARKS_FILE} is not TOML: {error}") from error
    tables = content.get(_TABLE, [])
    if set(content) - {_TABLE} or not isinstance(tables, list):
        raise UsageError(f"{MARKS_FILE} may contain only tables [[{_TABLE}]]")
    return [_read_mark(number, table) for number, table in enumerate(tables, start=1)]


def _read_mark(number: int, table: object) -> Mark:
    where = f"{MARKS_FILE}, table {number}"
    if not isinstance(table, dict) or set(table) != set(_KEYS):
        raise UsageError(f"{where} needs exactly the keys {', '.join(_KEYS)}")
    becomes = table["becomes"]
    texts = [becomes] if isinstance(becomes, str) else becomes
    if not isinstance(texts, list) or not all(
        isinstance(one, str) for one in (*texts, table["unit"], table["line"], table["reason"])
    ):
        raise UsageError(f"{where} has a value that is not a text")
    return Mark(
        unit=table["unit"],
        line=_normal(table["line"]),
        becomes=tuple(map(_normal, texts)),
        reason=table["reason"].strip(),
    )


def explain(
    graded: Sequence[GradedMutant], marks: Iterable[Mark], *, unit: str | None = None
) -> Explained:
    """Say which survivors are marked as right, and which marks are not true any more.

    Args:
        graded: The mutants that were graded.
        marks: The marks.
        unit: The only unit that was graded; None for all. Marks of others are passed over.
    """
    by_text: dict[tuple[str, str, str], list[GradedMutant]] = {}
    for one in graded:
        by_text.setdefault(_key(one.mutant), []).append(one)
    reasons: dict[str, str] = {}
    problems = []
    for mark in marks:
        if unit is not None and unit not in (mark.unit, mark.unit.partition(".")[0]):
            continue
        for text in mark.becomes:
            fitting = by_text.get((mark.unit, mark.line, text), [])
            what = f"{mark.unit}: {_short(mark.line)} -> {_short(text)}"
            if not fitting:
                problems.append(f"marked as equivalent, but there is no such mutant: {what}")
            elif all(one.cost for one in fitting):
                problems.append(f"marked as equivalent, but it loses points: {what}")
            elif not mark.reason:
                problems.append(f"marked as equivalent without a reason: {what}")
            else:
                reasons.update((one.mutant.id, mark.reason) for one in fitting)
    survivors = [one for one in graded if not one.cost]
    return Explained(
        equivalent=[(one, reasons[one.mutant.id]) for one in survivors if one.mutant.id in reasons],
        unexplained=[one for one in survivors if one.mutant.id not in reasons],
        problems=problems,
    )


def add_marks(assignment: Assignment, survivors: Iterable[GradedMutant]) -> Path:
    """Add marks for survivors to the file, for the author to give the reasons.

    Until there is a reason, a mark is a problem.

    Returns:
        The file.
    """
    path = assignment.beside(MARKS_FILE)
    text = path.read_text(encoding="utf-8") if path.exists() else _INTRODUCTION
    by_line: dict[tuple[str, str], list[str]] = {}
    there = {(one.unit, one.line, text) for one in read_marks(assignment) for text in one.becomes}
    for one in survivors:
        unit, line, after = _key(one.mutant)
        if (unit, line, after) not in there:
            by_line.setdefault((unit, line), []).append(after)
    for (unit, line), becomes in by_line.items():
        texts = "".join(f"    {_toml(one)},\n" for one in dict.fromkeys(becomes))
        text += (
            f"\n[[{_TABLE}]]\nunit = {_toml(unit)}\nline = {_toml(line)}\n"
            f'becomes = [\n{texts}]\nreason = ""\n'
        )
    write_text_atomically(text, path)
    return path


def _toml(text: str) -> str:
    """Return a text as TOML: as it is in single quotes if it can be."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)


def _key(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.unit, _normal(mutant.before), _normal(mutant.after)


def _normal(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _short(text: str) -> str:
    first, *others = text.splitlines() or [""]
    return f"{first} ..." if others else first
