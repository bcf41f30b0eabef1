"""Parses the author's code, in one thread at a time.

Python 3.11 counts the depth of the trees that it makes for all threads together: two that make one
at the same time end in a SystemError (gh-106905).
"""

import ast
import threading
from typing import Literal

_ONE_AT_A_TIME = threading.Lock()
# Libraries parse too, such as pytest while it collects, and don't wait for us.
_TRIES = 10


def parse(source: str, *, filename: str = "<unknown>") -> ast.Module:
    """Parse a file.

    Raises:
        SyntaxError: It is not Python.
    """
    tree = _parse(source, filename, "exec")
    assert isinstance(tree, ast.Module)  # noqa: S101 - as asked for
    return tree


def parse_expression(source: str) -> ast.expr:
    """Parse an expression.

    Raises:
        SyntaxError: It is not one.
    """
    tree = _parse(source, "<unknown>", "eval")
    assert isinstance(tree, ast.Expression)  # noqa: S101 - as asked for
    return tree.body


def _parse(source: str, filename: str, mode: Literal["exec", "eval"]) -> ast.AST:
    with _ONE_AT_A_TIME:
        for _ in range(_TRIES):
            try:
                return ast.parse(source, filename=filename, mode=mode)
            except SystemError:  # somebody else has parsed meanwhile: nothing is wrong with it
                continue
        return ast.parse(source, filename=filename, mode=mode)
