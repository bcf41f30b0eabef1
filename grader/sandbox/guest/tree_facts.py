"""Reads from the tree of a statement what it defines, and whether a function has any code."""

import ast
import sys
from collections.abc import Iterator
from typing import Any, TypeGuard

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# An exception that stands for code that is not written yet; beginners take one for the other.
_STUB_ERRORS = ("NotImplementedError", "NotImplemented")


def is_code(statement: ast.stmt) -> bool:
    """Return whether a statement of a function is more than a place for code."""
    match statement:
        case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
            return False
        case ast.Return(value=None | ast.Constant(value=None)):
            return False
        case ast.Return(value=ast.Constant(value=value)) if value is ...:
            return False
        case ast.Return(value=value) if name_of(value) in _STUB_ERRORS:
            return False
    return not is_stub_error(statement)


def is_stub_error(node: ast.AST) -> bool:
    """Return whether a node raises what stands for code that is not written yet."""
    return isinstance(node, ast.Raise) and name_of(node.exc) in _STUB_ERRORS


def gives_value(node: ast.AST) -> bool:
    """Return whether a node returns or yields a value other than None."""
    match node:
        case ast.Return(value=None | ast.Constant(value=None)):
            return False
        case ast.Return() | ast.Yield() | ast.YieldFrom():
            return True
    return False


def name_of(node: ast.AST | None) -> str:
    """Return the name that an expression consists of, or calls; empty if there is none."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST) -> str:
    """Return the name of what an expression calls; empty if it calls nothing."""
    return name_of(node) if isinstance(node, ast.Call) else ""


def own_nodes(function: Definition) -> Iterator[Any]:
    """Yield the nodes of a function's body, but of no function or class inside of it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Definition | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def inner_definitions(
    statement: ast.stmt,
) -> Iterator[tuple[Definition, Scope | None]]:
    """Yield each function inside of a statement, and the innermost class or function around it."""
    waiting: list[tuple[ast.AST, Scope | None]] = [(statement, None)]
    while waiting:
        node, outer = waiting.pop()
        if isinstance(node, Definition) and node is not statement:
            yield node, outer
        if isinstance(node, Scope):
            outer = node
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            waiting.extend((child, outer) for child in ast.iter_child_nodes(node))


def line_of_binding(statement: ast.stmt, name: str) -> int:
    """Return the last line of a statement that binds a name."""
    lines = [statement.lineno]
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if node.name == name:
                    lines.append(node.lineno)
                continue
            case ast.Name(id=found, ctx=ast.Store()) if found == name:
                lines.append(node.lineno)
        waiting.extend(ast.iter_child_nodes(node))
    return max(lines)


def asks_for_main(statement: ast.If) -> bool:
    """Return whether a branch depends on the module's name."""
    return any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def is_star_import(statement: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    """Return whether a statement imports all names of a module."""
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def brings(statement: ast.ImportFrom, name: str) -> bool:
    """Return whether a star import may bring a name."""
    return hasattr(sys.modules.get(statement.module or ""), name)


def deletes(statement: ast.Delete, name: str) -> bool:
    """Return whether a statement deletes a name."""
    return any(isinstance(node, ast.Name) and node.id == name for node in statement.targets)


def texts(statement: ast.stmt) -> Iterator[ast.Constant]:
    """Yield the texts that a statement consists of or assigns."""
    if isinstance(statement, ast.Expr | ast.Assign):
        value = statement.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value
