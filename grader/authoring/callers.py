"""Which units use another one in the reference: what a bug in that one may cost."""

import ast
from pathlib import Path

from grader.checks.assignment import Assignment
from grader.checks.definitions import names_used


def unit_and_callers(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return a unit and those that use it in the reference, directly or indirectly.

    The assignment's ``collaborators`` are not used, since one may be missing there. Of a class all
    methods count: who uses an operator does not name its method.

    Args:
        assignment: The assignment.
        name: The name of a unit, or of anything else that the reference defines.
    """
    used = names_used(assignment.reference)
    found = {_global_of(name)}
    values = {unit.name for unit in assignment.units if unit.is_value}
    if name in values:
        # What is computed at top level may depend on it.
        found |= values
    while more := {caller for caller, names in used.items() if names & found} - found:
        found |= more
    return tuple(one for one in assignment.parameters if _global_of(one) in found)


def _global_of(unit: str) -> str:
    return unit.partition(".")[0]


def units_that_may_notice(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return the units that can lose points if something in the reference is wrong.

    These are the units that contain or use it, and those whose checks mention one of these. All
    others are, with their checks, what they were.

    Args:
        assignment: The assignment.
        name: The name of a unit, or of anything else that the reference defines.
    """
    affected = set(unit_and_callers(assignment, name))
    words = {_global_of(name), *map(_global_of, affected)}
    noticing: set[str] = set()
    conftest = assignment.folder / "conftest.py"
    shared = _names_in(conftest) if conftest.exists() else set()
    for path in assignment.folder.glob("**/check_*.py"):
        mentioned = shared | _names_in(path)
        if mentioned & words:
            stem = path.stem.removeprefix("check_").lower()
            noticing |= {
                unit
                for unit in assignment.parameters
                if unit in mentioned or _global_of(unit).lower() == stem
            }
    return tuple(one for one in assignment.parameters if one in affected | noticing)


def _names_in(path: Path) -> set[str]:
    """Return the names in the code of a file, and its strings."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                found.add(name)
    return found
