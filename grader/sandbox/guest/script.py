"""Carries out a script: one operation of a check after another, on the submission's objects."""

import builtins
import contextlib
import itertools
import operator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from grader.observations.bounds import MAX_ITEMS
from grader.observations.messages import Answer, During, Outcome, ScriptRequest, State, Step
from grader.observations.scripts import (
    Call,
    Constant,
    Dots,
    Enter,
    Exit,
    Figures,
    Frames,
    GetAttribute,
    GetItem,
    InputOf,
    Library,
    Name,
    Operand,
    Operation,
    Operator,
    Raises,
    Sequence,
    SetAttribute,
    SetItem,
    SliceOf,
    Table,
    Take,
    Unpack,
    ValueOf,
)
from grader.observations.values import AnyValue, Items, Mapping
from grader.sandbox.guest.bind_arguments import bind_arguments
from grader.sandbox.guest.budget import AnswerBudget
from grader.sandbox.guest.call import globals_set, names_bound
from grader.sandbox.guest.defaults import Defaults
from grader.sandbox.guest.describe import describe
from grader.sandbox.guest.drawn_figures import current_figure, describe_figure, open_figures
from grader.sandbox.guest.endings import ended_by
from grader.sandbox.guest.figures import play
from grader.sandbox.guest.inputs import make_input
from grader.sandbox.guest.loaded import LoadedSubmission
from grader.sandbox.guest.modules import space_of
from grader.sandbox.guest.torch_call_log import TorchCallLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_MODULES = {"torch": torch, "numpy": np, "builtins": builtins}


def answer_script(
    message: ScriptRequest, submission: LoadedSubmission, defaults: Defaults
) -> Answer:
    """Carry out a script and describe what it returns.

    What the student's code raises becomes part of the answer, and is never raised here.
    """
    script = _Script(message, submission, defaults)
    try:
        defaults.restore(seed=message.seed)
        # Also around the making of inputs: one made in inference mode can't be differentiated.
        with torch.inference_mode(mode=False), script:
            step = script.run()
        defaults.disarm()  # the next request restores the rest
    except _MissingUnitError:
        return Answer(token=message.token, outcome=Outcome.MISSING)
    except BaseException as error:
        during = During.FRAME if script.is_in_frame else During.CALL
        return ended_by(error, message.token, (), submission, during=during, place=script.place)
    return Answer(token=message.token, outcome=Outcome.RETURNED, steps=(step,))


class _MissingUnitError(Exception):
    """The submission does not define what the script is about."""


class _Drawn:
    """What an operation has described already, since a drawing changes.

    Args:
        value: The description.
    """

    def __init__(self, value: AnyValue) -> None:
        self.value = value


class _Script:
    """One run of a script; a context manager that restores what the script replaces.

    Attributes:
        place: The operation that runs, or that has raised.
        is_in_frame: Whether that plays an animation.
    """

    def __init__(
        self, message: ScriptRequest, submission: LoadedSubmission, defaults: Defaults
    ) -> None:
        self._message = message
        self._submission = submission
        self._defaults = defaults
        self._values: list[Any] = []
        self._inputs: dict[str, Any] = {}
        self._as_globals: set[str] = set()
        self._open: dict[int, Any] = {}  # the context managers that are entered, by their places
        self._stack = contextlib.ExitStack()
        self._budget = AnswerBudget()
        self.place = -1
        self.is_in_frame = False

    def __enter__(self) -> Self:
        namespace = self._submission.namespace
        wrong = {name: namespace[other] for name, other in self._message.replaced.items()}
        self._stack.enter_context(names_bound(namespace, wrong))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        for manager in reversed(self._open.values()):
            with contextlib.suppress(BaseException):
                type(manager).__exit__(manager, kind, error, trace)
        self._stack.close()

    def run(self) -> Step:
        """Carry out all operations, and describe what the script returns and its inputs."""
        made = {name: make_input(value) for name, value in self._message.inputs.items()}
        self._inputs = dict(made)
        tensors = {name: one for name, one in made.items() if isinstance(one, torch.Tensor)}
        log = TorchCallLog(tensors) if self._message.log_torch_calls else None
        with log or contextlib.nullcontext():
            for self.place, operation in enumerate(self._message.operations):  # noqa: B020 - kept
                self._values.append(self._carry_out(operation))
            self.place = -1
            returned = self._describe(self._message.returned)
        states = {
            name: State(
                value=describe(self._inputs[name], budget=self._budget),
                is_same_leaf=self._inputs[name] is made[name],
                is_global=name in self._as_globals,
            )
            for name in made
        }
        return Step(returned=returned, inputs=states, torch_calls=tuple(log.calls) if log else ())

    def _carry_out(self, operation: Operation) -> Any:  # noqa: C901, PLR0912 - one kind after another
        value = self._value
        match operation:
            case Name(name=name):
                return self._look_up(name)
            case Library(module=module, path=path):
                found: Any = _MODULES[module]
                for name in path:
                    found = getattr(found, name)
                return found
            case Call():
                return self._call(operation)
            case GetAttribute(of=of, name=name):
                return getattr(value(of), name)
            case SetAttribute(of=of, name=name, value=new):
                return setattr(value(of), name, value(new))
            case GetItem(of=of, key=key):
                return value(of)[value(key)]
            case SetItem(of=of, key=key, value=new):
                return operator.setitem(value(of), value(key), value(new))
            case Operator(name=name, operands=operands):
                compute: Callable[..., Any] = getattr(operator, name)
                return compute(*map(value, operands))
            case Enter(manager=manager):
                return self._enter(value(manager))
            case Exit(place=place):
                entered = self._open.pop(place)
                type(entered).__exit__(entered, None, None, None)
                return None
            case Take(of=of, count=count):
                return list(itertools.islice(iter(value(of)), min(count, MAX_ITEMS)))
            case Unpack(of=of, count=count):
                return _unpack(value(of), count)
            case Frames(of=of, count=count):
                self.is_in_frame = True
                played = play(value(of), frames=count, budget=self._budget)
                self.is_in_frame = False
                return _Drawn(played)
            case Figures(is_current=True):
                return _Drawn(describe_figure(current_figure(self._submission), self._budget))
            case Figures():
                drawn = [
                    describe_figure(one, self._budget) for one in open_figures(self._submission)
                ]
                return _Drawn(Items(kind="list", items=tuple(drawn)))
            case Raises(expected=expected, call=call):
                kinds = tuple(vars(builtins)[name] for name in expected)
                try:
                    self._call(call)
                except kinds as error:
                    if _is_accidental(type(error), expected):
                        raise
                    return True
                return False

    def _look_up(self, name: str) -> Any:
        if not self._submission.has(name):
            if self._message.function.partition(".")[0] == name:
                raise _MissingUnitError
            raise NameError(f"name {name!r} is not defined")
        return self._submission.namespace[name]

    def _enter(self, manager: Any) -> Any:
        entered = type(manager).__enter__(manager)
        self._open[self.place] = manager
        return entered

    def _call(self, call: Call) -> Any:
        function = self._value(call.function)
        args = [self._value(one) for one in call.args]
        kwargs = {name: self._value(one) for name, one in call.kwargs.items()}
        name = self._name_of(call.function)
        parameters = self._submission.parameters.get(name, ())
        if not parameters:
            return function(*args, **kwargs)
        if not callable(function):
            raise _MissingUnitError
        given = {**dict(zip(parameters, args, strict=False)), **kwargs}
        inputs = {name: given[name] for name in parameters if name in given}
        self._restore_defaults()
        plan = bind_arguments(function, inputs)
        # Until the script ends: a generator reads its globals only when it is iterated over.
        namespace = self._submission.namespace
        self._stack.enter_context(globals_set(namespace, name, plan, inputs, 0))
        own_args, own_kwargs = plan.arguments(inputs)
        returned = function(*own_args, **own_kwargs)
        operands = {**dict(zip(parameters, call.args, strict=False)), **call.kwargs}
        own = space_of(namespace, name)
        for one in plan.unassigned:
            operand = operands[one]
            if isinstance(operand, InputOf):  # the function may have bound the global anew
                self._inputs[operand.name] = own.get(one)
                self._as_globals.add(operand.name)
        return returned

    def _name_of(self, operand: Operand) -> str:
        if isinstance(operand, ValueOf):
            operation = self._message.operations[operand.place]
            if isinstance(operation, Name):
                return operation.name
        return ""

    def _restore_defaults(self) -> None:
        """Restore the defaults, but leave on what the script has opened itself."""
        is_grad_enabled = torch.is_grad_enabled()
        is_autocast = torch.is_autocast_enabled("cpu")
        errors = np.geterr()
        self._defaults.restore(keep_figures=True)
        if self._open:
            torch.set_grad_enabled(is_grad_enabled)
            torch.set_autocast_enabled("cpu", is_autocast)
            np.seterr(**errors)

    def _value(self, operand: Operand) -> Any:
        match operand:
            case ValueOf(place=place):
                return self._values[place]
            case InputOf(name=name):
                return self._inputs[name]
            case Constant(value=value):
                return make_input(value)
            case Sequence(is_tuple=is_tuple, items=items):
                made = [self._value(one) for one in items]
                return tuple(made) if is_tuple else made
            case Table(entries=entries):
                return {self._value(key): self._value(one) for key, one in entries}
            case SliceOf(start=start, stop=stop, step=step):
                return slice(self._value(start), self._value(stop), self._value(step))
            case Dots():
                return ...

    def _describe(self, operand: Operand) -> AnyValue:
        """Describe what the script returns, in the containers that the script has written."""
        match operand:
            case Sequence(is_tuple=is_tuple, items=items):
                kind = "tuple" if is_tuple else "list"
                return Items(kind=kind, items=tuple(map(self._describe, items)))
            case Table(entries=entries):
                return Mapping(
                    entries=tuple(
                        (self._describe(key), self._describe(one)) for key, one in entries
                    )
                )
        value = self._value(operand)
        if type(value) is _Drawn:
            return value.value
        return describe(value, budget=self._budget)


# Subclasses of RuntimeError and Exception that say something else than what a check expects: the
# code isn't there, or doesn't end.
_ACCIDENTAL = (NotImplementedError, RecursionError, _MissingUnitError)


def _is_accidental(kind: type[BaseException], expected: tuple[str, ...]) -> bool:
    """Return whether an exception is none of those that are expected, although it inherits so."""
    return any(issubclass(kind, one) and one.__name__ not in expected for one in _ACCIDENTAL)


def _unpack(value: Any, count: int) -> list[object]:
    """Return the items of a value that is unpacked, or raise what Python raises."""
    try:
        iterator = iter(value)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
            raise  # by code of the value's own
        message = f"cannot unpack non-iterable {type(value).__name__} object"
        raise TypeError(message) from None
    items = list(itertools.islice(iterator, count + 1))
    if len(items) > count:
        message = f"too many values to unpack (expected {count})"
        raise ValueError(message)
    if len(items) < count:
        message = f"not enough values to unpack (expected {count}, got {len(items)})"
        raise ValueError(message)
    return items
