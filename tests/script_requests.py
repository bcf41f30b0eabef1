"""Makes requests of scripts for the tests of sessions."""

from collections.abc import Mapping

import msgspec

from grader.checks.inputs import encode_input
from grader.checks.tracing import Script, trace
from grader.checks.units import Unit, UnitKind
from grader.observations.messages import Observation, ScriptRequest
from grader.observations.values import AnyValue, Array, Items, Number, Text
from grader.observations.values import Mapping as MappingValue
from grader.sandbox.host.session import Session

UNITS = {
    "f": Unit(name="f", parameters=("n",)),
    "C": Unit(name="C", kind=UnitKind.CLASS),
    "C.m": Unit(name="C.m", kind=UnitKind.METHOD),
    **{name: Unit(name=name, kind=UnitKind.VALUE) for name in ("x", "y", "total")},
}


def make_request(script: Script, *, function: str = "f", **inputs: object) -> ScriptRequest:
    """Make the request of a script."""
    traced = trace(script, UNITS, tuple(inputs))
    return ScriptRequest(
        function=function,
        operations=traced.operations,
        returned=traced.returned,
        inputs={name: encode_input(value) for name, value in inputs.items()},
    )


def run(session: Session, script: Script, *, function: str = "f", **inputs: object) -> Observation:
    """Carry out a script on a submission."""
    return session.observe(make_request(script, function=function, **inputs))


def rerun(
    session: Session, script: Script, given: Mapping[str, object] | None = None
) -> Observation:
    """Load a submission anew with some globals fixed, and carry out a script."""
    encoded = {name: encode_input(value) for name, value in (given or {}).items()}
    request = make_request(script, function="total")
    return session.observe(msgspec.structs.replace(request, is_rerun=True, given=encoded))


def plain(value: AnyValue) -> object:
    """Return a value as Python's own lists, dicts, numbers and texts."""
    match value:
        case Number(value=number):
            return number
        case Text(text=text):
            return text
        case Array():
            return value.to_numpy().tolist()
        case Items(items=items):
            return [plain(one) for one in items]
        case MappingValue(entries=entries):
            return {plain(key): plain(one) for key, one in entries}
    return value


def returned(observation: Observation) -> object:
    """Return what a script returned, as plain values."""
    assert observation.steps, observation
    return plain(observation.steps[0].returned)
