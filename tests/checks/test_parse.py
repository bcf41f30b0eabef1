"""Parsing in several threads at once."""

import ast
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.checks.parse import parse, parse_expression

SOURCE = "def f(x):\n    return [(x + (1, [2, {3: 4}]))]\n" * 50


def test_threads_can_parse_at_once() -> None:
    """Python 3.11 alone fails here in most runs."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        trees = list(pool.map(parse, [SOURCE] * 200))
        expressions = list(pool.map(parse_expression, ["(1, [2, {3: [4]}])"] * 200))

    assert all(len(one.body) == 50 for one in trees)
    assert all(isinstance(one, ast.Tuple) for one in expressions)


def test_parsing_is_tried_again_after_another_thread_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Libraries don't wait for our lock, and a SystemError then says nothing of the source."""
    tries: list[int] = []

    def parse_once_more(source: str, filename: str, mode: str) -> ast.AST:
        tries.append(1)
        if len(tries) < 3:
            raise SystemError("AST constructor recursion depth mismatch")
        return compile(source, filename, mode, ast.PyCF_ONLY_AST)

    monkeypatch.setattr(ast, "parse", parse_once_more)

    assert isinstance(parse("x = 1"), ast.Module)
    assert len(tries) == 3
