"""Calls one function of the submission and describes the result.

Both styles of the contract work: inputs that the function takes as parameters are passed; the
others are set as globals of the submission before the call and read back after it.
"""

import contextlib
import types
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import torch

from grader.observations.messages import (
    LOOP_VARIABLE,
    Answer,
    CallRequest,
    During,
    Outcome,
    ReadRequest,
    State,
    Step,
)
from grader.observations.values import AnyValue, Array, Nothing
from grader.sandbox.guest.bind_arguments import ArgumentBinding, bind_arguments
from grader.sandbox.guest.budget import AnswerBudget
from grader.sandbox.guest.defaults import Defaults
from grader.sandbox.guest.describe import describe
from grader.sandbox.guest.endings import ended_by
from grader.sandbox.guest.figures import is_animation, play
from grader.sandbox.guest.inputs import make_input, make_tensor
from grader.sandbox.guest.loaded import LoadedSubmission
from grader.sandbox.guest.modules import space_of, spaces_of
from grader.sandbox.guest.torch_call_log import TorchCallLog

_grad = torch.autograd.grad


def answer_read(message: ReadRequest, submission: LoadedSubmission) -> Answer:
    """Describe a global of the submission."""
    if not submission.has(message.function):
        return Answer(token=message.token, outcome=Outcome.MISSING)
    try:
        value = describe(submission.namespace[message.function])
    except BaseException as error:
        return ended_by(error, message.token, (), submission)
    step = Step(returned=value, inputs={})
    return Answer(token=message.token, outcome=Outcome.RETURNED, steps=(step,))


def answer_call(message: CallRequest, submission: LoadedSubmission, defaults: Defaults) -> Answer:
    """Call a function ``message.times`` times and describe the result of each call.

    What the student's code raises becomes part of the answer, and is never raised here.
    """
    function = submission.namespace.get(message.function)
    if not submission.has(message.function) or not callable(function):
        return Answer(token=message.token, outcome=Outcome.MISSING)
    steps: list[Step] = []
    try:
        # Seeds are set once for all calls: if a second call draws the same numbers, that is the
        # student's doing.
        defaults.restore(seed=message.seed)
        # Also around the making of inputs: one made in inference mode can't be differentiated.
        with torch.inference_mode(mode=False):
            for step in _steps(message, function, submission):
                steps.append(step)
                if len(steps) < message.times:
                    defaults.restore()
                else:
                    defaults.disarm()  # the next request restores the rest
    except _LaterError as later:
        return ended_by(later.error, message.token, tuple(steps), submission, during=later.during)
    except BaseException as error:
        return ended_by(error, message.token, tuple(steps), submission)
    return Answer(token=message.token, outcome=Outcome.RETURNED, steps=tuple(steps))


class _LaterError(Exception):
    """Something was raised after the call itself.

    Args:
        error: What was raised.
        during: When.
    """

    def __init__(self, error: BaseException, during: During) -> None:
        super().__init__()
        self.error = error
        self.during = during


@contextlib.contextmanager
def _later(during: During) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        raise _LaterError(error, during) from error


def _steps(
    message: CallRequest, function: Callable[..., object], submission: LoadedSubmission
) -> Iterator[Step]:
    leaves: dict[str, torch.Tensor] = {}
    budget = AnswerBudget()
    for index in range(message.times):
        inputs = {
            name: leaves[name] if name in leaves else make_input(value)
            for name, value in message.inputs.items()
        }
        plan = bind_arguments(function, inputs)
        own = space_of(submission.namespace, message.function)
        with globals_set(submission.namespace, message.function, plan, inputs, index):
            step, after = _one_step(message, function, plan, inputs, own, budget)
        for name, value in message.inputs.items():
            if isinstance(value, Array) and value.requires_grad and not message.differentiate:
                leaves[name] = after[name]  # type: ignore[assignment]
        yield step


def _one_step(
    message: CallRequest,
    function: Callable[..., object],
    plan: ArgumentBinding,
    inputs: Mapping[str, object],
    namespace: Mapping[str, object],
    budget: AnswerBudget,
) -> tuple[Step, dict[str, object]]:
    args, kwargs = plan.arguments(inputs)
    tensors = {name: value for name, value in inputs.items() if isinstance(value, torch.Tensor)}
    recorder = TorchCallLog(tensors) if message.log_torch_calls else None
    with recorder or contextlib.nullcontext():
        returned = function(*args, **kwargs)
        # Still inside the globals and the recorder: generators and frame functions run only now.
        value = _describe_returned(returned, message, budget)
    gradients: dict[str, AnyValue] = {}
    if message.differentiate:
        with _later(During.BACKWARD):
            gradients = _differentiate(returned, message, inputs, budget)
    after = {
        name: namespace.get(name) if name in plan.unassigned else inputs[name] for name in inputs
    }
    states = {
        name: State(
            value=describe(after[name], budget=budget),
            is_same_leaf=after[name] is inputs[name],
            is_global=name in plan.unassigned,
        )
        for name in inputs
    }
    calls = tuple(recorder.calls) if recorder is not None else ()
    return Step(returned=value, inputs=states, gradients=gradients, torch_calls=calls), after


@contextlib.contextmanager
def globals_set(
    namespace: MutableMapping[str, object],
    function: str,
    plan: ArgumentBinding,
    inputs: Mapping[str, object],
    index: int,
) -> Iterator[None]:
    """Set the unassigned inputs as globals, and restore the previous globals on exit.

    Where a submission has several modules, they are set in that of the function, and in each other
    one that has data of that name: it may have imported it.
    """
    values: dict[str, object] = {name: inputs[name] for name in plan.unassigned}
    values.setdefault(LOOP_VARIABLE, index)
    own = space_of(namespace, function)
    with contextlib.ExitStack() as stack:
        for space in spaces_of(namespace):
            new = values
            if space is not own:
                new = {name: value for name, value in values.items() if _is_data(space.get(name))}
            stack.enter_context(names_bound(space, new))
        yield


@contextlib.contextmanager
def names_bound(
    namespace: MutableMapping[str, object], values: Mapping[str, object]
) -> Iterator[None]:
    """Bind names to values, and on exit to what they were bound to before, if to anything."""
    before = {name: namespace[name] for name in values if name in namespace}
    namespace.update(values)
    try:
        yield
    finally:
        for name in values:
            if name in before:
                namespace[name] = before[name]
            else:
                namespace.pop(name, None)


def _is_data(value: object) -> bool:
    return value is not None and not isinstance(value, types.ModuleType) and not callable(value)


def _describe_returned(returned: object, message: CallRequest, budget: AnswerBudget) -> AnyValue:
    if message.frames and is_animation(returned):
        with _later(During.FRAME):
            return play(returned, frames=message.frames, budget=budget)
    return describe(returned, draw=message.draw, budget=budget)


def _differentiate(
    returned: object, message: CallRequest, inputs: Mapping[str, object], budget: AnswerBudget
) -> dict[str, AnyValue]:
    """Differentiate sum(cotangent * returned) with respect to the requested inputs.

    The gradient is ``Nothing`` for an input that the result doesn't depend on, and for all of
    them if the result is not a tensor with grad, or its shape is not the cotangent's.
    """
    if not isinstance(returned, torch.Tensor) or not returned.requires_grad:
        return {name: Nothing() for name in message.differentiate}
    cotangent = None
    if message.cotangent is not None:
        cotangent = make_tensor(message.cotangent).to(returned.dtype)
        if cotangent.shape != returned.shape:
            return {name: Nothing() for name in message.differentiate}
    # Not grad_outputs=: its first use imports sympy, which takes 0.4 s.
    total = returned if cotangent is None else (returned * cotangent).sum()
    wanted: Any = [inputs[name] for name in message.differentiate]
    gradients = _grad(total, wanted, allow_unused=True)
    return {
        name: describe(gradient, budget=budget)
        for name, gradient in zip(message.differentiate, gradients, strict=True)
    }
