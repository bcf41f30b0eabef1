"""Makes the example of a failure: code to paste below a submission, which prints what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.inputs import is_small, show_call, show_input
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Step
from grader.observations.values import AnyValue, Array
from grader.report.model import Example

# What a check says of a leaf, such as "w.grad_fn is set".
_ATTRIBUTE = re.compile(r"(\w+)\.(grad_fn|requires_grad)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """What an example prints.

    Attributes:
        line: The line of the call, with ``{}`` for the call.
        then: The lines after it.
        got: What they print of the submission; None for what the check says.
        expected: What they should print; None for what the check says.
    """

    line: str = "print({})"
    then: tuple[str, ...] = ()
    got: str | None = None
    expected: str | None = None


def make_example(
    request: CallRequest, inputs: Mapping[str, object], steps: Sequence[Step], wrong: WrongError
) -> Example | None:
    """Return the last call as an example, or None if its inputs are too many to show.

    It prints what was wrong: what the function returns, its shape or gradient, or a leaf.

    Args:
        request: The call.
        inputs: Its inputs, as the check wrote them.
        steps: What was observed; empty if nothing was.
        wrong: What the check found.
    """
    if not wrong.got or not is_small(inputs):
        return None
    calls = wrong.calls or request.times
    states = steps[0].inputs if steps else {}
    step = steps[min(calls, len(steps)) - 1] if steps else None
    printed = _what_to_print(request, step, wrong)
    code = show_call(
        request.function,
        inputs,
        times=calls,
        as_globals=frozenset(name for name, state in states.items() if state.is_global),
        line=printed.line,
        then=printed.then,
    )
    return Example(
        code=code,
        got=wrong.got if printed.got is None else printed.got,
        expected=wrong.expected if printed.expected is None else printed.expected,
    )


def _what_to_print(request: CallRequest, step: Step | None, wrong: WrongError) -> _Printed:
    attribute = _ATTRIBUTE.match(wrong.got)
    if attribute is not None and attribute[1] in request.inputs:
        return _Printed(line="{}", then=(f"print({attribute[0]})",))
    name, equals, _ = wrong.got.partition(" = ")
    if equals and name in request.inputs:
        return _Printed(line="{}", then=(f"print({name})",))
    changed = None if step is None else _input_that_is(wrong.value, request, step)
    if changed is not None:
        shown = f"{changed}.shape" if wrong.got.startswith("shape ") else changed
        return _Printed(line="{}", then=(f"print({shown})",))
    returned = None if step is None else step.returned
    is_tensor = isinstance(returned, Array) and returned.kind == "tensor"
    if step is not None and request.differentiate and is_tensor:
        printed = _print_gradient(request, step, wrong)
        if printed is not None:
            return printed
    if wrong.got.startswith("shape ") and is_tensor:
        return _Printed(line="print({}.shape)")
    return _Printed()


def _print_gradient(request: CallRequest, step: Step, wrong: WrongError) -> _Printed | None:
    """Return what shows a gradient, or None if that isn't what is wrong."""
    assert isinstance(step.returned, Array)  # noqa: S101 - the caller has looked
    if wrong.gradient_of and not step.returned.requires_grad:
        return _Printed(line="print({}.requires_grad)", got="False", expected="True")
    found = [name for name, value in step.gradients.items() if _is(wrong.value, value)]
    if not wrong.gradient_of and (not found or _is(wrong.value, step.returned)):
        return None
    name = wrong.gradient_of or found[0]
    then = (f"print({name}.grad)",)
    if request.cotangent is None:
        return _Printed(line="{}.backward()", then=then)
    factors = show_input(request.cotangent.to_numpy())
    return _Printed(line=f"({factors} * {{}}).sum().backward()", then=then)


def _input_that_is(shown: "np.ndarray | None", request: CallRequest, step: Step) -> str | None:
    """Return the input of which a value is that after the call; None if it is what is returned."""
    if _is(shown, step.returned):
        return None
    found = [name for name, state in step.inputs.items() if _is(shown, state.value)]
    return next((name for name in found if name in request.inputs), None)


def _is(shown: "np.ndarray | None", value: AnyValue) -> bool:
    if shown is None or not isinstance(value, Array):
        return False
    return np.array_equal(shown, value.to_numpy(), equal_nan=True)
