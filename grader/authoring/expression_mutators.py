"""The small changes of expressions; see `mutators`."""

import ast
import itertools
from collections.abc import Iterator, Sequence

from grader.authoring.mutation_scope import SYMBOLS, Scope
from grader.authoring.spans import Edit

_OTHER_OPERATORS = {
    "+": ("-", "*"),
    "-": ("+",),
    "*": ("/", "+"),
    "/": ("*", "//"),
    "//": ("/",),
    "%": ("//",),
    "**": ("*",),
    "@": ("*",),
    "&": ("|",),
    "|": ("&",),
    "^": ("&",),
    "<<": (">>",),
    ">>": ("<<",),
}
_OTHER_COMPARISONS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
}
_BINDS = {"**": 5, "*": 4, "/": 4, "//": 4, "%": 4, "@": 4, "+": 3, "-": 3, "&": 2, "^": 1, "|": 0}
# What is mixed up by its name.
_OTHER_NAMES = {
    name: tuple(one for one in group.split() if one != name)
    for group in (
        "sum mean",
        "max min",
        "maximum minimum",
        "argmax argmin",
        "zeros ones",
        "zeros_like ones_like",
        "rand randn",
        "normal uniform",
        "normal_ uniform_",
        "exp log",
        "sin cos",
        "tanh sigmoid",
        "std var",
        "eval train",
        "append extend",
        "floor ceil",
        "add_ sub_",
        "zeros_ ones_",
        "backward forward",
    )
    for name in group.split()
}


def change_operators(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another operator, one operand alone, or the operands exchanged."""
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    symbol = SYMBOLS[type(node.op)]
    if isinstance(left, ast.Constant) and isinstance(left.value, str):
        return
    for other in _OTHER_OPERATORS[symbol]:
        if _BINDS.get(other, 0) == _BINDS.get(symbol, 0):
            yield Edit(*scope.spans.find_between(left, right, symbol), other, "operator")
        else:
            text = f"{scope.atom(left)} {other} {scope.atom(right)}"
            is_loose = _BINDS.get(other, 0) < _BINDS.get(symbol, 0) and scope.is_operand(node)
            yield scope.replace(node, f"({text})" if is_loose else text, "operator")
    for operand in (left, right):
        yield scope.replace_expression(node, operand, "operand-dropped")
    if symbol not in "+*&|^":
        text = f"{scope.atom(right)} {symbol} {scope.atom(left)}"
        yield scope.replace(node, text, "operands-swapped")


def change_conditions(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another comparison, ``and`` against ``or``, and what is not negated."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            operands = [left, *comparators]
            for op, (before, after) in zip(ops, itertools.pairwise(operands), strict=True):
                symbol = SYMBOLS[type(op)]
                span = scope.spans.find_between(before, after, symbol)
                for other in _OTHER_COMPARISONS[symbol]:
                    yield Edit(*span, other, "comparison")
        case ast.BoolOp(op=op, values=values):
            symbol = SYMBOLS[type(op)]
            if len(values) == 2:  # noqa: PLR2004 - of more, only one would change
                other = "or" if symbol == "and" else "and"
                span = scope.spans.find_between(values[0], values[1], symbol)
                yield Edit(*span, other, "boolean")
            for value in values:
                yield scope.replace_expression(node, value, "operand-dropped")
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            if not isinstance(operand, ast.Constant):
                yield scope.replace_expression(node, operand, "sign")


def change_constants(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another number, the opposite of a truth value, another string of the same function."""
    if not isinstance(node, ast.Constant):
        return
    parent = scope.parents.get(node)
    is_negative = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub)
    target: ast.expr = parent if isinstance(parent, ast.UnaryOp) and is_negative else node
    value = node.value
    texts: list[str] = []
    if isinstance(value, bool):
        texts = [str(not value)]
    elif isinstance(value, int | float):
        number = -value if is_negative else value
        if isinstance(value, int):
            others: list[int | float] = [number + 1, number - 1, -number, 0, 1]
        else:
            others = [0.0, 1.0, -number, 2 * number, number + 1.0, number / 10]
        texts = [repr(one) for one in others if one != number]
        if isinstance(scope.parents.get(target), ast.Attribute | ast.BinOp):
            # A sign binds less tightly than a power.
            texts = [f"({one})" if one.startswith("-") else one for one in texts]
    elif isinstance(value, str) and value in scope.strings and not isinstance(parent, ast.Expr):
        others_of_scope = [one for one in dict.fromkeys(scope.strings) if one != value]
        if scope.is_data:
            others_of_scope = others_of_scope[:1] or ["?"]
        else:
            place = list(dict.fromkeys(scope.strings)).index(value)
            rotated = others_of_scope[place:] + others_of_scope[:place]
            others_of_scope = rotated[:1]
        quote = scope.spans.text(node)[:1]
        quote = quote if quote in "'\"" else '"'
        texts = [f"{quote}{one}{quote}" for one in others_of_scope if "\\" not in repr(one)]
    for text in dict.fromkeys(texts):
        yield scope.replace(target, text, "constant")


def change_calls(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A call dropped, its arguments exchanged or dropped, or another function of its kind."""
    if not isinstance(node, ast.Call):
        return
    spans = scope.spans
    is_statement = isinstance(scope.parents.get(node), ast.Expr)
    match node.func:
        case ast.Attribute(value=receiver) if not scope.is_module(receiver):
            is_super = isinstance(receiver, ast.Call) and spans.text(receiver.func) == "super"
            if not is_statement and not is_super:
                yield scope.replace_expression(node, receiver, "call-dropped")
        case _:
            pass
    plain = [one for one in node.args if not isinstance(one, ast.Starred)]
    is_method = isinstance(node.func, ast.Attribute) and not scope.is_module(node.func.value)
    if len(plain) == len(node.args) == 1 and not is_method and not is_statement:
        yield scope.replace_expression(node, plain[0], "call-dropped")
    for first, second in itertools.pairwise(node.args):
        text = (
            spans.text(second)
            + spans.source[spans.end(first) : spans.start(second)]
            + spans.text(first)
        )
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            yield Edit(spans.start(first), spans.end(second), text, "arguments-swapped")
    arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    for place, one in enumerate(arguments):
        if isinstance(one, ast.keyword) and one.arg is None:
            continue
        is_last_positional = place == len(node.args) - 1
        if isinstance(one, ast.keyword) or (is_last_positional and (is_method or place)):
            yield _drop_argument(arguments, place, node, scope)
    yield from _change_range(node, scope)


def _drop_argument(
    arguments: Sequence[ast.expr | ast.keyword], place: int, call: ast.Call, scope: Scope
) -> Edit:
    spans = scope.spans
    start, end = spans.start(arguments[place]), spans.end(arguments[place])
    if place:
        start = spans.end(arguments[place - 1])
    elif len(arguments) > 1:
        end = spans.start(arguments[1])
    else:  # with a comma after it, if there is one
        end = spans.source.rindex(")", end, spans.end(call))
    return Edit(start, end, "", "argument-dropped")


def _change_range(node: ast.Call, scope: Scope) -> Iterator[Edit]:
    if scope.spans.text(node.func) not in ("range", "arange"):
        return
    bounds = node.args[:2]
    for one in bounds:
        if not isinstance(one, ast.Constant):
            for change in ("+ 1", "- 1"):
                yield scope.replace(one, f"{scope.atom(one)} {change}", "bound")
    if len(node.args) == 1:
        yield scope.replace(node.args[0], f"1, {scope.spans.text(node.args[0])}", "bound")


def change_slices(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A bound of a slice off by one, or left out."""
    if not isinstance(node, ast.Slice):
        return
    for one in (node.lower, node.upper, node.step):
        if one is None:
            continue
        yield scope.replace(one, "", "bound")
        if not isinstance(one, ast.Constant) and one is not node.step:
            for change in ("+ 1", "- 1"):
                yield scope.replace(one, f"{scope.atom(one)} {change}", "bound")


def swap_elements(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Two neighbours of a tuple or a list exchanged, also where one is taken apart."""
    if not isinstance(node, ast.Tuple | ast.List):
        return
    spans = scope.spans
    for first, second in itertools.pairwise(node.elts):
        if isinstance(first, ast.Slice) or isinstance(second, ast.Slice):
            continue
        between = spans.source[spans.end(first) : spans.start(second)]
        text = spans.text(second) + between + spans.text(first)
        yield Edit(spans.start(first), spans.end(second), text, "elements-swapped")


def exchange_names(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another name of the same function, attribute of the same object, or function of its kind."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            if name in scope.names:
                there = [
                    one for one, line in scope.names.items() if one == name or line < node.lineno
                ]
                place = there.index(name)
                around = (there[place - 1], there[(place + 1) % len(there)])
                for other in dict.fromkeys(one for one in around if one != name):
                    yield scope.replace(node, other, "name")
            elif name not in scope.names:
                for other in _OTHER_NAMES.get(name, ()):
                    yield scope.replace(node, other, "function")
        case ast.Attribute(value=value, attr=name):
            start = scope.spans.end(node) - len(name)
            is_own = isinstance(value, ast.Name) and value.id == "self"
            if is_own and name in scope.attributes and len(scope.attributes) > 1:
                place = scope.attributes.index(name)
                other = scope.attributes[(place + 1) % len(scope.attributes)]
                yield Edit(start, start + len(name), other, "name")
            else:
                for other in _OTHER_NAMES.get(name, ()):
                    yield Edit(start, start + len(name), other, "function")
