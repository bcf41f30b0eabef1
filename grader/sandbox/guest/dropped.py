"""Finds statements that compute something and throw it away, as far as the code alone is proof.

``p.clamp(0, 1)`` as a statement leaves ``p`` as it is. Only calls are found of which it is known
that they change nothing in place; operators are taken to be those of tensors, numbers and lists.
"""

import ast
from collections.abc import Iterator

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import Dropped, DroppedKind
from grader.sandbox.guest.find_function import FoundFunction, without_inner
from grader.sandbox.guest.plain_text import cut_text

_MOST = 3

# They make something new, whatever has such a method.
_METHODS = frozenset(
    "clamp clip clamp_min clamp_max detach clone unsqueeze squeeze view reshape sub mul div".split()
)
# Only of numbers they do, and not of modules, sets and loggers.
_METHODS_OF_NUMBERS = frozenset(
    "sigmoid exp log log1p abs sqrt square neg relu tanh softmax add pow matmul "
    "flatten ravel mean sum nan_to_num round astype contiguous float double half int long "
    "to".split()
)
_FUNCTIONS = frozenset(
    "clamp clip sigmoid exp log log1p abs sqrt square neg relu tanh softmax add sub mul div pow "
    "matmul unsqueeze squeeze reshape flatten mean sum nan_to_num round stack cat where".split()
)
_CALLED = frozenset("backward step zero_grad append detach clone clamp close".split())
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow)
_OPERATORS_OF_NUMBERS = (ast.Add, ast.Mult, ast.Div, ast.MatMult, ast.Pow)


def find_dropped(found: FoundFunction) -> tuple[Dropped, ...]:
    """Return the first statements of a function that compute something and throw it away."""
    # What a decorator makes of a function, nobody knows.
    return () if found.node.decorator_list else tuple(_Finder(found).dropped())[:_MOST]


class _Finder:
    """Looks through the statements of a function, but not of those inside of it.

    Args:
        found: The function.
    """

    def __init__(self, found: FoundFunction) -> None:
        self._found = found
        self._nodes = list(without_inner(found.node.body))
        self._numbers = {
            side.id
            for one in self._nodes
            if isinstance(one, ast.BinOp) and isinstance(one.op, _OPERATORS_OF_NUMBERS)
            for side in (one.left, one.right)
            if isinstance(side, ast.Name)
        }
        # Nor have modules and sets a gradient.
        self._numbers |= {
            one.value.id
            for one in self._nodes
            if isinstance(one, ast.Attribute) and one.attr == "grad"
            if isinstance(one.value, ast.Name)
        }

    def dropped(self) -> Iterator[Dropped]:
        """Yield them in the order of the code."""
        found = [one for one in self._nodes if isinstance(one, ast.Expr)]
        for statement in sorted(found, key=lambda one: one.lineno):
            kind, target = self._judge(statement.value)
            if kind is not None:
                yield Dropped(
                    kind=kind,
                    code=cut_text(ast.unparse(statement.value), MAX_NAME),
                    target=cut_text(target, MAX_NAME),
                    place=self._found.place_of(statement),
                )

    def _judge(self, value: ast.expr) -> tuple[DroppedKind | None, str]:
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                if self._found.is_module(owner, "torch"):
                    return self._judge_function(name, value)
                if self._makes_something_new(owner, name):
                    return DroppedKind.CALL, owner
            case ast.BinOp(op=operator) if isinstance(operator, _OPERATORS):
                return DroppedKind.VALUE, ""
            case ast.Compare(ops=[ast.Eq()], left=ast.Name() | ast.Attribute() | ast.Subscript()):
                return DroppedKind.COMPARISON, ""
            case ast.Attribute(attr=name) if _is_method(name):
                return DroppedKind.NOT_CALLED, ""
        return None, ""

    def _judge_function(self, name: str, call: ast.Call) -> tuple[DroppedKind | None, str]:
        if name not in _FUNCTIONS or any(one.arg in (None, "out") for one in call.keywords):
            return None, ""
        match call.args:
            case [ast.Name(id=target), *_] if target in self._found.local:
                return DroppedKind.CALL, target
        return DroppedKind.VALUE, ""

    def _makes_something_new(self, owner: str, method: str) -> bool:
        """Return whether a method of a variable of the function works not in place.

        Of a parameter that stays what it is, more is known: what is used with * or @, or has a
        gradient, is a number or a tensor.
        """
        if method in _METHODS:
            return owner in self._found.local
        is_number = owner in self._numbers and owner in self._found.parameters - self._found.bound
        return is_number and method in _METHODS_OF_NUMBERS


def _is_method(name: str) -> bool:
    return name in _CALLED or (name.endswith("_") and not name.endswith("__"))
