"""Known wrong ways to write a function: small programs, each with the hint it deserves.

They are read here and never run: that happens in a sandbox, as with a student's.
"""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SEPARATOR = "__"
_SECTION = "Section:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """One wrong way to write a function.

    Attributes:
        id: Stable, as in the report: ``update/never-zeroed``.
        function: Which function of the contract it is a wrong version of.
        name: What its program is called in ``source``: ``update__never_zeroed``.
        title: What is wrong, as a statement.
        hint: The next thing to try.
        section: The section of the lab to read again.
        source: The file that it is in, with the helpers that it needs.
        path: Where that is.
        line: Where its program begins there, 1-based.
    """

    id: str
    function: str
    name: str
    title: str
    hint: str
    section: str
    source: str
    path: Path
    line: int


def read_misconceptions(place: Path, functions: Sequence[str]) -> tuple[Misconception, ...]:
    """Read the misconceptions of an assignment from a file, or from all files of a folder.

    Args:
        place: A Python file or a folder of them; one that isn't there has none.
        functions: The contract's functions.

    Raises:
        ValueError: a program has a name or a docstring that doesn't say what it should, or
            two have one id.
        SyntaxError: a file isn't Python.
    """
    paths = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    found: dict[str, Misconception] = {}
    for path in paths:
        if not path.is_file():
            continue
        for one in _read_file(path, functions):
            if found.setdefault(one.id, one) is not one:
                message = f"{path.name}, line {one.line}: there are two {one.id}"
                raise ValueError(message)
    order = {name: place for place, name in enumerate(functions)}
    return tuple(sorted(found.values(), key=lambda one: order[one.function]))


def _read_file(path: Path, functions: Sequence[str]) -> list[Misconception]:
    source = path.read_text(encoding="utf-8")
    body = ast.parse(source, filename=str(path)).body
    found = []
    for place, statement in enumerate(body):
        name = _public_name(statement)
        if name is None:
            continue
        function, separator, rest = name.partition(_SEPARATOR)
        if function not in functions or not separator:
            message = f"{path.name}, line {statement.lineno}: {name} begins with no function's name"
            raise ValueError(message)
        following = body[place + 1] if place + 1 < len(body) else None
        title, hint, section = _read_text(_docstring(statement, following))
        if not title or not hint:
            message = f"{path.name}, line {statement.lineno}: {name} has no title and hint"
            raise ValueError(message)
        found.append(
            Misconception(
                id=f"{function}/{rest.replace('_', '-')}",
                function=function,
                name=name,
                title=title,
                hint=hint,
                section=section,
                source=source,
                path=path,
                line=statement.lineno,
            )
        )
    return found


def _public_name(statement: ast.stmt) -> str | None:
    """Give the name of a function or a value; those with an underscore are helpers."""
    match statement:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return None if name.startswith("_") else name
        case _:
            return None


def _docstring(statement: ast.stmt, following: ast.stmt | None) -> str:
    """Give a function's docstring, or the text that stands below a value."""
    if isinstance(statement, ast.FunctionDef):
        return ast.get_docstring(statement) or ""
    match following:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return inspect.cleandoc(text)
        case _:
            return ""


def _read_text(text: str) -> tuple[str, str, str]:
    title, _, rest = text.partition("\n")
    hint, _, section = rest.partition(_SECTION)
    return title.strip(), " ".join(hint.split()), " ".join(section.split())
