"""Decides what of a reference is surely not a part of a solution."""

import ast
import re
import textwrap
import warnings
from collections.abc import Collection
from typing import TypeGuard

from grader.authoring.reference_cells import is_docstring
from grader.authoring.regions import Function, bound_names, is_open

_CONSTANT_NAME = re.compile(r"_?[A-Z][A-Z0-9_]*|__\w+__")
# Constants that are asked for are not given, whatever they are.
_ANSWER_NAME = re.compile(r"_?(ANSWER|SOLUTION)", re.IGNORECASE)
_TYPE_MAKERS = {"TypeVar", "ParamSpec", "TypeVarTuple", "NewType"}
_FIELD = {"field", "dataclasses.field"}

_TOOLS = re.compile(
    r"\s*(noqa(:[\sA-Z0-9,]+)?|type: ignore(\[[a-z, -]+\])?|(fmt|isort|yapf): \w+|"
    r"(pylint|ruff|mypy|pyright): [\w=, -]+|pragma: no cover)\s*",
)
_SAYS_SOLUTION = re.compile(r"\W*(the |a |one |my )?(solution|answer)s?\b *[:=]", re.IGNORECASE)
# What code does and what prose, read as code, does not.
_DOES_SOMETHING = (
    ast.Assign,
    ast.AugAssign,
    ast.NamedExpr,
    ast.Return,
    ast.Call,
    ast.BinOp,
    ast.Compare,
    ast.BoolOp,
    ast.IfExp,
    ast.Lambda,
    ast.comprehension,
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Raise,
    ast.Delete,
    ast.Assert,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.Subscript,
    ast.JoinedStr,
)


def is_plain(node: ast.expr, *, with_tests: bool = False) -> bool:
    """Return whether an expression only names things: names, constants, types, calls with these.

    Args:
        node: The expression.
        with_tests: Whether it may also compare them.
    """
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.BinOp(op=ast.BitOr()):
            return is_plain(node.left) and is_plain(node.right)  # a union of types
        case ast.UnaryOp(op=ast.Not()) | ast.Compare() if with_tests:
            return all(is_plain(one) for one in ast.iter_child_nodes(node) if _is_value(one))
        case ast.BinOp() | ast.UnaryOp():
            return _is_number(node)
        case ast.Attribute(value=value) | ast.Starred(value=value):
            return is_plain(value)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return all(map(is_plain, items))
        case ast.Subscript(value=value, slice=index):
            return is_plain(value) and is_plain(index)
        case ast.Call(func=func, args=args, keywords=keywords):
            return all(map(is_plain, (func, *args, *(one.value for one in keywords))))
        case _:
            return isinstance(node, ast.Dict) and not node.keys


def _is_value(node: ast.AST) -> TypeGuard[ast.expr]:
    return isinstance(node, ast.expr)


def _is_number(node: ast.expr) -> bool:
    """Return whether an expression is arithmetic with numbers that are written out."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float | complex)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _is_number(operand)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
        case _:
            return False


def _is_constant(node: ast.expr) -> bool:
    """Return whether an expression is a number, a text, or a list of these, and no filled dict."""
    match node:
        case ast.Constant(value=value):
            return not isinstance(value, str) or "\n" not in value or not is_code_like(value)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return all(map(_is_constant, items))
        case ast.Dict(keys=[]):
            return True
        case _:
            return _is_number(node)


def may_stay(node: ast.stmt, *, graded: Collection[str], is_in_class: bool) -> bool:
    """Return whether a statement is surely not a part of a solution.

    Args:
        node: A statement that defines no function and no class.
        graded: The names of top level that have points.
        is_in_class: Whether it is in the body of a class.
    """
    if bound_names([node]) & set(graded):
        return False
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant(value=value)) if value is ...:
            return True
        case ast.Expr(value=ast.Constant(value=str(text))) if is_docstring(node):
            return not is_code_like(text)
        case ast.AnnAssign(target=ast.Name(), value=None, annotation=annotation):
            return is_plain(annotation)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            assert value is not None  # noqa: S101 - the case before
            return is_plain(annotation) and _may_bind(
                name, value, is_in_class=is_in_class, annotation=ast.unparse(annotation)
            )
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return _may_bind(name, value)
        case _:
            return False


def _may_bind(
    name: str, value: ast.expr, *, is_in_class: bool = False, annotation: str = ""
) -> bool:
    if is_open(value):
        return True
    if annotation.rpartition(".")[2] == "TypeAlias":
        return is_plain(value)
    match value:
        case ast.Call(func=func) if ast.unparse(func).rpartition(".")[2] in _TYPE_MAKERS:
            return is_plain(value)
        case ast.Call(func=func) if is_in_class and annotation and ast.unparse(func) in _FIELD:
            return is_plain(value)
    # A field of a dataclass is a part of the signature.
    is_public = _CONSTANT_NAME.fullmatch(name) or (is_in_class and annotation)
    return bool(is_public) and not _ANSWER_NAME.match(name) and _is_constant(value)


def is_open_function(node: Function) -> bool:
    """Return whether a function only declares: an overload without a body."""
    decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    return "overload" in decorators and all(
        isinstance(one, ast.Pass) or is_docstring(one) or _is_ellipsis(one) for one in node.body
    )


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and (
        isinstance(node.value, ast.Constant) and node.value.value is ...
    )


def names_a_tool(comment: str) -> bool:
    """Return whether a comment is for a tool, such as ``noqa``."""
    return _TOOLS.fullmatch(comment) is not None


def is_code_like(text: str) -> bool:
    """Return whether a text looks like code, or says that it is a solution."""
    text = textwrap.dedent(text).strip("\n")
    if _SAYS_SOLUTION.match(text):
        return True
    return any(
        _does_something(attempt) for attempt in (text, text.strip(), f"{text.rstrip()}\n    pass")
    )


def _does_something(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of prose that is read as code
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return any(isinstance(node, _DOES_SOMETHING) for node in ast.walk(tree))
