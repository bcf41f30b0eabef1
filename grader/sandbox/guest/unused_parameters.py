"""Finds parameters that the code of a function never mentions."""

import ast

from grader.sandbox.guest.find_function import FoundFunction, parameters_of

# What they are called with may name any variable.
_READ_ANY = frozenset({"locals", "vars", "eval", "exec", "globals"})


def find_unused(found: FoundFunction) -> tuple[str, ...]:
    """Return the parameters that a function neither reads nor binds anew, in order."""
    names = {one.id for one in found.nodes if isinstance(one, ast.Name)}
    if names & _READ_ANY:
        return ()
    return tuple(one for one in parameters_of(found.node) if one not in names)
