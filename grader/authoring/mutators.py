"""The small changes of a program: what somebody may have typed instead.

Each function yields the changes of one kind for one node. A change is a piece of text in the place
of another one, so that the rest of the author's lines stays as it is.
"""

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.authoring.spans import Edit, Spans

_SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
}
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
_COMPOUND = (
    ast.BinOp,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Compare,
    ast.IfExp,
    ast.Lambda,
    ast.Await,
    ast.NamedExpr,
)
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


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where a change is made.

    Attributes:
        spans: The places of the nodes.
        parents: The node around each node.
        modules: The names that imports bind.
        has_torch: Whether the program uses torch.
        names: The local names of the function around, in the order in which they are bound, each
            with the line on which that is; parameters are bound on line 0.
        attributes: The attributes of self that the class around uses, in order.
        strings: The strings of the function around, in order.
        bound: How often the function around binds each of its names.
        is_data: Whether it is a value that is written down, and not code.
    """

    spans: Spans
    parents: dict[ast.AST, ast.AST]
    modules: frozenset[str] = frozenset()
    has_torch: bool = False
    names: Mapping[str, int] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    bound: dict[str, int] = field(default_factory=dict)
    is_data: bool = False

    def replace(self, node: ast.expr | ast.stmt, text: str, operator: str) -> Edit:
        """Return the change that replaces a node."""
        return Edit(self.spans.start(node), self.spans.end(node), text, operator)

    def replace_expression(self, node: ast.expr, by: ast.expr, operator: str) -> Edit:
        """Return the change that leaves only a part of an expression."""
        start, end = self.spans.outer(by)
        text = self.spans.source[start:end]
        is_bare = start == self.spans.start(by)
        if isinstance(by, _COMPOUND) and is_bare and self.is_operand(node):
            text = f"({text})"
        return self.replace(node, text, operator)

    def is_operand(self, node: ast.expr) -> bool:
        """Return whether an expression is a part of another one without brackets around it."""
        parent = self.parents.get(node)
        is_operand = isinstance(parent, (*_COMPOUND, ast.Attribute, ast.Subscript))
        return is_operand and not self.spans.is_in_brackets(node)

    def atom(self, node: ast.expr) -> str:
        """Return the text of an expression, in brackets if something may not be added to it."""
        start, end = self.spans.outer(node)
        text = self.spans.source[start:end]
        needs = isinstance(node, _COMPOUND)
        return f"({text})" if needs and start == self.spans.start(node) else text

    def is_without_grad(self, node: ast.AST) -> bool:
        """Return whether a node is in a block in which autograd records nothing."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.With) and "no_grad" in ast.unparse(node.items[0]):
                return True
        return False

    def is_module(self, node: ast.expr) -> bool:
        """Return whether an expression is a module, or something in one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules


Mutator = Callable[[ast.AST, Scope], Iterator[Edit]]


def change_operators(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another operator, one operand alone, or the operands exchanged."""
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    symbol = _SYMBOLS[type(node.op)]
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
                symbol = _SYMBOLS[type(op)]
                span = scope.spans.find_between(before, after, symbol)
                for other in _OTHER_COMPARISONS[symbol]:
                    yield Edit(*span, other, "comparison")
        case ast.BoolOp(op=op, values=values):
            symbol = _SYMBOLS[type(op)]
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


def change_assignments(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """In place against out of place, and another operator of an augmented assignment."""
    spans = scope.spans
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            symbol = _SYMBOLS[type(op)]
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
            text = f"{spans.text(target)} {_SYMBOLS[type(op)]}= {spans.text(right)}"
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


MUTATORS: tuple[Mutator, ...] = (
    change_operators,
    change_conditions,
    change_constants,
    drop_statements,
    change_branches,
    change_calls,
    change_slices,
    swap_elements,
    change_assignments,
    add_detach,
    exchange_names,
)
