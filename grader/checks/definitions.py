"""Cuts an author's file down to its definitions. The file is parsed here, and never run."""

import ast
import re
import symtable
from collections.abc import Collection, Iterable, Mapping

from grader.checks.parse import parse

_CELL = re.compile(r"#\s*%%(.*)")
_DEMO = re.compile(r"""tags=.*["']demo["']""")


def definitions(
    source: str, *, leave_out: Iterable[str] = (), only: Collection[str] | None = None
) -> str:
    """Return only the definitions of a reference: functions, constants, and imports they use.

    Demo code at top level is left out. This serves to load the reference quickly, and to lend some
    of its functions without the others.

    Args:
        source: The source of the reference.
        leave_out: Names whose definitions are left out as well.
        only: The names whose definitions are kept; None for all.

    Returns:
        Python source with the same definitions, imports first.

    Raises:
        SyntaxError: The source is not Python.
    """
    unwanted = set(leave_out)
    statements = [
        statement
        for statement in parse(source).body
        if _is_definition(statement) and not bound_names(statement) & unwanted
    ]
    kept = [
        one
        for one in statements
        if not _is_import(one) and (only is None or bound_names(one) & set(only))
    ]
    used = {node.id for one in kept for node in ast.walk(one) if isinstance(node, ast.Name)}
    imports = [one for one in statements if _is_import(one) and bound_names(one) & used]
    return ast.unparse(ast.Module([*imports, *kept], []))


def bare(source: str, *, released: Collection[str]) -> str:
    """Return the same definitions with as little to read in them as can be.

    Comments, docstrings and annotations are left out, and top-level names that students don't know
    are replaced. This serves to lend functions to code that can read them.

    Args:
        source: Python source that only defines, as `definitions` returns it.
        released: The names that students know.
    """
    tree = parse(source)
    bound = {name for one in tree.body if not _is_import(one) for name in bound_names(one)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    unknown = sorted(bound - set(released) - arguments)
    _Barer({name: f"_{number}" for number, name in enumerate(unknown)}).visit(tree)
    return ast.unparse(tree)


def without_demos(source: str) -> str:
    """Return a reference in percent format without its text and its cells tagged ``demo``.

    Lines keep their numbers.
    """
    kept = []
    is_kept = True
    for line in source.splitlines():
        header = _CELL.match(line)
        if header is not None:
            is_kept = "[markdown]" not in header[1] and not _DEMO.search(header[1])
        kept.append(line if is_kept else "")
    return "\n".join(kept) + "\n"


def is_private(name: str) -> bool:
    """Return whether a member of a class is private: not a method that Python itself calls."""
    return name.startswith("_") and not name.endswith("__")


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


class _Barer(ast.NodeTransformer):
    """Removes docstrings and annotations, and renames.

    Args:
        renamed: The new names by the old ones.
    """

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._renamed.get(node.name, node.name)
        node.returns = None
        node.body = _without_docstring(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # Its fields stay annotated: a dataclass is made of them.
        members = {id(one): one.name for one in node.body if isinstance(one, ast.FunctionDef)}
        self.generic_visit(node)
        for one in node.body:
            if isinstance(one, ast.FunctionDef):
                one.name = members.get(id(one), one.name)  # a method is not the global of its name
        node.name = self._renamed.get(node.name, node.name)
        node.body = _without_docstring(node.body)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._renamed.get(node.id, node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._renamed.get(name, name) for name in node.names]
        return node


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest or [ast.Pass()]
    return body


def names_used(source: str) -> dict[str, set[str]]:
    """Return, for each top-level function and class of a source, the globals that it uses."""
    return {
        one.name: _globals_used(symtable.symtable(ast.unparse(one), "", "exec"))
        for one in parse(source).body
        if isinstance(one, ast.FunctionDef | ast.ClassDef)
    }


def _globals_used(table: symtable.SymbolTable) -> set[str]:
    """Return the globals that the code of a table and of those in it refers to."""
    is_module = table.get_type() == "module"  # where decorators and defaults are
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (is_module or symbol.is_global())
    }
    return found.union(*map(_globals_used, table.get_children()))


def reachable(names: Iterable[str], used: Mapping[str, set[str]]) -> set[str]:
    """Return the names and everything that they use, directly or indirectly.

    Args:
        names: Where to start.
        used: What each name uses, as `names_used` returns it.
    """
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = {other for name in waiting for other in used.get(name, ())} - found
    return found


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if not all(isinstance(target, ast.Name) for target in targets):
            return False
        try:
            ast.literal_eval(statement.value)  # type: ignore[arg-type]
        except (ValueError, TypeError):
            return False
        return True
    return isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def bound_names(statement: ast.stmt) -> set[str]:
    """Return the names that a top-level definition, import or assignment binds."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
        case ast.Assign(targets=targets):
            return {ast.unparse(target) for target in targets}
        case ast.AnnAssign(target=target):
            return {ast.unparse(target)}
        case _:
            return set()
