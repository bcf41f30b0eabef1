"""Which units use another one in the reference: what a bug in that one may cost."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names, names_used, without_demos


def unit_and_callers(
    assignment: Assignment, name: str, *, bound: Collection[str] = ()
) -> tuple[str, ...]:
    """Return a unit and those that use it in the reference, directly or indirectly.

    The assignment's ``collaborators`` are not used, since one may be missing there. Of a class all
    methods count: who uses an operator does not name its method.

    Args:
        assignment: The assignment.
        name: The name of a unit, or of anything else that the reference defines.
        bound: More names that may be wrong together with it.
    """
    used = names_used(assignment.reference)
    if any(unit.is_value for unit in assignment.units):
        for changed, names in _computed_from(assignment.reference):
            for one in changed:
                used[one] = used.get(one, set()) | names
    found = {_global_of(name), *bound}
    while more := {caller for caller, names in used.items() if names & found} - found:
        found |= more
    return tuple(one for one in assignment.parameters if _global_of(one) in found)


def names_changed(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement of top level binds, or whose objects it may change."""
    found = set(bound_names(statement))
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return frozenset(found)
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                found.add(_base_of(node))
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                found.add(_base_of(method))
    return frozenset(found - {""})


def _base_of(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _computed_from(reference: str) -> Iterator[tuple[frozenset[str], set[str]]]:
    """Yield for each statement of top level the names that it changes, and those that it uses."""
    for statement in ast.parse(without_demos(reference)).body:
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            yield names_changed(statement), {node.id for node in nodes}


def units_that_may_notice(
    assignment: Assignment, name: str, *, bound: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the units that can lose points if something in the reference is wrong.

    These are the units that contain or use it, and those whose checks mention one of these. All
    others are, with their checks, what they were.

    Args:
        assignment: The assignment.
        name: The name of a unit, or of anything else that the reference defines.
        bound: More names that may be wrong together with it.
    """
    affected = set(unit_and_callers(assignment, name, bound=bound))
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


def _global_of(unit: str) -> str:
    return unit.partition(".")[0]
