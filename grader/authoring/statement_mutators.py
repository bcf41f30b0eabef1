"""The small changes of statements; see `mutators`."""

import ast
import itertools
from collections.abc import Iterator

from grader.authoring.mutation_scope import SYMBOLS, Scope
from grader.authoring.spans import Edit

_DROPPED = (
    ast.Expr,
    ast.AugAssign,
    ast.For,
    ast.While,
    ast.Delete,
    ast.Raise,
    ast.Assert,
    ast.Break,
    ast.Continue,
)
# What these return has no graph to be cut off from.
_MAKES_A_LEAF = tuple("zeros ones rand randn normal randperm arange tensor zeros_like".split())


def drop_statements(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """``pass`` in the place of a statement, and a block without what is around it."""
    if isinstance(node, ast.stmt) and _can_be_dropped(node, scope):
        yield scope.replace(node, "pass", "statement-dropped")
    match node:
        case ast.Return(value=value) if value is not None:
            yield scope.replace(node, "return None", "return-dropped")
        case ast.With(items=items, body=body):
            if all(one.optional_vars is None for one in items):
                start = scope.spans.start(node)
                end = scope.spans.source.rindex(":", start, scope.spans.start(body[0])) + 1
                yield Edit(start, end, "if True:", "context-dropped")
        case ast.FunctionDef(decorator_list=[_, *_] as decorators):
            ends = [*(scope.spans.start(one) - 1 for one in decorators), scope.spans.start(node)]
            for start, end in itertools.pairwise(ends):
                yield Edit(start, end, "", "decorator-dropped")
        case ast.Break():
            yield scope.replace(node, "continue", "jump")
        case ast.Continue():
            yield scope.replace(node, "break", "jump")


def _can_be_dropped(node: ast.stmt, scope: Scope) -> bool:
    """Return whether a program without a statement is another one, and not just incomplete."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return False  # a docstring
        case ast.Assign(targets=[ast.Name(id=name)]):
            return scope.bound.get(name, 0) > 1
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.If():
            return not scope.spans.source.startswith("elif", scope.spans.start(node))
        case _:
            return isinstance(node, _DROPPED)


def change_branches(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A condition negated, and a branch that is always or never taken."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
                yield scope.replace(test, f"not {scope.atom(test)}", "branch")
            if isinstance(node, ast.If):
                yield scope.replace(test, "True", "branch")
                yield scope.replace(test, "False", "branch")
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield scope.replace_expression(node, body, "branch")
            yield scope.replace_expression(node, orelse, "branch")
            text = f"{scope.atom(orelse)} if {scope.spans.text(test)} else {scope.atom(body)}"
            yield scope.replace(node, text, "branch")
        case ast.comprehension(ifs=ifs):
            for test in ifs:
                yield scope.replace(test, "True", "branch")


def change_assignments(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """In place against out of place, and another operator of an augmented assignment."""
    spans = scope.spans
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            symbol = SYMBOLS[type(op)]
            span = spans.find_between(target, value, f"{symbol}=")
            for other in ("", "-" if symbol == "+" else "+"):
                yield Edit(*span, f"{other}=", "assignment")
            left = spans.text(target)
            text = f"{left} = {left} {symbol} {scope.atom(value)}"
            yield scope.replace(node, text, "out-of-place")
        case ast.Assign(
            targets=[(ast.Name() | ast.Attribute()) as target],
            value=ast.BinOp(left=left, op=op, right=right),
        ) if spans.text(target) == spans.text(left):
            text = f"{spans.text(target)} {SYMBOLS[type(op)]}= {spans.text(right)}"
            yield scope.replace(node, text, "in-place")
        case ast.Call(func=ast.Attribute(attr=name) as function) if not scope.is_module(function):
            end = spans.end(function)
            is_inplace = name.endswith("_") and not name.endswith("__")
            if is_inplace and name not in ("requires_grad_", "zero_", "fill_", "uniform_"):
                yield Edit(end - 1, end, "", "out-of-place")


def add_detach(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A result cut off from its graph."""
    if not scope.has_torch or scope.is_without_grad(node):
        return
    values: list[ast.expr] = []
    match node:
        case ast.Return(value=ast.Tuple(elts=elements)):
            values = list(elements)
        case ast.Return(value=value) if value is not None:
            values = [value]
        case ast.Assign(targets=[ast.Name()], value=value):
            values = [value]
        case ast.Expr(value=ast.Yield(value=ast.Tuple(elts=elements))):
            values = list(elements)
    for value in values:
        match value:
            case ast.Constant() | ast.List() | ast.Dict() | ast.Tuple() | ast.ListComp():
                continue
            case ast.Call(func=ast.Attribute(attr="item" | "detach")):
                continue
            case ast.Call(func=ast.Attribute(attr=name)) if name in _MAKES_A_LEAF:
                continue
        text = scope.atom(value)
        yield scope.replace(value, f"{text}.detach()", "detach-added")
        yield scope.replace(value, f"{text}.item()", "item-added")
