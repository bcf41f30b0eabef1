"""Parsing in several threads at once."""

import ast
from concurrent.futures import ThreadPoolExecutor

from grader.checks.parse import parse, parse_expression

SOURCE = "def f(x):\n    return [(x + (1, [2, {3: 4}]))]\n" * 50


def test_threads_can_parse_at_once() -> None:
    """Python 3.11 alone fails here in most runs."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        trees = list(pool.map(parse, [SOURCE] * 200))
        expressions = list(pool.map(parse_expression, ["(1, [2, {3: [4]}])"] * 200))

    assert all(len(one.body) == 50 for one in trees)
    assert all(isinstance(one, ast.Tuple) for one in expressions)
