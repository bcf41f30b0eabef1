"""Lends right values: globals of the reference, in place of the submission's own.

A submission is loaded with these values fixed; for a check that gives it other data, anew with the
values that belong to those. So a wrong value costs only itself, and not what is computed from it.
"""

from collections.abc import Callable, Collection

import msgspec

from grader.observations.asking import Ask
from grader.observations.messages import Observation, Outcome, ReadRequest, Request, ScriptRequest
from grader.observations.scripts import Constant, Name, Table, ValueOf
from grader.observations.values import (
    AnyValue,
    Array,
    InputItems,
    InputMapping,
    InputValue,
    Items,
    Mapping,
    Nothing,
    Number,
    Text,
)


def ask_with_values(ask: Ask, names: Collection[str], *, ask_reference: Ask) -> Ask:
    """Return how to ask a submission in which some values are the reference's.

    Args:
        ask: Asks the submission.
        names: The names of the values.
        ask_reference: Asks the reference what is right.
    """

    def ask_submission(request: Request) -> Callable[[], Observation]:
        if isinstance(request, ReadRequest):
            request = ScriptRequest(
                function=request.function,
                operations=(Name(name=request.function),),
                returned=ValueOf(place=0),
                is_rerun=True,
            )
        if isinstance(request, ScriptRequest):
            right = right_values(names, ask_reference, request=request)
            given = {**right, **request.given}
            request = msgspec.structs.replace(request, is_rerun=True, given=given)
        return ask(request)

    return ask_submission


def reading_of(request: ScriptRequest, names: Collection[str]) -> ScriptRequest:
    """Return the request that reads some globals as they are during another request.

    Args:
        request: A script.
        names: The names of the globals. The answer is a dict of them, sorted by name.
    """
    ordered = tuple(sorted(names))
    entries = tuple(
        (Constant(value=Text(text=name)), ValueOf(place=place))
        for place, name in enumerate(ordered)
    )
    return ScriptRequest(
        function=request.function,
        operations=tuple(Name(name=name) for name in ordered),
        returned=Table(entries=entries),
        seed=request.seed,
        is_rerun=True,
        given=request.given,
    )


def right_values(
    names: Collection[str], ask_reference: Ask, *, request: ScriptRequest | None = None
) -> dict[str, InputValue]:
    """Return the values that the reference computes.

    Args:
        names: The names of the values.
        ask_reference: Asks the reference.
        request: What is asked of the submission, perhaps with other data; by default nothing.
    """
    any_request = ScriptRequest(function=min(names), operations=(), returned=Table(entries=()))
    observation = ask_reference(reading_of(request or any_request, names))()
    if observation.outcome is not Outcome.RETURNED:
        return {}
    found = observation.steps[0].returned
    values = [value for _, value in found.entries] if isinstance(found, Mapping) else []
    right = {}
    for name, value in zip(sorted(names), values, strict=False):
        given = _to_input(value)
        if given is not None:
            right[name] = given
    return right


def _to_input(value: AnyValue) -> InputValue | None:
    """Return a value as an input; None for what can't be sent, such as an object of a class."""
    match value:
        case Nothing() | Number() | Text() | Array():
            return value
        case Items(kind=kind, items=items, is_cut=False) if kind in ("list", "tuple"):
            parts = [_to_input(one) for one in items]
            known = tuple(one for one in parts if one is not None)
            if len(known) == len(parts):
                return InputItems(is_tuple=kind == "tuple", items=known)
        case Mapping(entries=entries, is_cut=False):
            pairs = [(_to_input(key), _to_input(one)) for key, one in entries]
            sent = tuple((key, one) for key, one in pairs if key is not None and one is not None)
            if len(sent) == len(pairs):
                return InputMapping(entries=sent)
    return None
