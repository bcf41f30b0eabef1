"""Finds while loops that change nothing that their condition is about, as far as code is proof."""

import ast

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import CodePlace
from grader.sandbox.guest.find_function import INNER, FoundFunction, without_inner
from grader.sandbox.guest.plain_text import cut_text

_MOST = 3
_IN_CONDITIONS = (
    ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp,
    ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.operator,
)  # fmt: skip
_LEAVE = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)


def find_endless(found: FoundFunction) -> tuple[CodePlace, ...]:
    """Return the first while loops of a function that can't end by themselves.

    Their condition compares local variables, of which one begins as a number that stands in the
    code; in the loop, nothing binds any of them, and nothing leaves it. The others may be
    parameters, and are taken to be numbers if the loop does nothing with them but read them.
    """
    if not any(isinstance(one, ast.While) for one in found.nodes):
        return ()
    # Functions inside may bind them whenever they are called.
    bound_inside = {
        name
        for one in found.nodes
        if isinstance(one, ast.Nonlocal | ast.Global)
        for name in one.names
    }
    numbers = _bound_to_numbers(found)
    loops = (one for one in without_inner(found.node.body) if isinstance(one, ast.While))
    endless = [one for one in loops if _is_endless(one, numbers, found.local - bound_inside)]
    endless.sort(key=lambda one: one.lineno)
    return tuple(
        CodePlace(
            code=cut_text(f"while {ast.unparse(one.test)}", MAX_NAME),
            place=found.place_of(one),
        )
        for one in endless[:_MOST]
    )


def _is_endless(loop: ast.While, numbers: set[str], local: frozenset[str]) -> bool:
    if not all(isinstance(one, _IN_CONDITIONS) for one in ast.walk(loop.test)):
        return False
    names = {one.id for one in ast.walk(loop.test) if isinstance(one, ast.Name)}
    if not names & numbers or not names <= local:
        return False
    inside = [one for statement in loop.body for one in ast.walk(statement)]
    if any(isinstance(one, (*_LEAVE, *INNER)) for one in inside):
        return False
    bound = {
        one.id for one in inside if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    }
    owners = {
        one.value.id
        for one in inside
        if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.value, ast.Name)
    }
    return names.isdisjoint(bound | owners)


def _bound_to_numbers(found: FoundFunction) -> set[str]:
    """Return the variables that the function sets to a number that stands in its code."""
    return {
        target.id
        for one in without_inner(found.node.body)
        if isinstance(one, ast.Assign)
        if isinstance(one.value, ast.Constant) and isinstance(one.value.value, int | float)
        for target in one.targets
        if isinstance(target, ast.Name)
    } - found.parameters
