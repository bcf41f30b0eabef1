"""Fingerprints: what matters in an answer, in a form that can be compared.

Two programs with the same misconception may differ in what the contract leaves open: a loss as a
float or a tensor, rounding, a list or a tuple. A fingerprint keeps what a function is judged by.
"""

import math
import re

import numpy as np

from grader.checks.facts import Roughly
from grader.checks.probe import Result
from grader.checks.questions import Question
from grader.checks.verdict import WrongError
from grader.observations.messages import (
    CallRequest,
    EditRequest,
    Observation,
    Outcome,
    Raised,
    ReadRequest,
    ScriptRequest,
    State,
    Step,
)
from grader.observations.values import (
    AnyValue,
    Array,
    InputValue,
    Items,
    Mapping,
    Nothing,
    Number,
    Text,
)

# Programs with the same misconception agree up to rounding or to how they clamp. Programs with
# different ones differ by far more on some input.
RTOL = 5e-3
ATOL_OF_SCALE = 1e-4
ATOL = 1e-12
LARGEST_SCALE = 1e30

# nn.MSELoss(y_hat, y), but neither nn.MSELoss() nor nn.MSELoss(reduction="sum").
_DATA_TO_LOSS_CLASS = re.compile(r"\b[A-Z]\w{0,30}Loss\((?!\s*(\)|\w+\s*=))")


class _Anything:
    """A part of a fingerprint that equals anything."""


ANYTHING = _Anything()


def fingerprint(question: Question, observation: Observation) -> object:
    """Reduce an answer to what it is judged by.

    Args:
        question: What was asked; its check may have facts that summarize an answer.
        observation: The answer.

    Returns:
        Plain containers, arrays and strings, to be compared with `is_same`.
    """
    if observation.outcome is not Outcome.RETURNED:
        return {
            "outcome": observation.outcome.value,
            "raised": _words(observation.raised) if observation.raised else (),
        }
    facts = question.check.facts
    if facts is not None:
        result = Result(question.check.function, observation.steps)
        try:
            found = facts(question.request, result)
        except WrongError as wrong:
            return {"wrong": wrong.message}
        if found is not None:
            return dict(found)
    if isinstance(question.request, ReadRequest | EditRequest):
        return [_value(step.returned) for step in observation.steps]
    return [_step(question.request, step) for step in observation.steps]


def count_elements(observation: Observation) -> int:
    """Return the number of elements of all numbers and arrays in an answer."""
    return sum(
        _count(value)
        for step in observation.steps
        for value in (
            step.returned,
            *(state.value for state in step.inputs.values()),
            *step.gradients.values(),
        )
    )


def _count(value: AnyValue) -> int:
    match value:
        case Number():
            return 1
        case Array(shape=shape):
            return math.prod(shape)
        case Items(items=items):
            return sum(map(_count, items))
        case Mapping(entries=entries):
            return sum(_count(key) + _count(one) for key, one in entries)
        case _:
            return 0


def is_same(one: object, other: object) -> bool:
    """Return whether two fingerprints are equal, up to rounding."""
    match one, other:
        case (_Anything(), _) | (_, _Anything()):
            return True
        case (Roughly(), Roughly()):
            return one.is_like(other)
        case (np.ndarray(), np.ndarray()):
            return _is_close(one, other)
        case (dict(), dict()):
            return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
        case (list() | tuple(), list() | tuple()):
            return len(one) == len(other) and all(map(is_same, one, other))
        case (float(), float()):
            return _is_close(np.asarray(one), np.asarray(other))
        case _:
            return type(one) is type(other) and bool(one == other)


def without_returned(given: object) -> object:
    """Reduce a fingerprint to what was done to the inputs, whatever was returned.

    Of facts, those about losses are left out.
    """
    match given:
        case dict() if "outcome" not in given:
            return {key: one for key, one in given.items() if not str(key).startswith("losses")}
        case list():
            return [
                {"inputs": step["inputs"]} if isinstance(step, dict) and "inputs" in step else step
                for step in given
            ]
    return given


def _step(request: CallRequest | ScriptRequest, step: Step) -> dict[str, object]:
    # In a script it is not the value of one call.
    is_classroom = isinstance(request, CallRequest) and any(
        state.is_global for state in step.inputs.values()
    )
    returned: object = _value(step.returned)
    if is_classroom and isinstance(step.returned, Nothing):
        returned = ANYTHING  # in the classroom style, update() need not return its loss
    if isinstance(step.returned, Items) and isinstance(request, CallRequest):
        # Not a tensor without a graph, of which the same could be said.
        returned = ("a list", returned) if request.differentiate else returned
    return {
        "returned": returned,
        "inputs": {
            name: _state(request.inputs[name], state) for name, state in step.inputs.items()
        },
        "gradients": {name: _value(value) for name, value in step.gradients.items()},
    }


def _state(before: InputValue, state: State) -> object:
    after = state.value
    if not isinstance(before, Array) or not isinstance(after, Array):
        return _value(after)
    if not before.requires_grad or np.iscomplexobj(after.to_numpy()):
        return _value(after)
    return {
        # How far the leaf moved, since a small step would be lost in the rounding of its values.
        "moved": _moved(before, after),
        "requires_grad": after.requires_grad,
        "has_grad_fn": after.has_grad_fn or not after.is_leaf,
        "is_same": state.is_same_leaf or state.is_global,
    }


def _moved(before: Array, after: Array) -> "np.ndarray":
    start, end = before.to_numpy().astype(np.float64), after.to_numpy().astype(np.float64)
    if start.shape != end.shape:
        return end
    moved = end - start
    # float32 can't represent smaller steps.
    resolution = 1e-6 * max(1.0, float(np.max(np.abs(start), initial=0.0)))
    return np.where(np.abs(moved) <= resolution, 0.0, moved)


def _value(value: AnyValue) -> object:
    match value:
        case Number():
            return np.asarray(value.value, dtype=np.float64)
        case Array():
            array = value.to_numpy()
            return array if np.iscomplexobj(array) else array.astype(np.float64)
        case Items(items=items):
            parts = [_value(item) for item in items]
            shapes = {part.shape if isinstance(part, np.ndarray) else None for part in parts}
            # Numbers in a list, a tuple or a tensor are the same numbers.
            return np.stack(parts) if len(shapes) == 1 and None not in shapes else parts  # type: ignore[arg-type]
        case Mapping(entries=entries):
            # The order doesn't matter; the keys must be exactly equal.
            return {
                _key(key if isinstance(key, Text) else _value(key)): _value(one)
                for key, one in entries
            }
        case Text(text=text) if any(map(str.isdigit, text)):
            return "a text with a number in it"  # which can be written in many ways
        case Nothing():
            return "None"
        case _:
            return value


def _key(key: object) -> object:
    """Make a key of what `_value` returns: equal for equal keys, and quick to make and compare."""
    match key:
        case np.ndarray():
            return (key.dtype.str, key.shape, key.tobytes())
        case list():
            return tuple(map(_key, key))
        case dict():
            return frozenset((name, _key(one)) for name, one in key.items())
        case _:
            return key


def _words(raised: Raised) -> tuple[str, ...]:
    """Reduce an exception to its type and the sorted words of the first line of its text.

    ``'float' and 'NoneType'`` is the same mistake as ``'NoneType' and 'float'``. Numbers are left
    out of an IndexError, because an index may have been drawn at random. So is the function's name
    in front of a text about its arguments. It matters whether the exception was raised at a
    gradient, or where data is given to a class of torch's losses.
    """
    pattern = r"[^\W\d]+" if raised.type_name == "IndexError" else r"\w+"
    place = "at a gradient" if ".grad" in raised.code else "elsewhere"
    if _DATA_TO_LOSS_CLASS.search(raised.code):
        place = "at the class of a loss"
    text = re.sub(r"^[\w.<>]{1,200}\(\) ", "", raised.text.partition("\n")[0])
    return (raised.type_name, place, *sorted(re.findall(pattern, text)))


def _is_close(one: "np.ndarray", other: "np.ndarray") -> bool:
    if one.shape != other.shape:
        return False
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return False
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    gap = np.abs(one[finite] - other[finite])
    size = np.maximum(np.abs(one[finite]), np.abs(other[finite]))
    scale = float(np.max(size, initial=0.0))
    return bool(np.all(gap <= RTOL * size + ATOL_OF_SCALE * min(scale, LARGEST_SCALE) + ATOL))
