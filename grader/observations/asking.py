"""The two signatures by which requests are answered with observations.

A session, a cache and a test's double all have them, so callers don't depend on which one
answers.
"""

from collections.abc import Callable

from grader.observations.messages import (
    Answer,
    EditRequest,
    Observation,
    Outcome,
    ReadRequest,
    Request,
    ScriptRequest,
)
from grader.observations.scripts import Constant, Operand, Sequence, Table
from grader.observations.values import AnyValue, Items, Mapping

# Sends a request and waits for the answer.
Observe = Callable[[Request], Observation]
# Sends a request at once and returns a function that waits for the answer, so that student and
# reference can work side by side.
Ask = Callable[[Request], Callable[[], Observation]]


def answer_at_once(ask: Ask) -> Ask:
    """Return an `Ask` that waits for each answer before it returns.

    So one session, which takes one request at a time, can answer for both sides.
    """

    def ask_now(request: Request) -> Callable[[], Observation]:
        answer = ask(request)()
        return lambda: answer

    return ask_now


def has_returned(answer: Answer | Observation, request: Request) -> bool:
    """Return whether all calls of a request have returned, and everything asked for is there."""
    return answer.outcome is Outcome.RETURNED and is_complete(answer, request)


def is_complete(answer: Answer | Observation, request: Request) -> bool:
    """Return whether an answer has everything that was asked for, and nothing else.

    The answer to a ``CallRequest`` needs one step for each call, and each step every input and
    every gradient. The answer to a ``ReadRequest`` needs one step, and that to a ``ScriptRequest``
    one with every input and everything that the script returns. An ``EditRequest`` is answered like
    what it asks then, or with one step.
    """
    if isinstance(request, EditRequest) and request.then is not None:
        request = request.then
    if isinstance(request, ReadRequest | EditRequest):
        return len(answer.steps) == 1
    if isinstance(request, ScriptRequest):
        return (
            len(answer.steps) == 1
            and answer.steps[0].inputs.keys() == request.inputs.keys()
            and _fits(request.returned, answer.steps[0].returned)
        )
    return len(answer.steps) == request.times and all(
        step.inputs.keys() == request.inputs.keys()
        and step.gradients.keys() == set(request.differentiate)
        for step in answer.steps
    )


def _fits(returned: Operand, value: AnyValue) -> bool:
    """Return whether a value has the containers that a script returns."""
    match returned:
        case Sequence(items=operands):
            return (
                isinstance(value, Items)
                and len(value.items) == len(operands)
                and all(map(_fits, operands, value.items))
            )
        case Table(entries=entries):
            return (
                isinstance(value, Mapping)
                and len(value.entries) == len(entries)
                and all(
                    _is_key(key, name) and _fits(operand, one)
                    for (key, operand), (name, one) in zip(entries, value.entries, strict=True)
                )
            )
    return True


def _is_key(key: Operand, value: AnyValue) -> bool:
    """Return whether a key is the one that is written in the script, if one is."""
    return not isinstance(key, Constant) or key.value == value
