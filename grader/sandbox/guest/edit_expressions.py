"""Edits of expressions: each reverses something that beginners get wrong."""

import ast
import itertools
import math
from collections.abc import Callable, Iterator

from grader.sandbox.guest.edit import Edit, EditScope, Slot

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.MatMult, ast.Add),
    ast.MatMult: (ast.Mult,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)
# Functions that are mixed up: each becomes any other one of its group.
_GROUPS = (
    "sum mean",
    "max min",
    "maximum minimum",
    "argmax argmin",
    "argsort sort",
    "zeros ones empty",
    "zeros_like ones_like",
    "rand randn",
    "rand_like randn_like",
    "normal uniform",
    "normal_ uniform_",
    "sin cos",
    "tanh sigmoid",
    "std var",
    "abs square",
    "absolute square",
    "append extend",
    "floor ceil round",
    "add_ sub_",
    "add sub",
    "mul div",
    "cumsum sum",
    "flatten squeeze",
    "L1Loss MSELoss SmoothL1Loss",
    "l1_loss mse_loss smooth_l1_loss",
    "binary_cross_entropy binary_cross_entropy_with_logits",
    "BCELoss BCEWithLogitsLoss",
    "hstack vstack",
    "any all",
)
# Those of a second kind become only the last one.
_TO_ONE = ("exp2 expm1 log exp", "log10 log2 log1p exp log", "sqrt abs square", "randint randperm")
_OTHER_FUNCTIONS: dict[str, tuple[str, ...]] = {}
for _group in _GROUPS:
    for _name in _group.split():
        _others = tuple(one for one in _group.split() if one != _name)
        _OTHER_FUNCTIONS[_name] = _OTHER_FUNCTIONS.get(_name, ()) + _others
for _group in _TO_ONE:
    *_names, _right = _group.split()
    for _name in _names:
        _OTHER_FUNCTIONS[_name] = (*_OTHER_FUNCTIONS.get(_name, ()), _right)
_OTHER_WORDS = {"sum": ("mean",), "mean": ("sum",), "none": ("mean", "sum")}
# What is mostly meant to be called.
_METHODS = frozenset(
    "backward step zero_grad zero_ item mean sum detach clone numpy tolist flatten float".split()
)
# What follows an object and may be one too many.
_ATTRIBUTES = frozenset("T mT H data grad values indices real".split())
_ODD_FUNCTIONS = frozenset("exp sigmoid log tanh softplus logsigmoid softmax sub sub_ add_".split())
_MOST_NAMES = 6
_NEAR = 0.02
_MOST_ARGUMENTS = 4


def change_operators(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """Another operator, one operand alone, or the operands exchanged."""
    if not isinstance(node, ast.BinOp):
        return
    line = node.lineno
    if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        return
    for other in _OPERATORS.get(type(node.op), ()):
        yield Edit(line, ((node, "op", other()),))
    yield slot.put(line, node.left)
    yield slot.put(line, node.right)
    if isinstance(node.op, _NOT_COMMUTATIVE):
        yield Edit(line, ((node, "left", node.right), (node, "right", node.left)))


def change_conditions(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """Another comparison, ``and`` against ``or``, what is not negated, and what is."""
    line = node.lineno
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARISONS[type(op)]:
                yield Edit(line, ((node, "ops", [other()]),))
        case ast.BoolOp(op=op, values=values):
            yield Edit(line, ((node, "op", ast.Or() if isinstance(op, ast.And) else ast.And()),))
            for value in values:
                yield slot.put(line, value)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield slot.put(line, operand)
        case ast.IfExp(body=body, orelse=orelse):
            yield Edit(line, ((node, "body", orelse), (node, "orelse", body)))
            yield slot.put(line, body)
            yield slot.put(line, orelse)
    if isinstance(slot.parent, ast.If) and slot.name == "test":
        yield slot.put(line, ast.UnaryOp(ast.Not(), node))


def change_constants(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """Another number, the opposite of a truth value, another kind of reduction."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    others: list[int | float | str] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value - 1, value + 1, 0, 1, -value]
    elif isinstance(value, float):
        others = [1.0, 0.0, 2 * value, value / 2, -value]
    elif isinstance(value, str):
        others = list(_OTHER_WORDS.get(value, ()))
    for other in dict.fromkeys(others):
        if repr(other) != repr(value):
            yield slot.put(node.lineno, ast.Constant(other))


def change_powers(node: ast.expr, slot: Slot, scope: EditScope) -> Iterator[Edit]:
    """The power of another base, or of a rounded e, becomes the exponential function."""
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if _is_base(base):
            arguments: list[ast.expr] = [exponent]
        case ast.Call(func=ast.Attribute(attr="pow" | "power"), args=[base, exponent]) if _is_base(
            base
        ):
            arguments = [exponent]
        case _:
            return
    for module in scope.numeric:
        function = ast.Attribute(ast.Name(module, ast.Load()), "exp", ast.Load())
        yield slot.put(node.lineno, ast.Call(function, arguments, []))


def _is_base(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value in (2, 10) or abs(value - math.e) < _NEAR
        case ast.Attribute(attr="e"):
            return True
        case ast.Call(args=[inner]):
            return _is_base(inner)
    return False


def change_slices(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """A bound of a slice off by one or left out, an index off by one, and no index at all."""
    line = node.lineno
    if isinstance(node, ast.Slice):
        for name in ("lower", "upper", "step"):
            bound = getattr(node, name)
            if bound is None:
                continue
            yield Edit(line, ((node, name, None),))
            if not isinstance(bound, ast.Constant) and name != "step":
                for change in _off_by_one(bound):
                    yield Edit(line, ((node, name, change),))
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield slot.put(line, node.value)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        for change in _off_by_one(node.slice):
            yield Edit(line, ((node, "slice", change),))


def _off_by_one(node: ast.expr) -> Iterator[ast.expr]:
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))


def change_attributes(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """An attribute too many, and a method that is not called."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if node.attr in _ATTRIBUTES:
            yield slot.put(node.lineno, node.value)
        is_callee = isinstance(slot.parent, ast.Call) and slot.name == "func"
        if node.attr in _METHODS and not is_callee:
            yield slot.put(node.lineno, ast.Call(node, [], []))


def change_calls(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """A call becomes its object or an argument; arguments are exchanged or dropped."""
    if not isinstance(node, ast.Call):
        return
    line = node.lineno
    arguments = [one for one in node.args if not isinstance(one, ast.Starred)]
    if not isinstance(slot.parent, ast.Expr):
        for argument in arguments[:_MOST_ARGUMENTS]:
            yield slot.put(line, argument)
        if isinstance(node.func, ast.Attribute):
            yield slot.put(line, node.func.value)
    for place in range(len(node.keywords)):
        others = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield Edit(node.keywords[place].value.lineno, ((node, "keywords", others),))
    if len(arguments) == len(node.args) and node.args:
        yield Edit(line, ((node, "args", node.args[:-1]),))
        for place in range(min(len(arguments), _MOST_ARGUMENTS) - 1):
            first, second = node.args[place : place + 2]
            swapped = [*node.args[:place], second, first, *node.args[place + 2 :]]
            yield Edit(line, ((node, "args", swapped),))
    yield from _change_range(node)


def _change_range(node: ast.Call) -> Iterator[Edit]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in ("range", "arange") or not node.args:
        return
    line = node.lineno
    match node.args:
        case [end]:
            yield Edit(line, ((node, "args", [ast.Constant(1), end]),))
        case [start, end, *rest]:
            yield Edit(line, ((node, "args", [end]),))
            yield Edit(line, ((node, "args", [ast.Constant(0), end, *rest]),))
            for change in _off_by_one(start) if not isinstance(start, ast.Constant) else ():
                yield Edit(line, ((node, "args", [change, end, *rest]),))
        case _:
            return
    for change in _off_by_one(end) if not isinstance(end, ast.Constant) else ():
        new = [change] if len(node.args) == 1 else [node.args[0], change, *node.args[2:]]
        yield Edit(line, ((node, "args", new),))


def change_functions(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """Another function of the same kind; in place or not."""
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()):
            for other in _OTHER_FUNCTIONS.get(name, ()):
                yield Edit(node.end_lineno or node.lineno, ((node, "attr", other),))
            is_called = isinstance(slot.parent, ast.Call) and slot.name == "func"
            if is_called and name.endswith("_") and not name.startswith("_"):
                yield Edit(node.lineno, ((node, "attr", name[:-1]),))
        case ast.Name(id=name, ctx=ast.Load()):
            for other in _OTHER_FUNCTIONS.get(name, ()):
                yield Edit(node.lineno, ((node, "id", other),))


def swap_elements(node: ast.expr, _slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """Two neighbours of a tuple or a list exchanged, also where one is taken apart."""
    if isinstance(node, ast.Tuple | ast.List):
        for place, (first, second) in enumerate(itertools.pairwise(node.elts[:_MOST_ARGUMENTS])):
            new = [*node.elts[:place], second, first, *node.elts[place + 2 :]]
            yield Edit(node.lineno, ((node, "elts", new),))


def exchange_names(node: ast.expr, slot: Slot, scope: EditScope) -> Iterator[Edit]:
    """Another name of the same function, or attribute of the same object."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            names = scope.parameters if len(scope.parameters) <= _MOST_NAMES else scope.unused
            for name in names:
                yield slot.put(node.lineno, ast.Name(name, ast.Load()))
        case ast.Name(id=name, ctx=ast.Load()):
            is_callee = isinstance(slot.parent, ast.Call) and slot.name == "func"
            if is_callee:
                return
            there = [one for one, line in scope.names.items() if line < node.lineno and one != name]
            if name not in scope.names:  # a global
                there = list(scope.unused) or list(scope.parameters)
            for other in there[:_MOST_NAMES]:
                yield Edit(node.lineno, ((node, "id", other),))
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in scope.attributes:
            for other in scope.attributes[:_MOST_NAMES]:
                if other != name:
                    yield Edit(node.lineno, ((node, "attr", other),))


def change_signs(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """The opposite, the double or the half of a value that is returned, kept, or given on."""
    if isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.UnaryOp):
        return
    parent = slot.parent
    match parent:
        case ast.Return() | ast.Assign() if slot.name == "value":
            pass
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if (
            name in _ODD_FUNCTIONS and slot.name == "args"
        ):
            pass
        case ast.BinOp(op=ast.Add() | ast.Sub()) if slot.name == "left":
            pass
        case ast.BinOp(op=ast.Pow()) if slot.name == "right":
            pass
        case _:
            return
    yield slot.put(node.lineno, ast.UnaryOp(ast.USub(), node))
    if isinstance(parent, ast.Return | ast.Assign):
        yield slot.put(node.lineno, ast.BinOp(ast.Constant(2), ast.Mult(), node))
        yield slot.put(node.lineno, ast.BinOp(node, ast.Div(), ast.Constant(2)))


def add_calls(node: ast.expr, slot: Slot, _scope: EditScope) -> Iterator[Edit]:
    """A copy, or a value without a graph, of what is returned, kept or appended."""
    parent = slot.parent
    is_kept = isinstance(parent, ast.Return | ast.Assign | ast.Yield) and slot.name == "value"
    is_appended = (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "append"
        and slot.name == "args"
    )
    if not is_kept and not is_appended:
        return
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        for name in ("clone", "copy"):
            yield slot.put(node.lineno, _call_method(node, name))
    if isinstance(node, ast.Name | ast.Call | ast.BinOp | ast.Attribute):
        for name in ("sum", "mean", "squeeze"):
            yield slot.put(node.lineno, _call_method(node, name))
    if isinstance(parent, ast.Return) and isinstance(node, ast.Tuple):
        for element in node.elts[:1]:
            yield slot.put(node.lineno, element)


def _call_method(node: ast.expr, name: str) -> ast.expr:
    return ast.Call(ast.Attribute(node, name, ast.Load()), [], [])


Change = Callable[[ast.expr, Slot, EditScope], Iterator[Edit]]
# Those that most often are the mistake come first.
CHANGES: tuple[Change, ...] = (
    change_powers,
    change_operators,
    change_conditions,
    change_slices,
    change_attributes,
    change_calls,
    change_functions,
    change_constants,
    swap_elements,
)
LATE_CHANGES: tuple[Change, ...] = (change_signs, exchange_names, add_calls)
