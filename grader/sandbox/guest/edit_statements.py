"""Edits of statements: deleted, moved, or with another kind of assignment."""

import ast
from collections.abc import Iterator

from grader.sandbox.guest.edit import Edit

_BLOCKS = ("body", "orelse", "finalbody")
_MOST_STATEMENTS = 12  # of a block; those after it stay where they are
_INDENTED = (ast.For, ast.With, ast.If)


def blocks_of(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield the blocks of a statement, each with its field."""
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield name, block


def replacements(statement: ast.stmt, names: dict[str, int]) -> Iterator[list[ast.stmt]]:
    """Yield what may take the place of a statement.

    Args:
        statement: The statement.
        names: The local names, each with the line from which on it is there.
    """
    match statement:
        case ast.AugAssign(target=target, op=op, value=value):
            for other in (ast.Add, ast.Sub):
                if not isinstance(op, other):
                    yield [ast.AugAssign(target, other(), value)]
            yield [ast.Assign([target], value)]
        case ast.Assign(targets=[ast.Name(id=name) as target], value=value) if (
            names.get(name, statement.lineno) < statement.lineno
        ):
            yield [ast.AugAssign(target, ast.Add(), value)]
            yield [ast.AugAssign(target, ast.Sub(), value)]
        case ast.Expr(value=value):
            yield from _uses_of(value)
        case ast.With(body=body):
            yield body
        case ast.If(body=body, orelse=orelse):
            yield body
            if orelse:
                yield orelse
                yield [ast.If(statement.test, orelse, body)]


def _uses_of(value: ast.expr) -> Iterator[list[ast.stmt]]:
    """Yield what a value may have been meant for that is thrown away."""
    match value:
        case ast.Attribute() | ast.Name():
            yield [ast.Expr(ast.Call(value, [], []))]
            yield [ast.Return(value)]
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as owner, attr=method)):
            yield [ast.Assign([ast.Name(name, ast.Store())], value)]
            if not method.endswith("_"):
                function = ast.Attribute(owner, f"{method}_", ast.Load())
                yield [ast.Expr(ast.Call(function, value.args, value.keywords))]
        case ast.BinOp() | ast.Compare():
            yield [ast.Return(value)]


def edit_blocks(owner: ast.stmt, names: dict[str, int], *, skip: int = 0) -> Iterator[Edit]:
    """Yield the edits of the statements right in the blocks of another one.

    Args:
        owner: The statement whose blocks they are in.
        names: The local names, each with the line from which on it is there.
        skip: How many of its first statements stay: a docstring.
    """
    for field, block in blocks_of(owner):
        for place, statement in enumerate(block[:_MOST_STATEMENTS]):
            if place < skip:
                continue
            before, after = block[:place], block[place + 1 :]
            for new in replacements(statement, names):
                yield Edit(statement.lineno, ((owner, field, [*before, *new, *after]),))
            if not isinstance(statement, ast.Return | ast.FunctionDef | ast.ClassDef):
                rest = [*before, *after] or [ast.Pass()]
                yield Edit(statement.lineno, ((owner, field, rest),))
            yield from _moved(owner, field, block, place, skip)
            if isinstance(statement, _INDENTED):
                yield from _across(owner, field, block, place, skip)


def _moved(
    owner: ast.stmt, field: str, block: list[ast.stmt], place: int, skip: int
) -> Iterator[Edit]:
    """Yield the edits that move a statement by one or two places, each of them once."""
    statement = block[place]
    rest = [*block[:place], *block[place + 1 :]]
    for other in range(skip, min(len(block), _MOST_STATEMENTS)):
        # Two neighbours that change places are the same as seen from either.
        if other - place not in (1, 2, -2):
            continue
        new = [*rest[:other], statement, *rest[other:]]
        yield Edit(statement.lineno, ((owner, field, new),), is_move=True)


def _across(
    owner: ast.stmt, field: str, block: list[ast.stmt], place: int, skip: int
) -> Iterator[Edit]:
    """Yield the edits that move a statement into a block below it, or out of it."""
    inner = block[place]
    assert isinstance(inner, _INDENTED)  # noqa: S101 - asked for before
    body = inner.body
    for index, one in enumerate(body[:_MOST_STATEMENTS]):
        rest = [*body[:index], *body[index + 1 :]] or [ast.Pass()]
        for around in (
            [*block[: place + 1], one, *block[place + 1 :]],
            [*block[:place], one, *block[place:]],
        ):
            changes = ((inner, "body", rest), (owner, field, around))
            yield Edit(one.lineno, changes, is_move=True)
    if place + 1 < len(block):
        one = block[place + 1]
        around = [*block[: place + 1], *block[place + 2 :]]
        for new in ([*body, one], [one, *body]):
            yield Edit(one.lineno, ((inner, "body", new), (owner, field, around)), is_move=True)
    if place - 1 >= skip:
        one = block[place - 1]
        around = [*block[: place - 1], *block[place:]]
        for new in ([one, *body], [*body, one]):
            yield Edit(one.lineno, ((inner, "body", new), (owner, field, around)), is_move=True)
