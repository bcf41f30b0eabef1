"""Says where in an author's file the code is that can't be loaded, and why."""

import ast
from collections.abc import Mapping

from grader.checks.parse import parse
from grader.observations.messages import Loaded, Raised


def describe_load_problem(loaded: Loaded, code: str, sources: Mapping[str, str]) -> str:
    """Return in one line why an author's code can't be loaded.

    Args:
        loaded: What came of loading it; something went wrong.
        code: What was loaded: definitions that were cut out of the author's files.
        sources: These files, by their names.
    """
    raised = loaded.syntax_error or next(
        (note.raised for note in loaded.notes if note.raised is not None), None
    )
    if raised is None:
        return " ".join(" ".join(note.text for note in loaded.notes).split())
    text = " ".join(raised.text.split())
    what = f"{raised.type_name}: {text}" if text else raised.type_name
    place = _find_place(raised, code, sources)
    where = f"{place}: " if place else ""
    quoted = f" (in `{raised.code.strip()}`)" if raised.code.strip() else ""
    return f"{where}{what}{quoted}"


def _find_place(raised: Raised, code: str, sources: Mapping[str, str]) -> str:
    """Return the file and the line of the statement that failed; empty if it is not found.

    What was loaded has other lines than the files, but the same statements.
    """
    failed = _statement_at(code, raised.line)
    for name, source in sources.items():
        for statement in _body(source):
            if failed and ast.unparse(statement) == failed:
                return f"{name}, line {statement.lineno}"
    return ""


def _statement_at(code: str, line: int) -> str:
    for statement in _body(code):
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(one.lineno for one in decorators)])
        if first <= line <= (statement.end_lineno or first):
            return ast.unparse(statement)
    return ""


def _body(source: str) -> list[ast.stmt]:
    try:
        return parse(source).body
    except SyntaxError:
        return []
