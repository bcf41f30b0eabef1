"""Misconceptions: known wrong ways to write a unit, each a small program with a hint.

The programs are parsed here and never run: they run in a sandbox, as submissions do.

A *learned* one is made of a student's code. It has a file of its own, so that it never shares a
process with what others answer, and its docstring says so; a person may still have to write its
hint.
"""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks.parse import parse
from grader.checks.units import find_unit

_SEPARATOR = "__"
_SECTION = "Section:"
LEARNED = "Learned:"  # begins the line of a docstring that says so
LEARNED_FILES = "learned_*.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """A known wrong way to write a function.

    Attributes:
        id: Its stable id, as in the report: ``update/never-zeroed``. Variants share it: programs
            with the same misconception that behave differently, such as with another constant.
        function: The unit of the contract that it is a wrong version of.
        name: The name of its program in ``source``: ``update__never_zeroed``, or for a variant
            ``update__lr_fixed__at_a_tenth``.
        title: What is wrong, as a statement.
        hint: The next thing to try.
        section: The section of the lab to read again; may be empty.
        variant: What distinguishes it from others with the same id; may be empty.
        source: The whole source of its file, with the private functions that it needs.
        path: Its file.
        line: The line on which its program begins, from 1.
        is_learned: Whether it is made of a student's code. It runs alone, and never where the
            reference answers. Its hint may be empty, as long as nobody has written one.
    """

    id: str
    function: str
    name: str
    title: str
    hint: str
    section: str
    variant: str = ""
    source: str
    path: Path
    line: int
    is_learned: bool = False

    @property
    def label(self) -> str:
        """The id, followed by the name of the variant in brackets if it is one."""
        return f"{self.id} ({self.variant.replace('_', ' ')})" if self.variant else self.id


def read_misconceptions(place: Path, functions: Sequence[str]) -> tuple[Misconception, ...]:
    """Read the misconceptions of an assignment from a file, or from all files of a folder.

    Args:
        place: A Python file, with or without its ending, or a folder of such files. If it doesn't
            exist, the assignment has no misconceptions but learned ones: beside a file there may
            be files of these.
        functions: The names of the contract's functions.

    Returns:
        The misconceptions in the order of the functions, and within a function as written.

    Raises:
        ValueError: The name or the docstring of a program is incomplete, two programs have the
            same name, or a learned one is not alone in its file.
        SyntaxError: A file is not Python.
    """
    if place.is_dir():
        paths = sorted(place.glob("*.py"))
    else:
        paths = [place.with_suffix(".py"), *sorted(place.parent.glob(LEARNED_FILES))]
    found: dict[str, Misconception] = {}
    for path in paths:
        if not path.is_file():
            continue
        for one in _read_file(path, functions):
            if found.setdefault(one.name, one) is not one:
                message = f"{path.name}, line {one.line}: {one.name} is defined twice"
                raise ValueError(message)
    order = {name: place for place, name in enumerate(functions)}
    return tuple(sorted(found.values(), key=lambda one: order[one.function]))


def _read_file(path: Path, functions: Sequence[str]) -> list[Misconception]:
    source = path.read_text(encoding="utf-8")
    body = parse(source, filename=str(path)).body
    found = []
    texts: dict[tuple[str, str], str] = {}  # variants without a docstring use the first one's
    for place, statement in enumerate(body):
        name = _public_name(statement)
        if name is None:
            continue
        function, rest = find_unit(name, functions)
        slug, _, variant = rest.partition(_SEPARATOR)
        if not function or not slug:
            message = (
                f"{path.name}, line {statement.lineno}: {name} should be named "
                "UNIT__MISCONCEPTION, after a function, class, method or value of the assignment"
            )
            raise ValueError(message)
        following = body[place + 1] if place + 1 < len(body) else None
        text = _docstring(statement, following) or texts.get((function, slug), "")
        title, hint, section, is_learned = _read_text(texts.setdefault((function, slug), text))
        if not title or not (hint or is_learned):
            message = (
                f"{path.name}, line {statement.lineno}: "
                f"{name} needs a docstring with a title and a hint"
            )
            raise ValueError(message)
        found.append(
            Misconception(
                id=f"{function}/{slug.replace('_', '-')}",
                function=function,
                name=name,
                title=title,
                hint=hint,
                section=section,
                variant=variant,
                source=source,
                path=path,
                line=statement.lineno,
                is_learned=is_learned,
            )
        )
    _expect_alone(found)
    return found


def _expect_alone(found: Sequence[Misconception]) -> None:
    """Require that a learned misconception has its file for itself."""
    learned = next((one for one in found if one.is_learned), None)
    if learned is not None and len(found) > 1:
        message = (
            f"{learned.path.name}, line {learned.line}: {learned.name} is made of a student's code,"
            " so it needs a file of its own"
        )
        raise ValueError(message)


def _public_name(statement: ast.stmt) -> str | None:
    """Return the name that a statement defines, or None if it is private or there is none."""
    match statement:
        case (
            ast.FunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.Assign(targets=[ast.Name(id=name)])
        ):
            return None if name.startswith("_") else name
        case _:
            return None


def _docstring(statement: ast.stmt, following: ast.stmt | None) -> str:
    """Return the docstring of a function or class, or the string below a value."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return ast.get_docstring(statement) or ""
    match following:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return inspect.cleandoc(text)
        case _:
            return ""


def _read_text(text: str) -> tuple[str, str, str, bool]:
    lines = text.splitlines()
    kept = [line for line in lines if not line.startswith(LEARNED)]
    title, _, rest = "\n".join(kept).partition("\n")
    hint, _, section = rest.partition(_SECTION)
    words = (title.strip(), " ".join(hint.split()), " ".join(section.split()))
    return *words, len(kept) < len(lines)
