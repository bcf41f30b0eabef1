"""Parses the author's code, in one thread at a time.

Python 3.11 counts the depth of the trees that it makes for all threads together: two that make one
at the same time end in a SystemError (gh-106905).
"""

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str, *, filename: str = "<unknown>") -> ast.Module:
    """Parse a file.

    Raises:
        SyntaxError: It is not Python.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source, filename=filename)


def parse_expression(source: str) -> ast.expr:
    """Parse an expression.

    Raises:
        SyntaxError: It is not one.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode="eval").body
