"""Finds where the code of a function takes values out of autograd's graph."""

import ast
from collections.abc import Iterator

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import CodePlace
from grader.sandbox.guest.find_function import FoundFunction
from grader.sandbox.guest.plain_text import cut_text

_MOST = 3

# https://pytorch.org/docs/stable/notes/autograd.html: none of what they give has a grad_fn.
_METHODS = frozenset("item detach detach_ numpy tolist".split())
_OF_MODULES = {
    "torch": frozenset("tensor from_numpy no_grad inference_mode set_grad_enabled".split()),
    "numpy": frozenset("array asarray".split()),
}
_BUILTINS = frozenset("float int round".split())


def find_detached(found: FoundFunction) -> tuple[CodePlace, ...]:
    """Return the first places of a function whose values have no graph, in the order of the code.

    What is only printed is left out.
    """
    nodes = [node for node in _not_printed(found) if _is_detached(node, found)]
    nodes.sort(key=lambda one: (one.lineno, one.col_offset))
    lines = {node.lineno: node for node in reversed(nodes)}  # the first of each line
    return tuple(
        CodePlace(
            code=cut_text(ast.unparse(node), MAX_NAME),
            place=found.place_of(node),
        )
        for _, node in sorted(lines.items())[:_MOST]
    )


def _not_printed(found: FoundFunction) -> Iterator[ast.expr]:
    waiting: list[ast.AST] = [*found.node.decorator_list, *found.node.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        match node:
            case ast.Call(func=ast.Name(id="print")):
                continue
        waiting.extend(ast.iter_child_nodes(node))


def _is_detached(node: ast.expr, found: FoundFunction) -> bool:
    match node:
        case ast.Call(args=[ast.Constant() | ast.Call(func=ast.Name(id="len"))]):
            return False  # float("inf"), torch.tensor(0.0), float(len(y))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if module := next(
            (one for one in _OF_MODULES if found.is_module(owner, one)), ""
        ):
            return name in _OF_MODULES[module]
        case ast.Call(func=ast.Attribute(attr=name), args=[], keywords=[]):
            return name in _METHODS
        case ast.Call(func=ast.Name(id=name), args=[_, *_]):
            return name in _BUILTINS and name not in found.local
        case ast.Attribute(attr="data", ctx=ast.Load()):
            return True
    return False
