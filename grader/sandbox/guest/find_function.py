"""Finds the code of a function that a submission defines at top level."""

import ast
import inspect
import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.sandbox.guest.parse import ParsedBlock


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """The code of a function.

    Attributes:
        node: The function.
        block: The code block with it.
        namespace: The submission's globals.
        bound: The names that it binds, without its parameters.
        parameters: Its parameters, without ``*`` and ``**``.
    """

    node: ast.FunctionDef
    block: ParsedBlock
    namespace: Mapping[str, object]
    bound: frozenset[str] = field(init=False)
    parameters: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Find its local names."""
        bound = frozenset(
            one.id
            for statement in self.node.body
            for one in ast.walk(statement)
            if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
        )
        own = self.node.args
        arguments = (*own.posonlyargs, *own.args, *own.kwonlyargs)
        object.__setattr__(self, "bound", bound)
        object.__setattr__(self, "parameters", frozenset(one.arg for one in arguments))

    @property
    def local(self) -> frozenset[str]:
        """Its local names."""
        return self.bound | self.parameters

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
