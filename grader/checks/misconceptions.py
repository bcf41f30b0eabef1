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
        id: Stable, as in the report: ``update/never-zeroed``. Variants share it: programs
            with the same idea that do different things, such as with another constant.
        function: Which function of the contract it is a wrong version of.
        name: What its program is called in ``source``: ``update__never_zeroed``, or for a
            variant ``update__lr_fixed__at_a_tenth``.
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

    @property
    def label(self) -> str:
        """The id, with the variant if it is one."""
        variant = self.name.split(_SEPARATOR)[2:]
        return f"{self.id} ({variant[0].replace('_', ' ')})" if variant else self.id


def read_misconceptions(place: Path, functions: Sequence[str]) -> tuple[Misconception, ...]:
    """Read the misconceptions of an assignment from a file, or from all files of a folder.

    Args:
        place: A Python file or a folder of them; one that isn't there has none.
        functions: The contract's functions.

    Raises:
        ValueError: a program has a name or a docstring that doesn't say what it should, or
            two have one name.
        SyntaxError: a file isn't Python.
    """
    paths = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    found: dict[str, Misconception] = {}
    for path in paths:
        if not path.is_file():
            continue
        for one in _read_file(path, functions):
            if found.setdefault(one.name, one) is not one:
                message = f"{path.name}, line {one.line}: there are two {one.name}"
                raise ValueError(message)
    order = {name: place for place, name in enumerate(functions)}
    return tuple(sorted(found.values(), key=lambda one: order[one.function]))


def _read_file(path: Path, functions: Sequence[str]) -> list[Misconception]:
    source = path.read_text(encoding="utf-8")
    body = ast.parse(source, filename=str(path)).body
    found = []
    texts: dict[tuple[str, str], str] = {}  # the first variant speaks for the others
    for place, statement in enumerate(body):
        name = _public_name(statement)
        if name is None:
            continue
        function, _, rest = name.partition(_SEPARATOR)
        idea = rest.partition(_SEPARATOR)[0]
        if function not in functions or not idea:
            message = f"{path.name}, line {statement.lineno}: {name} begins with no function's name"
            raise ValueError(message)
        following = body[place + 1] if place + 1 < len(body) else None
        text = _docstring(statement, following) or texts.get((function, idea), "")
        title, hint, section = _read_text(texts.setdefault((function, idea), text))
        if not title or not hint:
            message = f"{path.name}, line {statement.lineno}: {name} has no title and hint"
            raise ValueError(message)
        found.append(
            Misconception(
                id=f"{function}/{idea.replace('_', '-')}",
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
