"""Finds parameters that the code of a function never mentions."""

import ast

from grader.sandbox.guest.find_function import FoundFunction

# What they are called with may name any variable.
_READ_ANY = frozenset({"locals", "vars", "eval", "exec", "globals"})


def find_unused(found: FoundFunction) -> tuple[str, ...]:
    """Return the parameters that a function neither reads nor binds anew, in order."""
    names = {
        one.id
        for statement in found.node.body
        for one in ast.walk(statement)
        if isinstance(one, ast.Name)
    }
    if names & _READ_ANY:
        return ()
    own = found.node.args
    arguments = (*own.posonlyargs, *own.args, *own.kwonlyargs)
    return tuple(one.arg for one in arguments if one.arg not in names)
