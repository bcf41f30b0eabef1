"""Finds the code of a function that a submission defines at top level."""

import ast
import functools
import inspect
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import Place
from grader.sandbox.guest.parse import ParsedBlock
from grader.sandbox.guest.plain_text import cut_text

# What has names of its own.
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True)
class FoundFunction:
    """The code of a function.

    Attributes:
        node: The function.
        block: The code block with it.
        namespace: The submission's globals.
    """

    node: ast.FunctionDef
    block: ParsedBlock
    namespace: Mapping[str, object]

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of its body, also those inside of other functions."""
        return tuple(one for statement in self.node.body for one in ast.walk(statement))

    @functools.cached_property
    def bound(self) -> frozenset[str]:
        """The names that it binds, without its parameters."""
        return frozenset(
            one.id
            for one in self.nodes
            if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
        )

    @functools.cached_property
    def parameters(self) -> frozenset[str]:
        """Its parameters, without ``*`` and ``**``."""
        return frozenset(parameters_of(self.node))

    @functools.cached_property
    def local(self) -> frozenset[str]:
        """Its local names."""
        return self.bound | self.parameters

    def place_of(self, node: ast.stmt | ast.expr) -> Place:
        """Return where a node is."""
        return Place(line=max(node.lineno, 0), block=cut_text(self.block.label, MAX_NAME))

    def is_module(self, name: str, module: str) -> bool:
        """Return whether a name is that of a loaded module everywhere in the function."""
        loaded = sys.modules.get(module)
        return name not in self.local and loaded is not None and self.namespace.get(name) is loaded


def find_function(
    name: str, function: object, blocks: Iterable[ParsedBlock], namespace: Mapping[str, object]
) -> FoundFunction | None:
    """Return the code of a function, or None if it isn't one that is defined at top level.

    Of a decorated one, it is the code below the decorators, where these name it in __wrapped__.

    Args:
        name: Its name.
        function: The function itself.
        blocks: The code blocks, in one of which it may be defined.
        namespace: The submission's globals.
    """
    if type(function) is not types.FunctionType:
        return None
    function = inspect.unwrap(function)
    if type(function) is not types.FunctionType:
        return None
    code = function.__code__
    for block in blocks:
        for node, _ in block.statements:
            if not isinstance(node, ast.FunctionDef) or node.name != name:
                continue
            if code.co_filename == block.filename and code.co_firstlineno in _first_lines(node):
                return FoundFunction(node, block, namespace)
    return None


def _first_lines(node: ast.FunctionDef) -> set[int]:
    """Return the lines that may count as the first: that of def, or of the first decorator."""
    return {node.lineno, *(one.lineno for one in node.decorator_list)}


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the parameters of a function in order, without ``*`` and ``**``."""
    own = node.args
    return [one.arg for one in (*own.posonlyargs, *own.args, *own.kwonlyargs)]


def without_inner(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all nodes of a body, without what is inside of other functions and classes."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, INNER):
            waiting.extend(ast.iter_child_nodes(node))
