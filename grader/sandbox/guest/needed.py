"""Works out which top-level statements a submission's functions need.

When a file is loaded again, what took long is left out, unless a function reads a name that it
binds: a demo runs once, and a table that a function looks things up in is there each time. This
is decided from the code alone, before any of it runs.
"""

import ast
import dis
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# Before each call these are set as globals, as the inputs are that a function doesn't take.
ALWAYS_SET = frozenset({"epoch"})

_READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_CLASSDEREF"}
_BINDS = {"STORE_NAME", "STORE_GLOBAL"}


@dataclass(slots=True)
class _Names:
    """The globals of one statement.

    Attributes:
        bound: Those that it binds or changes itself, when it runs.
        read: Those that it reads, also inside functions.
        stored_later: Those that functions in it declare ``global`` and bind when they are called.
        imported: Those that it binds by an import.
    """

    bound: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    stored_later: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    has_star: bool = False


def needed_statements(
    trees: Sequence[ast.Module], contract: Mapping[str, Sequence[str]]
) -> set[tuple[int, int]]:
    """Return the statements without which a function of the contract may lack a name.

    Args:
        trees: The code blocks, parsed.
        contract: The functions of the contract, each with its parameters. What a function doesn't
            take as a parameter is set as a global before each call, so it needs no statement.

    Returns:
        The statements, each by its code block and its place there, 0-based.
    """
    found = {
        (block, place): _names(statement)
        for block, tree in enumerate(trees)
        for place, statement in enumerate(tree.body)
    }
    imported = set[str]().union(*(names.imported for names in found.values()))
    for names in found.values():
        # A method of a module that was imported is called, as in plt.show(): nothing is changed.
        names.bound = (names.bound - imported) | names.imported
    set_before = {name: ALWAYS_SET.union(row) for name, row in contract.items()}
    set_before_any = ALWAYS_SET.union(*contract.values())
    stored = _stored_by_calls(found.values())
    for names in found.values():
        for name in names.read:
            names.bound |= stored.get(name, set())
    needed = {position for position, names in found.items() if names.has_star}
    wanted = set(contract)
    while True:
        new = {position for position, names in found.items() if names.bound & wanted} - needed
        if not new:
            return needed
        needed |= new
        for position in new:
            names = found[position]
            own = [set_before[name] for name in names.bound if name in set_before]
            is_definition = bool(names.bound) and _defines(trees[position[0]].body[position[1]])
            given = set().union(*own) if own else set_before_any if is_definition else set()
            wanted |= names.read - given - names.stored_later


def _names(statement: ast.stmt) -> _Names:
    names = _Names()
    module = ast.Module([statement], [])
    try:
        code = compile(module, "<statement>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        names.has_star = True  # can't be analysed: run it
        return names
    for is_inner, instruction in _instructions(code):
        if instruction.opname in _READS:
            names.read.add(instruction.argval)
        elif instruction.opname in _BINDS and not is_inner:
            names.bound.add(instruction.argval)
        elif instruction.opname == "STORE_GLOBAL":
            names.stored_later.add(instruction.argval)
    for node in _outside_functions(statement):
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names.has_star |= any(alias.name == "*" for alias in aliases)
                names.imported |= {(one.asname or one.name).partition(".")[0] for one in aliases}
            case ast.Attribute() | ast.Subscript() if isinstance(node.ctx, ast.Store | ast.Del):
                names.bound |= _base(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                names.bound |= _base(method)
    return names


def _instructions(code: types.CodeType) -> Iterator[tuple[bool, dis.Instruction]]:
    """Yield all instructions, and whether they are inside a function, class or lambda."""
    waiting = [(False, code)]
    while waiting:
        is_inner, one = waiting.pop()
        for instruction in dis.get_instructions(one):
            yield is_inner, instruction
        waiting.extend(
            (True, inner) for inner in one.co_consts if isinstance(inner, types.CodeType)
        )


def _outside_functions(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that run when it runs."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _base(node: ast.expr) -> set[str]:
    """Return the name at the beginning of ``name.attribute[item]``, or nothing."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _defines(statement: ast.stmt) -> bool:
    """Return whether a statement only defines: what it reads is read later, during calls."""
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _stored_by_calls(statements: Iterable[_Names]) -> dict[str, set[str]]:
    """Return, for each name, the globals that calling it may bind, directly or indirectly."""
    stored: dict[str, set[str]] = {}
    calls: dict[str, set[str]] = {}
    for names in statements:
        for name in names.bound:
            stored.setdefault(name, set()).update(names.stored_later)
            calls.setdefault(name, set()).update(names.read)
    is_growing = any(stored.values())
    while is_growing:
        is_growing = False
        for name, others in calls.items():
            more = set[str]().union(*(stored.get(other, set()) for other in others)) - stored[name]
            if more:
                stored[name] |= more
                is_growing = True
    return stored
