"""Lists the edits of a unit's code, and makes one of them in the functions that are loaded.

The edits are listed before any code of the submission runs, and depend on its source alone: the
same number stands for the same edit in each child that loads it.
"""

import ast
import gc
import types
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from grader.observations.bounds import MAX_EDITS
from grader.observations.messages import Answer, EditRequest, Outcome, Step
from grader.observations.values import AnyValue, Items, Nothing, Number
from grader.sandbox.guest.edit import Edit, EditScope, slots_of
from grader.sandbox.guest.edit_expressions import CHANGES, LATE_CHANGES, Change
from grader.sandbox.guest.edit_statements import edit_blocks
from grader.sandbox.guest.find_function import parameters_of
from grader.sandbox.guest.parse import ParsedBlock

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_NODES = 1500  # of a function; a longer one has no edits
_MOST_OWN = 12
_MOST_HELPERS = 6
_NUMERIC = ("torch", "numpy", "math")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of a function or method at top level.

    Attributes:
        block: The code block that it is in, from 0.
        place: The statement of top level that it is in, from 0.
        node: Its syntax tree.
        owner: The class of a method; None for a function.
    """

    block: int
    place: int
    node: Function
    owner: ast.ClassDef | None = None


@dataclass(slots=True)
class Edits:
    """The edits of a unit's code.

    Attributes:
        blocks: The code blocks of the submission.
        flags: The compiler flags besides those of futures.
        all: The edits, each with the definition that it is in.
        functions: For each definition that was edited, its functions, with their right code.
    """

    blocks: Sequence[ParsedBlock]
    flags: int
    all: list[tuple[Definition, Edit]]
    functions: dict[int, list[tuple[types.FunctionType, types.CodeType]]] = field(
        default_factory=dict
    )

    def make(self, number: int) -> None:
        """Make an edit in the functions that have been defined.

        Raises:
            ValueError: The functions can't have this code.
            SyntaxError: It is not Python.
        """
        definition, edit = self.all[number]
        key = id(definition.node)
        if key not in self.functions:
            _, code = self.blocks[definition.block].statements[definition.place]
            own = _code_of(code, definition)
            self.functions[key] = [
                (one, one.__code__)
                for one in gc.get_objects()
                if type(one) is types.FunctionType and one.__code__ is own
            ]
        with edit.made():
            new = _code_of(self._compile(definition), definition)
        if new is None:
            raise ValueError("the function is not found")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for function, _ in self.functions[key]:
                function.__code__ = new

    def undo(self) -> None:
        """Give all functions the code that they had at first."""
        for functions in self.functions.values():
            for function, code in functions:
                function.__code__ = code

    def _compile(self, definition: Definition) -> types.CodeType:
        block = self.blocks[definition.block]
        statement, _ = block.statements[definition.place]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: types.CodeType = compile(
                ast.Module([statement], []),
                block.filename,
                "exec",
                flags=self.flags | block.future_flags,
                dont_inherit=True,
            )
        return code


def answer_edit(message: EditRequest, known: Mapping[str, Edits]) -> Answer:
    """Make an edit, or list all of a unit. Without an answer, it could not be made.

    Args:
        message: What is asked for.
        known: The edits of each unit.
    """
    missing = Answer(token=message.token, outcome=Outcome.MISSING)
    for edits in known.values():
        edits.undo()
    if message.function not in known:
        return missing
    edits = known[message.function]
    returned: AnyValue = Nothing()
    if message.edit < 0:
        returned = Items(
            kind="list",
            items=tuple(
                Items(kind="tuple", items=tuple(map(_number, (one.block, edit.line, edit.is_move))))
                for one, edit in edits.all
            ),
        )
    else:
        try:
            edits.make(message.edit)
        except Exception:  # it can't be compiled, or is not in memory
            return missing
    step = Step(returned=returned, inputs={})
    return Answer(token=message.token, outcome=Outcome.RETURNED, steps=(step,))


def _number(value: int) -> Number:
    return Number(value=float(value), kind="int")


def find_edits(
    blocks: Sequence[ParsedBlock], unit: str, *, contract: Collection[str], flags: int = 0
) -> Edits:
    """List the edits of a unit's code, those that are most often needed first.

    Args:
        blocks: The code blocks of the submission, parsed.
        unit: The unit: a function, a method or a class.
        contract: The names of all units; of those that the unit uses, only its own are edited.
        flags: The compiler flags besides those of futures.

    Returns:
        The edits of its definition and of helpers that are not units; at most `MAX_EDITS`.
    """
    numeric = _numeric_names(blocks)
    edits = (
        (definition, edit)
        for find in (_early_edits, _late_edits)
        for definition in _find_definitions(blocks, unit, contract)
        for edit in find(definition, numeric)
    )
    return Edits(blocks, flags, list(islice(edits, MAX_EDITS)))


def _find_definitions(
    blocks: Sequence[ParsedBlock], unit: str, contract: Collection[str]
) -> list[Definition]:
    """Return the definitions of a unit and of its helpers that are not units themselves."""
    known: dict[str, Definition] = {}  # the last definition of a name counts
    for index, block in enumerate(blocks):
        for place, (statement, code) in enumerate(block.statements):
            if code.co_filename != block.filename:  # the lines are those of a magic's body
                continue
            for definition in _definitions_of(statement, index, place):
                owner = "" if definition.owner is None else f"{definition.owner.name}."
                known[f"{owner}{definition.node.name}"] = definition
    own = [name for name in known if name == unit or name.partition(".")[0] == unit][:_MOST_OWN]
    chosen = dict.fromkeys(own)
    for name in own:  # and, further down, what it uses
        chosen.update(dict.fromkeys(_names_used(known[name])))
    helpers = [name for name in chosen if name in known and name not in own]
    waiting = [name for name in helpers if name not in contract]
    found = list(own)
    while waiting and len(found) < len(own) + _MOST_HELPERS:
        name = waiting.pop(0)
        found.append(name)
        waiting += [
            one
            for one in _names_used(known[name])
            if one in known and one not in contract and one not in found and one not in waiting
        ]
    short = (known[name] for name in found)
    return [one for one in short if _has_few_nodes(one.node)]


def _definitions_of(statement: ast.stmt, block: int, place: int) -> Iterator[Definition]:
    if isinstance(statement, _FUNCTIONS):
        yield Definition(block, place, statement)
    elif isinstance(statement, ast.ClassDef):
        for one in statement.body:
            if isinstance(one, _FUNCTIONS):
                yield Definition(block, place, one, statement)


def _names_used(definition: Definition) -> list[str]:
    """Return the names of functions that a definition may use: globals and own methods."""
    found: dict[str, None] = {}
    for node in islice(ast.walk(definition.node), _MOST_NODES):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                found[name] = None
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if definition.owner:
                found[f"{definition.owner.name}.{name}"] = None
    return list(found)


def _has_few_nodes(node: ast.AST) -> bool:
    return sum(1 for _ in islice(ast.walk(node), _MOST_NODES)) < _MOST_NODES


def _numeric_names(blocks: Sequence[ParsedBlock]) -> list[str]:
    """Return the names under which a submission imports torch and numpy."""
    found = {}
    for block in blocks:
        for statement, _ in block.statements:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.name in _NUMERIC:
                        found[alias.name] = alias.asname or alias.name
    return [found[name] for name in _NUMERIC if name in found]


def _early_edits(definition: Definition, numeric: Sequence[str]) -> Iterator[Edit]:
    """Yield one edit of each kind after the other, so that no kind takes the room of the others."""
    scope = _scope_of(definition, numeric)
    kinds = [_edits_of_expressions(definition.node, change, scope) for change in CHANGES]
    node = definition.node
    return _in_turn([*kinds, _edits_of_statements(node, scope), _edits_of_loops(node)])


def _edits_of_loops(node: Function) -> Iterator[Edit]:
    """Yield the edits of ``while`` loops that end: one turn more or less."""
    others = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
    for loop in islice(ast.walk(node), _MOST_NODES):
        match loop:
            case ast.While(test=ast.Compare(ops=[op]) as test) if type(op) in others:
                yield Edit(test.lineno, ((test, "ops", [others[type(op)]()]),))


def _late_edits(definition: Definition, numeric: Sequence[str]) -> Iterator[Edit]:
    scope = _scope_of(definition, numeric)
    return _in_turn(
        [_edits_of_expressions(definition.node, change, scope) for change in LATE_CHANGES]
    )


def _in_turn(kinds: Sequence[Iterator[Edit]]) -> Iterator[Edit]:
    for edits in zip_longest(*kinds):
        yield from (one for one in edits if one is not None)


def _edits_of_statements(node: Function, scope: EditScope) -> Iterator[Edit]:
    for statement in _statements_in(node):
        skip = int(statement is node and ast.get_docstring(node, clean=False) is not None)
        yield from edit_blocks(statement, scope.names, skip=skip)


def _statements_in(node: Function) -> list[ast.stmt]:
    """Return a function and the statements in it that have blocks; see `_walk`."""
    inner = (one for one in _walk(node) if isinstance(one, ast.stmt))
    return [node, *(one for one in inner if getattr(one, "body", None))]


def _edits_of_expressions(node: Function, change: Change, scope: EditScope) -> Iterator[Edit]:
    for inner in _walk(node):
        for slot, expression in slots_of(inner):
            yield from change(expression, slot, scope)


def _walk(node: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function in the order of its lines.

    Docstrings, annotations and ``while`` loops are left out: a changed one may never end.
    """
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    waiting: list[ast.AST] = [one for one in reversed(node.body) if one is not docstring]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.While):
            continue
        yield inner
        if isinstance(inner, ast.JoinedStr | ast.Constant):
            continue
        children = [
            child
            for name, value in ast.iter_fields(inner)
            if name not in ("annotation", "returns", "decorator_list")
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        ]
        waiting.extend(reversed(children))


def _scope_of(definition: Definition, numeric: Sequence[str]) -> EditScope:
    node = definition.node
    parameters = [one for one in parameters_of(node) if one != "self"]
    read = set()
    names = dict.fromkeys(parameters, 0)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            read.add(inner.id)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names[inner.id] = min(names.get(inner.id, inner.lineno), inner.lineno)
    attributes = {
        inner.attr: None
        for inner in islice(ast.walk(definition.owner or ast.Pass()), _MOST_NODES)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.value, ast.Name)
        and inner.value.id == "self"
    }
    return EditScope(
        parameters=parameters,
        unused=[one for one in parameters if one not in read],
        names=names,
        attributes=list(attributes),
        numeric=numeric,
    )


def _code_of(code: types.CodeType | None, definition: Definition) -> types.CodeType | None:
    """Return the code of a definition in that of its statement; None if it isn't there."""
    path = [definition.node.name]
    if definition.owner is not None:
        path = [definition.owner.name, *path]
    for name in path:
        inner = () if code is None else code.co_consts
        found = [one for one in inner if isinstance(one, types.CodeType) and one.co_name == name]
        code = found[-1] if found else None  # the last definition counts
    return code
