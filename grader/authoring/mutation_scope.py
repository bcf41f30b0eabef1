"""What is known where a mutant is made, and how a change keeps the rest of its lines."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.authoring.spans import Edit, Spans

SYMBOLS: dict[type[ast.AST], str] = {
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
