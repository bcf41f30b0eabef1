"""Cuts the reference down to what is lent: the lent units, and what they use.

The student's code can read all of it. So of a class to which single methods are lent, and of one
that is being graded, there is nothing else in it: neither a private method or function that only
the other methods use, nor another name for one of them.
"""

import ast
from collections.abc import Collection, Iterator, Mapping

from grader.checks.assignment import Assignment
from grader.checks.definitions import (
    bare,
    bound_names,
    definitions,
    is_private,
    names_used,
    reachable,
)
from grader.checks.parse import parse
from grader.checks.units import UnitKind


def lent_source(assignment: Assignment, names: Collection[str]) -> str:
    """Return the source of the units that are lent.

    Args:
        assignment: The assignment.
        names: The names of the units: functions, classes and methods.
    """
    units = assignment.names_of(UnitKind.METHOD)
    cut = {one: set[str]() for one in assignment.names_of(UnitKind.CLASS) if one not in names}
    for name in names:
        owner, _, method = name.partition(".")
        if owner in cut and method:
            cut[owner].add(method)
    while True:
        source = _with_methods(definitions(assignment.reference), cut, units)
        needed = reachable({name.partition(".")[0] for name in names}, names_used(source))
        source = definitions(source, only=needed)
        whole = _bases(source, cut)
        if not whole:
            return bare(source, released=assignment.top_level)
        for base in whole:
            del cut[base]


def _bases(source: str, cut: Mapping[str, Collection[str]]) -> set[str]:
    """Return the classes that are cut down, although another one needs all that it inherits."""
    return {
        base.id
        for one in parse(source).body
        if isinstance(one, ast.ClassDef)
        and (one.name not in cut or not _own_members(one).issuperset(cut[one.name]))
        for base in one.bases
        if isinstance(base, ast.Name) and base.id in cut
    }


def _own_members(one: ast.ClassDef) -> set[str]:
    return set[str]().union(*map(bound_names, one.body))


def _with_methods(source: str, kept: Mapping[str, Collection[str]], units: Collection[str]) -> str:
    """Return the same source, with some classes cut down to the methods that are lent.

    Args:
        source: Python source that only defines.
        kept: For each class to cut down, the methods that are kept.
        units: The names of all methods that are units, such as ``Value.backward``.
    """
    tree = parse(source)
    for one in tree.body:
        if isinstance(one, ast.ClassDef) and one.name in kept:
            others = {name.partition(".")[2] for name in units if name.startswith(f"{one.name}.")}
            one.body = _members(one, kept[one.name], others.difference(kept[one.name])) or [
                ast.Pass()
            ]
    return ast.unparse(tree)


def _members(one: ast.ClassDef, kept: Collection[str], others: Collection[str]) -> list[ast.stmt]:
    """Return the members of a class that are kept, and those that they use.

    Args:
        one: The class.
        kept: The names of those that are lent.
        others: The names of the other methods that are units.
    """
    found = set(kept)
    size = -1
    while len(found) > size:
        size = len(found)
        for member in one.body:
            if bound_names(member) & found:
                found.update(_used_by_class(member))
                private = set(filter(is_private, _attributes(member)))
                found.update(private.difference(others))
    return [member for member in one.body if bound_names(member) & found]


def _attributes(member: ast.stmt) -> Iterator[str]:
    return (node.attr for node in ast.walk(member) if isinstance(node, ast.Attribute))


def _used_by_class(member: ast.stmt) -> Iterator[str]:
    """Yield the names that a member needs when the class is made, as in ``__radd__ = __add__``."""
    parts: list[ast.AST] = [member]
    if isinstance(member, ast.FunctionDef):
        defaults = (one for one in member.args.kw_defaults if one is not None)
        parts = [*member.decorator_list, *member.args.defaults, *defaults]
    for part in parts:
        yield from (node.id for node in ast.walk(part) if isinstance(node, ast.Name))
