"""Cuts files of checks down to the visible checks, and what these use. Nothing is run here.

Of a statement that is kept, the text is kept exactly, with the comment lines directly above it.
All else goes: a helper that only hidden checks use, a comment that stands alone, and the docstring
of a file of which something was left out.
"""

import ast
import symtable
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.checks.definitions import bound_names
from grader.checks.parse import parse

_CONFTEST = "conftest.py"
# What pytest or the engine asks a module for by name.
_SPECIAL = ("facts", "pictures", "pytestmark", "pytest_plugins")
_MOST_BLANK_LINES = 2


def cut_checks(
    sources: Mapping[str, str], visible: Mapping[str, Collection[str]], hidden: Collection[str]
) -> dict[str, str]:
    """Return the files that are left, with what is left of them.

    Args:
        sources: The source of each file of checks and each ``conftest.py``, by its path with ``/``.
        visible: For each file, the names of the functions at top level that are visible checks.
        hidden: The files that have checks that are not visible.

    Raises:
        SyntaxError: A file is not Python.
    """
    left: dict[str, str] = {}
    files = {name: _File(name, source) for name, source in sources.items()}
    asked: dict[str, set[str]] = {}
    for name, file in files.items():
        if not visible.get(name):
            continue
        if name not in hidden:
            left[name] = file.source
            asked[name] = file.asked(file.statements)
        else:
            kept = file.reach(visible[name])
            left[name] = file.text(kept)
            asked[name] = file.asked(kept)
    conftests = sorted(
        (name for name in files if PurePosixPath(name).name == _CONFTEST),
        key=lambda name: -name.count("/"),  # those below may ask those above
    )
    for name in conftests:
        below = PurePosixPath(name).parent
        wanted = set[str]().union(
            *(
                asked[other]
                for other in asked
                if PurePosixPath(other).is_relative_to(below) and other != name
            )
        )
        kept = files[name].reach(files[name].fixtures_among(wanted))
        left[name] = files[name].source if not hidden else files[name].text(kept)
        asked[name] = files[name].asked(kept)
    return left


@dataclass
class _File:
    """A file of checks, as its statements at top level."""

    name: str
    source: str
    statements: list[ast.stmt] = field(init=False)

    def __post_init__(self) -> None:
        self.statements = parse(self.source, filename=self.name).body

    def fixtures_among(self, words: Collection[str]) -> set[str]:
        """Return the functions of this file's fixtures that are asked for by some words."""
        return {
            name
            for one in self.statements
            if _is_fixture(one)
            for name in _bound(one)
            if name in words or _text_options(one) & set(words)
        }

    def reach(self, names: Collection[str]) -> list[ast.stmt]:
        """Return the statements that some names need, in their order."""
        wanted = {*names, *_SPECIAL}
        wanted |= {
            one.name
            for one in self.statements
            if isinstance(one, ast.FunctionDef)
            and (one.name.startswith("pytest_") or _is_automatic(one))
        }
        kept: set[int] = set()
        while True:
            bound = set[str]().union(*(_bound(one) for one in self.statements if _is_import(one)))
            bound |= set[str]().union(*(_bound(self.statements[place]) for place in kept))
            found = {
                place
                for place, one in enumerate(self.statements)
                if place not in kept
                and (
                    _bound(one) & wanted
                    or _is_future(one)
                    or (self._only_acts(one) and self._own_names(one) <= bound)
                )
            }
            if not found:
                break
            kept |= found
            statements = [self.statements[place] for place in found]
            wanted |= self.fixtures_among(self.asked(statements))
            wanted |= set[str]().union(*map(_globals_used, statements))
        return [one for place, one in enumerate(self.statements) if place in kept]

    def asked(self, statements: Collection[ast.stmt]) -> set[str]:
        """Return the parameters and the strings in statements, some of which may be fixtures."""
        found = set()
        for node in (node for one in statements for node in ast.walk(one)):
            match node:
                case ast.arg(arg=name) | ast.Constant(value=str(name)):
                    found.add(name)
        return found

    def text(self, kept: Collection[ast.stmt]) -> str:
        """Return the text of some statements, or all of the file if nothing is left out."""
        if len(kept) == len(self.statements):
            return self.source
        docstring = self.statements[0] if ast.get_docstring(parse(self.source)) else None
        lines = self.source.splitlines(keepends=True)
        parts: list[str] = []
        most_blank = 0
        for one in self.statements:
            blank, text = _cut(lines, one, self.statements)
            most_blank = max(blank, most_blank)
            if one in kept and one is not docstring:
                parts.append("\n" * most_blank * bool(parts) + text)
                most_blank = 0
        return "".join(parts)

    def _own_names(self, statement: ast.stmt) -> set[str]:
        """Return the names of this file that a statement uses."""
        defined = set[str]().union(*map(_bound, self.statements))
        return _globals_used(statement) & defined

    def _only_acts(self, statement: ast.stmt) -> bool:
        """Return whether a statement binds nothing and is run for what it does."""
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        return not _bound(statement) and not is_text


def _globals_used(statement: ast.stmt) -> set[str]:
    """Return the names of the module that a statement uses, at whatever depth."""
    return set(_globals_of(symtable.symtable(ast.unparse(statement), "checks", "exec")))


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        is_global = table.get_type() == "module" or symbol.is_global()
        if is_global and symbol.is_referenced():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals_of(inner)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds in the module, in whatever branch."""
    return set(_bindings(statement))


def _bindings(statement: ast.stmt) -> Iterator[str]:
    yield from bound_names(statement)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt):
            yield from _bindings(node)
        elif isinstance(node, ast.ExceptHandler | ast.match_case):
            for inner in node.body:
                yield from _bindings(inner)
        else:
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    yield name.id


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _is_fixture(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and any(
        "fixture" in ast.unparse(one) for one in statement.decorator_list
    )


def _text_options(statement: ast.stmt) -> set[str]:
    """Return the strings in the decorators of a fixture, one of which may be its name."""
    nodes = (node for one in getattr(statement, "decorator_list", []) for node in ast.walk(one))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _is_automatic(statement: ast.FunctionDef) -> bool:
    return any(
        "fixture" in ast.unparse(one) and "autouse" in ast.unparse(one)
        for one in statement.decorator_list
    )


def _cut(
    lines: list[str], statement: ast.stmt, statements: Collection[ast.stmt]
) -> tuple[int, str]:
    """Return the number of blank lines before a statement, and its text with its comment."""
    decorators = getattr(statement, "decorator_list", [])
    first = min(one.lineno for one in (statement, *decorators)) - 1
    last = statement.end_lineno or statement.lineno
    if any(one is not statement and _shares_line(one, first, last) for one in statements):
        return 0, ast.unparse(statement) + "\n"  # without its neighbour on the same line
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    blank = 0
    while blank < min(first, _MOST_BLANK_LINES) and not lines[first - 1 - blank].strip():
        blank += 1
    text = "".join(lines[first:last])
    return blank, text if text.endswith("\n") else text + "\n"


def _shares_line(other: ast.stmt, first: int, last: int) -> bool:
    return other.lineno - 1 < last and (other.end_lineno or other.lineno) > first
