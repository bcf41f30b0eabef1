"""Works out which globals a submission's functions need, and which statements bind them.

When a file is loaded again, what took long is left out, unless a function needs it: a demo runs
once, and a table that a function looks things up in is there each time. What a statement binds is
read from its bytecode, before anything has run. What else it changes is seen when it first runs
(`grader.sandbox.guest.changes`).
"""

import ast
import opcode
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from grader.observations.messages import LOOP_VARIABLE

Position = tuple[int, int]

# Before each call these are set as globals, as the inputs are that a function doesn't take.
ALWAYS_SET = frozenset({LOOP_VARIABLE})

# A function that uses one of these may read any global.
_READ_ANYTHING = frozenset({"eval", "exec", "globals", "locals", "vars", "sys", "importlib"})
# With one of these names, as an attribute or in an import, code may get at any function.
_LEAD_ANYWHERE = frozenset(
    {"__globals__", "__main__", "__builtins__", "__import__", "import_module", "modules"}
    | {"f_globals", "getmodule", "get_objects", "get_referents"}
)

_NAME_OPS = {
    opcode.opmap[name]: shift
    for name, shift in (
        ("LOAD_NAME", 0),
        # Its lowest bit says whether a null is pushed first.
        ("LOAD_GLOBAL", 1),
        ("LOAD_FROM_DICT_OR_GLOBALS", 0),
    )
    if name in opcode.opmap
}
_LOAD_NAME = opcode.opmap["LOAD_NAME"]
_STORE_OPS = {opcode.opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL")}
_BIND_OPS = {opcode.opmap[name] for name in ("STORE_NAME", "DELETE_NAME")}
_BIND_GLOBAL_OPS = {opcode.opmap[name] for name in ("STORE_GLOBAL", "DELETE_GLOBAL")}


@dataclass(slots=True)
class StatementNames:
    """The globals of one top-level statement.

    Attributes:
        bound: Those that it binds or deletes when it runs.
        changed: Those whose attributes, items or methods it uses when it runs: it may change them.
        read: Those that it reads, also inside functions.
        read_now: Those that it reads when it runs, such as defaults, decorators and class bodies.
        bound_later: Those that functions in it bind when they are called.
        imported: Those that it binds by an import.
        is_definition: Whether it defines a function or class, which reads its globals later.
        has_star: Whether it is a star import, which may bind anything.
    """

    bound: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    read_now: set[str] = field(default_factory=set)
    bound_later: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    is_definition: bool = False
    has_star: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What the functions of the contract need.

    Attributes:
        names: The globals that they read, directly or through others.
        binding: The statements that bind these.
        changing: The statements that may change them, as far as the code shows.
        functions: The functions of the contract that each of them may use, directly or through
            others; all of them if that can't be found out.
    """

    names: frozenset[str]
    binding: frozenset[Position]
    changing: frozenset[Position]
    functions: Mapping[str, frozenset[str]]


def find_needs(
    statements: Mapping[Position, tuple[ast.stmt, types.CodeType]],
    contract: Mapping[str, Collection[str]],
    *,
    has_modules: bool = False,
) -> Needs:
    """Find out what the functions of the contract need.

    Args:
        statements: The top-level statements, with their code.
        contract: The functions of the contract, each with its parameters. What a function doesn't
            take as a parameter is set as a global before each call, so it needs no statement.
        has_modules: Whether the statements are those of several modules. What one of them reads as
            an attribute, or imports under another name, may be what another one binds.
    """
    found = {
        position: _names(*statement, has_modules=has_modules)
        for position, statement in statements.items()
    }
    binders: dict[str, set[Position]] = {}
    stored = _bound_by_calls(found)
    for position, names in found.items():
        called = set[str]().union(*(stored.get(name, ()) for name in names.read))
        for name in names.bound | called:
            binders.setdefault(name, set()).add(position)
    # A method of a module, as in plt.show(), changes nothing that a function reads. Nor does who
    # hands a function on.
    data = set[str]().union(
        *(names.bound - names.imported for names in found.values() if not names.is_definition)
    )
    needed_names: set[str] = set()
    needed = {position for position, names in found.items() if names.has_star}
    functions: dict[str, frozenset[str]] = {}
    for function, row in contract.items():
        given = ALWAYS_SET.union(row)
        wanted, waiting = {function}, [function]
        while waiting:
            name = waiting.pop()
            for position in binders.get(name, ()):
                names = found[position]
                # What a definition reads during a call is set then; the rest is read at once.
                later = names.read - names.read_now
                read = names.read - (later & given) if names.is_definition else names.read
                new = read - names.bound_later - wanted
                wanted |= new
                waiting.extend(new)
                needed.add(position)
        needed_names |= wanted
        functions[function] = _functions_used(wanted, found, data, contract)
    if needed_names & _READ_ANYTHING:
        return Needs(frozenset(binders), frozenset(found), frozenset(found), functions)
    may_change = needed_names & data
    return Needs(
        names=frozenset(needed_names),
        binding=frozenset(needed),
        changing=frozenset(one for one, names in found.items() if names.changed & may_change),
        functions=functions,
    )


def _functions_used(
    wanted: Collection[str],
    statements: Mapping[Position, StatementNames],
    data: Collection[str],
    contract: Mapping[str, Collection[str]],
) -> frozenset[str]:
    """Return which functions of the contract code may use that reads these names.

    Whatever has changed data that it reads may have put a function there.
    """
    names = set(wanted)
    is_growing = True
    while is_growing:
        before = len(names)
        for one in statements.values():
            if one.changed & names & set(data) or one.bound & names - set(wanted):
                names |= one.read
        is_growing = len(names) > before
    if names & (_READ_ANYTHING | _LEAD_ANYWHERE):
        return frozenset(contract)
    return frozenset(names & contract.keys())


@dataclass(frozen=True, slots=True)
class GlobalNames:
    """The globals that the code of a function reads, and those that it sets or deletes."""

    read: frozenset[str]
    stored: frozenset[str]


def global_names(code: types.CodeType) -> GlobalNames:
    """Return the globals of a function's code, and of the functions and classes in it."""
    read, stored = set(), set()
    for one, _ in _codes(code):
        for operation, argument in _instructions(one):
            shift = _NAME_OPS.get(operation)
            if shift is not None:
                read.add(one.co_names[argument >> shift])
            elif operation in _BIND_GLOBAL_OPS:
                stored.add(one.co_names[argument])
    return GlobalNames(frozenset(read), frozenset(stored))


def bound_names(code: types.CodeType) -> set[str]:
    """Return the globals that the code of a statement binds when it runs to its end."""
    return {
        code.co_names[argument]
        for operation, argument in _instructions(code)
        if operation in _STORE_OPS
    }


def _names(
    statement: ast.stmt, code: types.CodeType, *, has_modules: bool = False
) -> StatementNames:
    names = StatementNames(
        is_definition=isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    for one, is_inner in _codes(code):
        names.read |= _LEAD_ANYWHERE.intersection(one.co_names)
        if has_modules:
            names.read.update(one.co_names)
            if "getattr" in one.co_names:
                names.read.add("modules")
        for operation, argument in _instructions(one):
            shift = _NAME_OPS.get(operation)
            if shift is not None:
                names.read.add(one.co_names[argument >> shift])
                # Functions load globals in another way than modules and class bodies do.
                if operation == _LOAD_NAME or not is_inner:
                    names.read_now.add(one.co_names[argument >> shift])
            elif operation in _BIND_GLOBAL_OPS:
                place = names.bound_later if is_inner else names.bound
                place.add(one.co_names[argument])
            elif operation in _BIND_OPS and not is_inner:
                names.bound.add(one.co_names[argument])
    _add_uses(statement, names)
    return names


def _add_uses(statement: ast.stmt, names: StatementNames) -> None:
    """Add what only the tree shows: imports, and what a statement may change."""
    for node in _outside_functions(statement):
        match node:
            case ast.ImportFrom(names=aliases):
                names.has_star |= any(alias.name == "*" for alias in aliases)
                names.imported |= {one.asname or one.name for one in aliases}
            case ast.Import(names=aliases):
                names.imported |= {(one.asname or one.name).partition(".")[0] for one in aliases}
            case ast.Attribute() | ast.Subscript():
                names.changed |= _base(node)
            case ast.Call(args=arguments):
                names.changed |= {one.id for one in arguments if isinstance(one, ast.Name)}


def _codes(code: types.CodeType) -> Iterator[tuple[types.CodeType, bool]]:
    """Yield a code object and those in it, and whether they are inside a function or class."""
    waiting = [(code, False)]
    while waiting:
        one, is_inner = waiting.pop()
        yield one, is_inner
        waiting.extend(
            (inner, True) for inner in one.co_consts if isinstance(inner, types.CodeType)
        )


def _instructions(code: types.CodeType) -> Iterator[tuple[int, int]]:
    """Yield the operation and the argument of each instruction; ten times quicker than dis."""
    data = code.co_code
    argument = 0
    for place in range(0, len(data), 2):
        argument = (argument << 8) | data[place + 1]
        if data[place] != opcode.EXTENDED_ARG:
            yield data[place], argument
            argument = 0


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


def _bound_by_calls(statements: Mapping[Position, StatementNames]) -> dict[str, set[str]]:
    """Return, for each name, the globals that calling it may bind, directly or indirectly."""
    stored: dict[str, set[str]] = {}
    calls: dict[str, set[str]] = {}
    for names in statements.values():
        for name in names.bound:
            stored.setdefault(name, set()).update(names.bound_later)
            calls.setdefault(name, set()).update(names.read)
    is_growing = any(stored.values())
    while is_growing:
        is_growing = False
        for name, others in calls.items():
            more = set[str]().union(*(stored.get(other, ()) for other in others)) - stored[name]
            if more:
                stored[name] |= more
                is_growing = True
    return {name: names for name, names in stored.items() if names}
