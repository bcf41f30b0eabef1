"""Makes programs of misconceptions: the reference, with one unit that is wrong.

A misconception is written in one of these forms, and takes the place of its unit:

- of a function: a function;
- of a class: a class, which may inherit from the right one;
- of a method: a function with the method's parameters, or a class that overrides it;
- of a value that is written down: another value, of a dict the wrong items only;
- of a value that is computed: a function without parameters, whose body replaces the statements
  that compute it.
"""

import ast
import functools
import re
import textwrap

from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names, definitions, without_demos
from grader.checks.misconceptions import Misconception
from grader.checks.parse import parse
from grader.checks.units import Unit, UnitKind

_BEGIN = re.compile(r"\s*#+ *BEGIN SOLUTION\b(.*)")
_END = re.compile(r"\s*#+ *END SOLUTION\b")


def is_computed(assignment: Assignment, unit: Unit) -> bool:
    """Return whether a unit is a value that the reference computes when it runs.

    A value that is written down may still be filled by later statements, as a list by a loop.
    """
    return unit.kind is UnitKind.VALUE and _is_computed_in(assignment.reference, unit.name)


@functools.cache  # asked with each request about a value
def _is_computed_in(reference: str, name: str) -> bool:
    written_down = parse(definitions(reference)).body
    if not any(name in bound_names(statement) for statement in written_down):
        return True
    tops = parse(without_demos(reference)).body
    return any(
        _changes(statement, name)
        for statement in tops
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign)
    )


def _changes(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement binds a name, or uses an attribute or an item of it."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=found, ctx=ast.Store()) if found == name:
                return True
            case ast.Attribute(value=ast.Name(id=found)) if found == name:
                return True
            case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store()) if found == name:
                return True
    return False


def reference_program(assignment: Assignment, *, leave_out: tuple[str, ...] = ()) -> str:
    """Return what is loaded of the reference: its definitions, or all of it but its demos.

    Args:
        assignment: The assignment.
        leave_out: Names whose definitions are left out, unless another unit may use them.
    """
    used = {
        name
        for unit in assignment.units
        if unit.name not in leave_out
        for name in unit.collaborators
    }
    leave_out = tuple(name for name in leave_out if name not in used)
    if any(is_computed(assignment, unit) for unit in assignment.units):
        return without_demos(assignment.reference)
    return definitions(assignment.reference, leave_out=leave_out)


def wrong_name(misconception: Misconception, unit: Unit) -> str:
    """Return the name of what takes the place of the unit, or of its class."""
    if unit.owner and _is_function(misconception.source, misconception.name):
        return f"{misconception.name}__class"
    return misconception.name


@functools.cache  # asked with each request to a misconception
def _is_function(source: str, name: str) -> bool:
    return isinstance(_statement(source, name), ast.FunctionDef)


def wrong_definitions(misconception: Misconception, unit: Unit, reference: str = "") -> str:
    """Return the source of what takes the place of a function, a class or a method's class.

    The arguments are those of `wrong_class`, whose result follows the definitions of the file.
    """
    return definitions(misconception.source) + wrong_class(misconception, unit, reference)


def wrong_class(misconception: Misconception, unit: Unit, reference: str = "") -> str:
    """Return what has to follow the definitions of a misconception's file; empty for a function.

    Args:
        misconception: The misconception.
        unit: Its unit.
        reference: The source of the reference, whose class gets a wrong method. Without it, the
            wrong class inherits from the right one.
    """
    source = ""
    name = wrong_name(misconception, unit)
    if name != misconception.name:
        source += f"\n\n{_class_with_wrong_method(misconception, unit, name, reference)}\n"
    if unit.kind in (UnitKind.CLASS, UnitKind.METHOD):
        # Messages of Python name the class, as they would in a submission.
        source += f"\n{name}.__name__ = {name}.__qualname__ = {unit.owner or unit.name!r}\n"
    return source


def _class_with_wrong_method(
    misconception: Misconception, unit: Unit, name: str, reference: str
) -> str:
    """Return the source of the right class under another name, with the wrong method in it.

    The method is written into the class, so that super() is there what it is in a submission.
    """
    method = unit.name.partition(".")[2]
    for one in parse(reference).body:
        if isinstance(one, ast.ClassDef) and one.name == unit.owner:
            wrong = _statement(misconception.source, misconception.name)
            assert isinstance(wrong, ast.FunctionDef)  # noqa: S101 - wrong_name() says so
            wrong.name, one.name = method, name
            replaced = [wrong if method in bound_names(part) else part for part in one.body]
            one.body = replaced if wrong in replaced else [*one.body, wrong]
            return ast.unparse(one)
    return f"class {name}({unit.owner}):\n    {method} = {misconception.name}"


def wrong_program(assignment: Assignment, misconception: Misconception) -> str:
    """Return a submission that is right but for one misconception."""
    unit = assignment.unit(misconception.function)
    if is_computed(assignment, unit):
        return _with_body(assignment, unit, misconception)
    program = reference_program(assignment)
    wrong = wrong_name(misconception, unit)
    if isinstance(
        getattr(_statement(misconception.source, misconception.name), "value", None), ast.Dict
    ):
        # The misconception of a dict has only the wrong items; the others stay right.
        wrong = f"{{**{unit.name}, **{wrong}}}"
    parts = (program, wrong_definitions(misconception, unit, assignment.reference))
    return "\n".join((*parts, f"{unit.owner or unit.name} = {wrong}", ""))


def _statement(source: str, name: str) -> ast.stmt | None:
    for statement in parse(source).body:
        if name in bound_names(statement):
            return statement
    return None


def _with_body(assignment: Assignment, unit: Unit, misconception: Misconception) -> str:
    """Replace the statements that compute a value by the body of the misconception.

    These are the lines between BEGIN SOLUTION and END SOLUTION that bind the value, or that carry
    its name; without such lines, all top-level statements that bind it.

    Raises:
        TypeError: The misconception is not a function.
        ValueError: Nothing in the reference binds the value.
    """
    statement = _statement(misconception.source, misconception.name)
    if not isinstance(statement, ast.FunctionDef):
        message = f"{misconception.name} has to be a function, whose body computes {unit.name}"
        raise TypeError(message)
    body = statement.body[1:] if ast.get_docstring(statement) is not None else statement.body
    text = "\n".join(ast.unparse(one) for one in body)
    text = "\n".join((definitions(misconception.source, leave_out=[misconception.name]), text))
    lines = assignment.reference.splitlines()
    spans = _spans(lines, unit.name) or _binding_statements(assignment.reference, unit.name)
    if not spans:
        message = f"nothing in the reference binds {unit.name}"
        raise ValueError(message)
    for first, last in reversed(spans):
        lines[first:last] = text.splitlines() if (first, last) == spans[0] else []
    return without_demos("\n".join(lines) + "\n")


def _spans(lines: list[str], name: str) -> list[tuple[int, int]]:
    """Return the solution region that computes a value: first line, and line after the last."""
    start, named = None, list[str]()
    for number, line in enumerate(lines):
        begin = _BEGIN.match(line)
        if begin is not None:
            start, named = number, begin[1].split()
        elif _END.match(line) and start is not None:
            if name in named or (not named and _binds(lines[start + 1 : number], name)):
                return [(start + 1, number)]
            start = None
    return []


def _binds(lines: list[str], name: str) -> bool:
    try:
        body = parse(textwrap.dedent("\n".join(lines))).body
    except SyntaxError:
        return False
    return any(name in bound_names(statement) for statement in body)


def _binding_statements(source: str, name: str) -> list[tuple[int, int]]:
    return [
        (statement.lineno - 1, statement.end_lineno or statement.lineno)
        for statement in parse(source).body
        if name in bound_names(statement)
    ]
