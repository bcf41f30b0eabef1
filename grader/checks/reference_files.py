"""Reads a reference of several files, and joins them to one program.

The files import each other, as a hand-in of several files does. As one program they need no
imports of one another, so these are taken out.
"""

import ast
import graphlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.checks.definitions import bound_names
from grader.checks.parse import parse


def read_reference(place: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the source of each file of a reference, by name.

    Args:
        place: The reference: a file, or a folder with the files of a hand-in.
        names: The names of the files of a hand-in; empty if it is one of any name.

    Raises:
        OSError: A file is missing.
        ValueError: It is a folder, although a hand-in is one file.
    """
    if not place.is_dir():
        return {place.name: place.read_text(encoding="utf-8")}
    if not names:
        raise ValueError("the reference is a folder, but `submission` lists no files")
    return {name: (place / name).read_text(encoding="utf-8") for name in names}


def join_files(sources: Mapping[str, str]) -> str:
    """Return files as one program, each after those that it imports.

    Args:
        sources: The source of each file, by name.

    Raises:
        SyntaxError: A file is not Python.
        ValueError: Two files define the same name, or one imports another as a module, so that its
            names are used with a dot.
    """
    if len(sources) == 1:
        return next(iter(sources.values()))
    modules = {name.removesuffix(".py"): name for name in sources}
    imported: dict[str, set[str]] = {name: set() for name in sources}
    parts: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name, source in sources.items():
        lines = source.splitlines()
        for statement in parse(source, filename=name).body:
            others = _own_modules(statement, modules, name)
            if others:
                imported[name] |= {modules[one] for one in others}
                first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
                lines[first:last] = [""] * (last - first)
            elif not isinstance(statement, ast.Import | ast.ImportFrom):
                for bound in bound_names(statement):
                    if owners.setdefault(bound, name) != name:
                        message = f"{owners[bound]} and {name} both define {bound}"
                        raise ValueError(message)
        parts[name] = "\n".join(lines)
    try:
        order = list(graphlib.TopologicalSorter(imported).static_order())
    except graphlib.CycleError as error:
        message = f"the files of the reference import each other in a circle: {error.args[1]}"
        raise ValueError(message) from error
    return "\n\n".join(parts[name] for name in order) + "\n"


def _own_modules(statement: ast.stmt, modules: Mapping[str, str], name: str) -> set[str]:
    """Return the files of the reference that a statement imports names from."""
    match statement:
        case ast.ImportFrom(module=str(module), names=aliases) if module in modules:
            if any(one.asname or one.name == "*" for one in aliases):
                message = f"{name}, line {statement.lineno}: import each name of {module} as it is"
                raise ValueError(message)
            return {module}
        case ast.Import(names=aliases):
            found = {one.name for one in aliases} & modules.keys()
            if found:
                module = found.pop()
                message = f"{name}, line {statement.lineno}: write `from {module} import ...`"
                raise ValueError(message)
    return set()
