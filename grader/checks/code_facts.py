"""Says what the code of a wrong function shows: inputs that it doesn't use, names that don't exist.

The facts are of a child with the student's own helpers, so they may be shown also where only the
attempt with lent helpers says how the function ended.
"""

from collections.abc import Iterator, Sequence

import msgspec

from grader.observations.messages import (
    LOOP_VARIABLE,
    CodePlace,
    Dropped,
    DroppedKind,
    FunctionFacts,
)
from grader.report.model import CheckResult, Status
from grader.report.shorten import MAX_NAME, shorten
from grader.report.words import join_names, name_line

_MOST_NAMES = 6
# What the grader's backward() finds, and what torch says of the submission's own.
_NO_GRAPH = ("autograd can't differentiate", "does not require grad")
_FOR_STEPS = ("no_grad()", "inference_mode()", "set_grad_enabled(False)", ".data")
# What usually changes a leaf, which must stay the same tensor.
_ALSO_IN_PLACE = ("add", "sub", "mul", "div")


def uses_other_names(facts: FunctionFacts | None) -> bool:
    """Return whether a function reads other globals in place of its inputs.

    Then its answers show nothing about how it computes.
    """
    return facts is not None and bool(facts.ignores) and bool(facts.reads or facts.undefined)


def explain_by_code(
    result: CheckResult,
    facts: FunctionFacts | None,
    inputs: Sequence[str],
    *,
    is_first: bool = False,
) -> CheckResult:
    """Return the result of a check with what the function's code shows, if that explains it.

    Args:
        result: The result of a check that may have failed.
        facts: What the code of the function shows; None if that is not known.
        inputs: The parameters of the function in the contract.
        is_first: Whether no other check of the function has failed before.
    """
    if facts is None or result.status not in (Status.FAILED, Status.ERROR, Status.LIMIT):
        return result
    if result.status is Status.LIMIT:
        message = "\n".join([result.message, *(_endless(facts) if is_first else ())])
        return msgspec.structs.replace(result, message=message)
    hint = _explain(result, facts, inputs) or result.hint
    # In the message: a misconception that is named later has a hint of its own.
    notes = [*(_notes(result, facts) if is_first else ()), *_detached(result, facts)]
    message = "\n".join([result.message, *notes])
    return msgspec.structs.replace(result, message=message, hint=hint)


def _notes(result: CheckResult, facts: FunctionFacts) -> Iterator[str]:
    """Yield what is true of the code whatever is wrong, in brackets."""
    if facts.places:
        first, last = (name_line(one.line, one.block) for one in facts.places)
        yield f"({facts.name} is defined on {first} and again on {last}; the last one counts)"
    for one in facts.dropped:
        yield f"({_describe_dropped(one)})"
    # Of a function that raises, the rest may not be written yet.
    if facts.unused and (facts.reads or result.status is Status.FAILED):
        plural = "s" if len(facts.unused) > 1 else ""
        used = f", but uses the global{'s' if len(facts.reads) > 1 else ''} {_list(facts.reads)}"
        yield (
            f"({facts.name}() never uses its parameter{plural} {_list(facts.unused)}"
            f"{used if facts.reads else ''})"
        )


def _endless(facts: FunctionFacts) -> Iterator[str]:
    """Yield which loops can't end, of a function that did not."""
    for one in facts.endless:
        yield f"(nothing in the loop {_show(one)} changes what its condition is about)"


def _detached(result: CheckResult, facts: FunctionFacts) -> Iterator[str]:
    """Yield where values leave the graph, if autograd has not found its way back."""
    if any(one in result.message for one in _NO_GRAPH):
        is_ours = _NO_GRAPH[0] in result.message
        found = [
            _show(one)
            for one in facts.detached
            # A function that calls backward() itself takes its step without a graph.
            if is_ours or not one.code.endswith(_FOR_STEPS)
        ]
        if found:
            yield f"({facts.name}() has {join_names(found)})"


def _show(one: CodePlace | Dropped) -> str:
    """Return a piece of code, and where it is."""
    return f"`{shorten(one.code, MAX_NAME)}` on {name_line(one.place.line, one.place.block)}"


def _describe_dropped(dropped: Dropped) -> str:
    code, target = shorten(dropped.code, MAX_NAME), shorten(dropped.target, MAX_NAME)
    where = _show(dropped)
    match dropped.kind:
        case DroppedKind.CALL:
            called = code.partition("(")[0].rpartition(".")[2]
            meant = f"{called}_()" if called in _ALSO_IN_PLACE else f"{target} = {code}"
            return (
                f"{where} leaves {target} as it is: what it returns is thrown away. Is {meant} "
                "meant?"
            )
        case DroppedKind.COMPARISON:
            return f"{where} only compares: an assignment has a single ="
        case DroppedKind.NOT_CALLED:
            return f"{where} is not called: it has no brackets after it"
        case _:
            return f"{where} changes nothing: its result is thrown away"


def _explain(result: CheckResult, facts: FunctionFacts, inputs: Sequence[str]) -> str:
    name = facts.name
    is_error = result.status is Status.ERROR
    if is_error and facts.required > len(inputs):
        own = f"{name}({', '.join(_shorten(facts.parameters, more='...'))})"
        return (
            f"{own} needs {facts.required} arguments. It is called with {len(inputs)}: "
            f"{name}({', '.join(inputs)})."
        )
    if is_error and facts.undefined and "NameError" in result.message:
        verb = "is" if len(facts.undefined) == 1 else "are"
        return f"{name}() uses {_list(facts.undefined)}, which {verb} not defined."
    passed_over = [one for one in facts.reads if one in inputs]
    if passed_over:
        plural = "s" if len(passed_over) > 1 else ""
        return (
            f"{name}() uses the global{plural} {_list(passed_over)}. What it is called with is in "
            f"its parameters {_list(facts.parameters)}: use these names."
        )
    if uses_other_names(facts):
        others = (*facts.reads, *facts.undefined)
        names = inputs if facts.parameters else (*inputs, LOOP_VARIABLE)
        plural = "s" if len(others) > 1 else ""
        return (
            f"{name}() never uses {_list(facts.ignores)}. It uses the global{plural} "
            f"{_list(others)} instead. It is graded with other data each time, which it gets as "
            f"{_list(names)}: use these names."
        )
    if facts.unused and facts.reads:  # the message says so
        return (
            "It is graded with other data each time, which it gets as "
            f"{_list(facts.parameters)}: use these names."
        )
    if facts.ignores and not result.hint:
        return f"{name}() never uses {_list(facts.ignores)}."
    return ""


def _list(names: Sequence[str]) -> str:
    return join_names(_shorten(names, more="others"))


def _shorten(names: Sequence[str], *, more: str) -> list[str]:
    """Return the first names, each shortened, and a word for the rest."""
    shown = [shorten(name, MAX_NAME) for name in names[:_MOST_NAMES]]
    return [*shown, more] if len(names) > _MOST_NAMES else shown
