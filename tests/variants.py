"""Writes a program anew in form: other names, other but equal expressions, other statements."""

import ast
from collections.abc import Callable

from grader.checks.parse import parse


def rename_locals(function: ast.FunctionDef) -> None:
    """Give every local variable that is no parameter another name."""
    parameters = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
    outside = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    bound = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    renamed = bound - parameters - outside
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in renamed:
            node.id = f"my_{node.id}"


class _Commute(ast.NodeTransformer):
    """Exchanges the sides of what is multiplied or added to a number that is written down."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        is_number = any(
            isinstance(side, ast.Constant) and isinstance(side.value, int | float)
            for side in (node.left, node.right)
        )
        is_square = ast.dump(node.left) == ast.dump(node.right)
        if isinstance(node.op, ast.Mult | ast.Add) and (is_number or is_square):
            node.left, node.right = node.right, node.left
        if isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2" and _is_pure(node.left):
            return ast.copy_location(ast.BinOp(node.left, ast.Mult(), node.left), node)
        return node


def _is_pure(node: ast.expr) -> bool:
    """Return whether an expression can be computed twice, with the same result."""
    return not any(isinstance(one, ast.Call) for one in ast.walk(node))


def commute(function: ast.FunctionDef) -> None:
    """Write products and squares the other way round."""
    function.body = [_Commute().visit(one) for one in function.body]


def spread(function: ast.FunctionDef) -> None:
    """Give what is returned a name first, and add a statement that does nothing."""
    body: list[ast.stmt] = []
    for one in function.body:
        if isinstance(one, ast.Return) and one.value is not None:
            body.append(ast.Assign([ast.Name("what_it_is", ast.Store())], one.value))
            body.append(ast.Return(ast.Name("what_it_is", ast.Load())))
        else:
            body.append(one)
    function.body = [*body[:1], ast.Pass(), *body[1:]]


REWRITES: tuple[Callable[[ast.FunctionDef], None], ...] = (rename_locals, commute, spread)


def write_variants(source: str, name: str) -> list[str]:
    """Write the source of a misconception anew in other forms, for each that differs from it.

    Args:
        source: The source of its file.
        name: The name of its program, a function.

    Returns:
        The sources of as many files, with the same names in them.
    """
    original = ast.unparse(parse(source))
    found = []
    for rewrite in REWRITES:
        tree = parse(source)
        for one in tree.body:
            if isinstance(one, ast.FunctionDef) and one.name == name:
                rewrite(one)
        text = ast.unparse(ast.fix_missing_locations(tree))
        if text != original:
            found.append(text)
    return found
