"""Describes the functions of the contract by their code, without calling them.

Explanations use this, and so does the choice of the helpers to lend: a function that uses no wrong
helper is judged by its own attempt alone.
"""

import ast
import builtins
import types
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from inspect import Parameter
from typing import Any

import msgspec

from grader.observations.bounds import MAX_NAME, MAX_NAMES
from grader.observations.messages import FunctionFacts, Place
from grader.sandbox.guest.bind_arguments import ANYTHING, bind_arguments, find_signature
from grader.sandbox.guest.detached import find_detached
from grader.sandbox.guest.dropped import find_dropped
from grader.sandbox.guest.endless_loops import find_endless
from grader.sandbox.guest.find_function import find_function
from grader.sandbox.guest.modules import spaces_of
from grader.sandbox.guest.needed import ALWAYS_SET, global_names
from grader.sandbox.guest.parse import ParsedBlock
from grader.sandbox.guest.plain_text import cut_text
from grader.sandbox.guest.unused_parameters import find_unused

_SET_LATER = object()
_VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def describe_functions(
    namespace: MutableMapping[str, object],
    contract: Mapping[str, tuple[str, ...]],
    uses: Mapping[str, Iterable[str]],
    blocks: Iterable[ParsedBlock] = (),
) -> tuple[FunctionFacts, ...]:
    """Describe the functions of the contract that a submission defines, and its values.

    Args:
        namespace: The submission's globals.
        contract: The parameters of each function of the contract, in order.
        uses: The functions of the contract that each of them may use.
        blocks: The code blocks.
    """
    blocks = list(blocks)
    places = _definitions(contract, blocks)
    functions = tuple(
        msgspec.structs.replace(
            _describe(name, namespace[name], namespace, contract, uses.get(name, contract)),
            places=places.get(name, ()),
            **_code_of(name, namespace, blocks),
        )
        for name, parameters in contract.items()
        if parameters and callable(namespace.get(name))
    )
    # Of a value it matters what it is computed from; a class may be used in any way.
    values = tuple(
        FunctionFacts(name=name, uses=_names(one for one in uses[name] if one != name))
        for name, parameters in contract.items()
        if not parameters and name in uses and not callable(namespace.get(name))
    )
    return (*functions, *values)


def _code_of(
    name: str, namespace: MutableMapping[str, object], blocks: Iterable[ParsedBlock]
) -> dict[str, Any]:
    """Return what stands in the code of a function."""
    try:
        found = find_function(name, namespace[name], blocks, namespace)
        if found is None:
            return {}
        return {
            "dropped": find_dropped(found),
            "detached": find_detached(found),
            "endless": find_endless(found),
            "unused": _names(find_unused(found)),
        }
    # A deep expression can't be written out, and functions may wrap each other.
    except (RecursionError, MemoryError, ValueError):
        return {}


def _definitions(
    contract: Iterable[str], blocks: Iterable[ParsedBlock]
) -> dict[str, tuple[Place, ...]]:
    """Return the first and the last definition of each function that has several."""
    found: dict[str, list[Place]] = {name: [] for name in contract}
    for block in blocks:
        for statement, _ in block.statements:
            if isinstance(statement, ast.FunctionDef) and statement.name in found:
                label = cut_text(block.label, MAX_NAME)
                found[statement.name].append(Place(line=max(statement.lineno, 0), block=label))
    return {name: (all_[0], all_[-1]) for name, all_ in found.items() if len(all_) > 1}


def _describe(
    name: str,
    function: object,
    namespace: MutableMapping[str, object],
    contract: Mapping[str, tuple[str, ...]],
    uses: Iterable[str],
) -> FunctionFacts:
    facts = FunctionFacts(name=name, uses=_names(one for one in uses if one != name))
    try:
        return _describe_code(facts, function, namespace, contract)
    except BaseException:  # the function may be any object of the student's making
        return facts


def _describe_code(
    facts: FunctionFacts,
    function: Any,
    namespace: MutableMapping[str, object],
    contract: Mapping[str, tuple[str, ...]],
) -> FunctionFacts:
    signature = find_signature(function)
    own = [] if signature is None else list(signature.parameters.values())
    plain = [one for one in own if one.kind not in _VARIADIC]
    inputs = contract[facts.name]
    binding = bind_arguments(function, dict.fromkeys(inputs, ANYTHING))
    read, stored = _globals_of(function, namespace)
    given = ALWAYS_SET.union(binding.unassigned)  # a global of the name of a parameter is not set
    others = read.keys() - given - contract.keys()
    is_known = signature is not None and type(function) is types.FunctionType
    ignored = [one for one in binding.unassigned if one not in read] if is_known else []
    return FunctionFacts(
        name=facts.name,
        parameters=_names(one.name for one in plain),
        required=sum(one.default is Parameter.empty for one in plain),
        uses=facts.uses,
        ignores=_names(ignored),
        reads=_names(one for one in sorted(others) if one in namespace and _is_data(read[one])),
        undefined=_names(one for one in sorted(others) if _is_undefined(one, read[one], namespace)),
        assigned=_names(sorted(stored - contract.keys() - set(inputs))),
    )


def _globals_of(
    function: object, namespace: MutableMapping[str, object]
) -> tuple[dict[str, object], set[str]]:
    """Return the globals that a function reads, directly or through functions of its file.

    The values are None for those that don't exist, and a mark for those that a function sets by
    ``global``. The names of these are returned too.
    """
    found: dict[str, object] = {}
    stored: set[str] = set()
    seen: set[int] = set()
    waiting = list(_functions_of(function, namespace))
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        names = global_names(one.__code__)
        stored |= names.stored
        own = one.__globals__ if _is_own(one, namespace) else namespace
        for name in names.read - found.keys():
            found[name] = own.get(name)
            waiting.extend(_functions_of(found[name], namespace))
    return found | dict.fromkeys(stored - namespace.keys(), _SET_LATER), stored


def _functions_of(
    value: object, namespace: MutableMapping[str, object]
) -> Iterator[types.FunctionType]:
    """Yield the functions of the file that calling a value may run, as far as that is plain."""
    if type(value) is types.FunctionType:
        if _is_own(value, namespace):
            yield value
        for cell in value.__closure__ or ():
            inner = cell.cell_contents
            if type(inner) is types.FunctionType and _is_own(inner, namespace):
                yield inner
    elif type(value) is type:
        for method in vars(value).values():
            if type(method) is types.FunctionType:
                yield method


def _is_own(function: types.FunctionType, namespace: MutableMapping[str, object]) -> bool:
    """Return whether a function is defined in a module of the submission."""
    return any(function.__globals__ is space for space in spaces_of(namespace))


def _is_undefined(name: str, value: object, namespace: MutableMapping[str, object]) -> bool:
    return name not in namespace and value is not _SET_LATER and not hasattr(builtins, name)


def _is_data(value: object) -> bool:
    return not isinstance(value, types.ModuleType | type) and not callable(value)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(cut_text(name, MAX_NAME) for name in list(names)[:MAX_NAMES])
