"""Traces a check's script: runs it once with a recorder, which writes down each step.

A script is a Python function such as ::

    def use(lab, x):
        net = lab.Net(3)
        return {"y": net(x), "bias": net.bias}

It is called with handles: nothing is computed here. What the handles are used for becomes the list
of operations that the sandbox carries out. A handle refuses whatever would look at its value.
"""

import builtins
import contextlib
import dis
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Never, cast

import numpy as np

from grader.checks.inputs import ArrayInput, Leaf, encode_input
from grader.checks.units import Unit, UnitKind
from grader.observations.bounds import MAX_ITEMS
from grader.observations.scripts import (
    BINARY,
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

Script = Callable[..., object]

_MAX_OPERATIONS = 10_000
_REMEDY = "the script only records what is to be done; return it, and compare outside"
# An attribute of every object, which Python or a debugger may ask a handle for.
_OF_PYTHON = frozenset({"__class__", "__dict__", "__doc__", "__module__", "__weakref__"})


class TraceError(TypeError):
    """A script does what can't be recorded; the message says what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a script does.

    Attributes:
        operations: Its operations, in order.
        returned: What it returns.
        names: The names that the script gives to the values of its operations, by place.
        inputs: The names of its inputs, in order.
    """

    operations: tuple[Operation, ...]
    returned: Operand
    names: Mapping[int, str]
    inputs: tuple[str, ...]

    @property
    def units(self) -> frozenset[str]:
        """The names of the submission that it uses."""
        return frozenset(one.name for one in self.operations if isinstance(one, Name))


def trace(
    script: Script,
    units: Mapping[str, Unit],
    inputs: tuple[str, ...],
    *,
    named: Script | None = None,
) -> Trace:
    """Run a script with handles, and return what it does.

    Args:
        script: The function. It is called with the submission, and with the inputs by name.
        units: The units of the assignment, by name.
        inputs: The names of the inputs.
        named: The function whose variables name the values; by default the script itself.

    Raises:
        TraceError: The script does what can't be recorded.
    """
    recorder = _Recorder(code=getattr(named or script, "__code__", None))
    with recorder.active():
        handles = {name: Handle(recorder, InputOf(name=name)) for name in inputs}
        with recorder.watching_returns():
            returned = script(Lab(recorder, units), **handles)
        if recorder.open:
            raise TraceError("a `with` block of the script has not ended")
        return Trace(
            operations=tuple(recorder.operations),
            returned=encode_operand(returned),
            names=dict(recorder.names),
            inputs=inputs,
        )


@dataclass(slots=True)
class _Recorder:
    """Writes down operations, and the names of the script's variables."""

    code: types.CodeType | None
    operations: list[Operation] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)
    leaves: dict[int, Leaf] = field(default_factory=dict)

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Make this the recorder of the functions that take no handle, such as `figure`."""
        before = getattr(_ACTIVE, "recorder", None)
        _ACTIVE.recorder = self
        try:
            yield
        finally:
            _ACTIVE.recorder = before

    def add(self, operation: Operation) -> "Handle":
        """Write down an operation, and return the handle of its value."""
        if len(self.operations) >= _MAX_OPERATIONS:
            raise TraceError(f"the script has more than {_MAX_OPERATIONS} steps")
        self._find_names()
        self.operations.append(operation)
        return Handle(self, ValueOf(place=len(self.operations) - 1))

    def _find_names(self) -> None:
        """Note which variables of the script hold the values so far."""
        frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to see names
        while frame is not None and frame.f_code is not self.code:
            frame = frame.f_back
        if frame is not None:
            self._find_names_in(frame)

    def _find_names_in(self, frame: types.FrameType) -> None:
        for name, value in frame.f_locals.items():
            if type(value) is Handle:
                operand = object.__getattribute__(value, "_operand")
                if isinstance(operand, ValueOf):
                    self.names.setdefault(operand.place, name)

    @contextlib.contextmanager
    def watching_returns(self) -> Iterator[None]:
        """Also note the names that the script has when it returns: of values used no more."""

        def watch(frame: types.FrameType, event: str, _: object) -> None:
            if event == "return" and frame.f_code is self.code:
                self._find_names_in(frame)

        before = sys.getprofile()
        sys.setprofile(watch)
        try:
            yield
        finally:
            sys.setprofile(before)

    def expect_new(self, leaf: Leaf) -> None:
        """Require that a leaf is used once: it would be made anew for each use.

        Raises:
            TraceError: The script has used it before.
        """
        if id(leaf) in self.leaves:
            raise TraceError(
                "a leaf that a script uses twice would be two tensors; make it an input, or with "
                "torch_.tensor(..., requires_grad=True)"
            )
        self.leaves[id(leaf)] = leaf


_ACTIVE = threading.local()


def _active() -> _Recorder:
    recorder: _Recorder | None = getattr(_ACTIVE, "recorder", None)
    if recorder is None:
        raise TraceError("this can be used only in a script that is given to probe.both_run()")
    return recorder


class Lab:
    """Stands for whoever is asked, and has the names of the contract.

    Args:
        recorder: Writes down what is used.
        units: The units of the assignment, by name.
    """

    def __init__(self, recorder: _Recorder, units: Mapping[str, Unit]) -> None:
        self.__dict__.update(_recorder=recorder, _units=units)

    def __getattr__(self, name: str) -> "Handle":
        units = cast("Mapping[str, Unit]", self.__dict__["_units"])
        if name not in units:
            if name.startswith("__"):
                raise AttributeError(name)
            known = ", ".join(one.name for one in units.values() if not one.owner)
            raise TraceError(f"assignment.toml lists no {name}; it has {known}")
        recorder = cast("_Recorder", self.__dict__["_recorder"])
        handle = recorder.add(Name(name=name))
        object.__setattr__(handle, "_unit", units[name])
        return handle

    def __setattr__(self, name: str, value: object) -> None:
        raise TraceError(f"{name} of a submission can't be set; use probe.rerun(given=...)")


def _refuse(what: str) -> Callable[..., Never]:
    def refuse(*_: object, **__: object) -> Never:
        raise TraceError(f"a script can't {what}: {_REMEDY}")

    return refuse


def _unary(name: str) -> Callable[["Handle"], "Handle"]:
    def record(self: "Handle") -> "Handle":
        return recorder_of(self).add(Operator(name=name, operands=(encode_operand(self),)))

    return record


def _binary(name: str) -> Callable[["Handle", object], "Handle"]:
    def record(self: "Handle", other: object) -> "Handle":
        operands = (encode_operand(self), encode_operand(other))
        return recorder_of(self).add(Operator(name=name, operands=operands))

    return record


def _reflected(name: str) -> Callable[["Handle", object], "Handle"]:
    def record(self: "Handle", other: object) -> "Handle":
        operands = (encode_operand(other), encode_operand(self))
        return recorder_of(self).add(Operator(name=name, operands=operands))

    return record


class Handle:
    """Stands for a value in the sandbox; using it writes down a step.

    Args:
        recorder: Writes down the steps.
        operand: What it stands for.
    """

    __slots__ = ("_operand", "_recorder", "_unit")
    # numpy would otherwise take array + handle apart, element by element.
    __array_ufunc__ = None

    def __init__(self, recorder: _Recorder, operand: Operand) -> None:
        object.__setattr__(self, "_recorder", recorder)
        object.__setattr__(self, "_operand", operand)
        object.__setattr__(self, "_unit", None)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - also what Python itself asks for
        if name in _OF_PYTHON or name in _SPECIAL:
            return object.__getattribute__(self, name)
        if name.startswith("__array") or name == "__torch_function__":
            raise AttributeError(name)
        return recorder_of(self).add(GetAttribute(of=encode_operand(self), name=name))

    def __setattr__(self, name: str, value: object) -> None:
        operation = SetAttribute(of=encode_operand(self), name=name, value=encode_operand(value))
        recorder_of(self).add(operation)

    def __getitem__(self, key: object) -> "Handle":
        operation = GetItem(of=encode_operand(self), key=encode_operand(key))
        return recorder_of(self).add(operation)

    def __setitem__(self, key: object, value: object) -> None:
        of, where = encode_operand(self), encode_operand(key)
        recorder_of(self).add(SetItem(of=of, key=where, value=encode_operand(value)))

    def __call__(self, *args: object, **kwargs: object) -> "Handle":
        """Write down a call."""
        return recorder_of(self).add(_call(self, args, kwargs))

    def __enter__(self) -> "Handle":  # noqa: PYI034 - what `as` binds is another value
        recorder = recorder_of(self)
        entered = recorder.add(Enter(manager=encode_operand(self)))
        recorder.open.append(len(recorder.operations) - 1)
        return entered

    def __exit__(self, *_: object) -> None:
        recorder = recorder_of(self)
        recorder.add(Exit(place=recorder.open.pop()))

    def __iter__(self) -> Iterator["Handle"]:
        """Write down that a value is unpacked, as in ``a, b = value``; nothing else iterates."""
        frame = sys._getframe(1)  # noqa: SLF001 - only its bytecode knows of the assignment
        targets = _targets(frame)
        if not targets:
            raise TraceError(f"a script can't iterate over a value; use take(values, n): {_REMEDY}")
        recorder = recorder_of(self)
        unpacked = recorder.add(Unpack(of=encode_operand(self), count=len(targets)))
        items = [unpacked[place] for place in range(len(targets))]
        if frame.f_code is recorder.code:
            # Now: if nothing comes after it, nobody looks for names any more.
            first = len(recorder.operations) - len(items)
            recorder.names.update({first + n: name for n, name in enumerate(targets) if name})
        return iter(items)

    def __repr__(self) -> str:
        return "<a value in the sandbox>"

    if TYPE_CHECKING:  # what `_add_operators` adds, for authors who check the types of their checks
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _binary("add")
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _binary("add")
        __floordiv__ = __mod__ = __lt__ = __le__ = __gt__ = __ge__ = _binary("add")

    __neg__, __pos__ = _unary("neg"), _unary("pos")
    __abs__, __invert__ = _unary("abs"), _unary("invert")

    __bool__ = _refuse("ask whether a value is true")
    __next__ = _refuse("iterate over a value; use take(values, n)")
    __len__ = _refuse("ask for the length of a value; use py_.len(values)")
    __contains__ = _refuse("look into a value")
    __float__ = _refuse("convert a value to float")
    __int__ = _refuse("convert a value to int")
    __index__ = _refuse("use a value as an index of something outside")
    __complex__ = _refuse("convert a value to complex")
    __round__ = _refuse("round a value")
    __hash__ = _refuse("use a value as a key, or put it into a set")
    __str__ = _refuse("format a value")
    __format__ = _refuse("format a value")
    __array__ = _refuse("convert a value to an array")
    __delattr__ = _refuse("delete an attribute")
    __delitem__ = _refuse("delete an item")
    __await__ = _refuse("await a value")


def _targets(frame: types.FrameType) -> list[str]:
    """Return the targets of the assignment that a frame carries out: the names of variables.

    A target of another kind has an empty name. The list is empty if it does something else.
    """
    steps = (one for one in dis.get_instructions(frame.f_code) if one.offset >= frame.f_lasti)
    first = next(steps)
    if first.opname != "UNPACK_SEQUENCE" or not first.arg:
        return []
    targets = [""] * first.arg
    for place, step in zip(range(first.arg), steps, strict=False):
        if step.opname != "STORE_FAST":
            break
        targets[place] = str(step.argval)
    return targets


def _add_operators() -> None:
    """Give `Handle` the operators that can be written down."""
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        setattr(Handle, f"__{name}__", _binary(name))
    for name in BINARY - {"lt", "le", "gt", "ge", "eq", "ne"}:
        spelled = name.strip("_")  # the module calls it and_
        setattr(Handle, f"__{spelled}__", _binary(name))
        setattr(Handle, f"__r{spelled}__", _reflected(name))
        setattr(Handle, f"__i{spelled}__", _binary(f"i{spelled}"))


_add_operators()
_SPECIAL = frozenset(vars(Handle)) - {"_operand", "_recorder", "_unit"}


def recorder_of(handle: Handle) -> _Recorder:
    """Return the recorder of a handle, which must be the active one.

    Raises:
        TraceError: The handle is from another script.
    """
    recorder: _Recorder = object.__getattribute__(handle, "_recorder")
    active: object = getattr(_ACTIVE, "recorder", None)
    if active is not recorder:
        raise TraceError("a value of a script can't be used outside of it, or in another script")
    return recorder


def _call(function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Call:
    if type(function) is Handle:
        _expect_arguments(object.__getattribute__(function, "_unit"), args, kwargs)
    elif type(function) is not LibraryPath:
        raise TraceError(f"a script can't have {function!r} called inside")
    return Call(
        function=encode_operand(function),
        args=tuple(map(encode_operand, args)),
        kwargs={name: encode_operand(value) for name, value in kwargs.items()},
    )


def _expect_arguments(
    unit: Unit | None, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> None:
    """Require that a function of the contract is called with its parameters."""
    if unit is None or unit.kind is not UnitKind.FUNCTION:
        return
    given = [*unit.parameters[: len(args)], *kwargs]
    wrong = len(args) > len(unit.parameters) or len(set(given)) < len(given)
    if wrong or not set(given) <= set(unit.parameters):
        parameters = ", ".join(unit.parameters)
        raise TraceError(f"{unit.name} has the parameters {parameters}, and not those of this call")


def encode_operand(value: object) -> Operand:
    """Convert a value of a script: a handle, an input as checks write it, or a container of these.

    Raises:
        TraceError: It is something else.
    """
    kind = type(value)
    if kind is Handle:
        recorder_of(value)  # type: ignore[arg-type]
        return cast("Operand", object.__getattribute__(value, "_operand"))
    if kind is LibraryPath:
        return encode_operand(look_up(value))  # type: ignore[arg-type]
    if value is Ellipsis:
        return Dots()
    match value:
        case slice(start=start, stop=stop, step=step):
            return SliceOf(
                start=encode_operand(start), stop=encode_operand(stop), step=encode_operand(step)
            )
        case list() | tuple():
            items = tuple(map(encode_operand, value))
            return Sequence(is_tuple=isinstance(value, tuple), items=items)
        case dict():
            return Table(
                entries=tuple(
                    (encode_operand(key), encode_operand(one)) for key, one in value.items()
                )
            )
        case None | bool() | int() | float() | str() | np.ndarray() | np.generic():
            return Constant(value=encode_input(value))
        case Leaf():
            _active().expect_new(value)
            return Constant(value=encode_input(value))
        case ArrayInput():
            return Constant(value=encode_input(value))
    raise TraceError(f"a script can't hand over {kind.__name__}; use numbers, tensors, text, lists")


class LibraryPath:
    """A module, function or class of a library, which is looked up and called inside.

    Args:
        module: The name of the module.
        path: The names of the attributes.
    """

    __slots__ = ("_module", "_path")

    def __init__(self, module: str, path: tuple[str, ...] = ()) -> None:
        self._module = module
        self._path = path

    def __getattr__(self, name: str) -> "LibraryPath":
        if name.startswith("__"):
            raise AttributeError(name)
        return LibraryPath(self._module, (*self._path, name))

    def __call__(self, *args: object, **kwargs: object) -> Handle:
        """Write down a call."""
        return _active().add(_call(self, args, kwargs))


def look_up(path: LibraryPath) -> Handle:
    """Write down that something of a library is looked up."""
    module: str = object.__getattribute__(path, "_module")
    names: tuple[str, ...] = object.__getattribute__(path, "_path")
    return _active().add(Library(module=module, path=names))


torch_ = LibraryPath("torch")
np_ = LibraryPath("numpy")
py_ = LibraryPath("builtins")


def take(values: object, count: int) -> Handle:
    """Return the next items of an iterable as a list, at most ``count`` of them.

    Args:
        values: A handle of an iterable; its iterator runs inside.
        count: How many items to take, at most 10,000.
    """
    if not 0 <= count <= MAX_ITEMS:
        raise TraceError(f"take() can take at most {MAX_ITEMS} items")
    return _active().add(Take(of=encode_operand(values), count=count))


def frames(animation: object, count: int) -> Handle:
    """Play the first frames of an animation, and return what was drawn after each."""
    return _active().add(Frames(of=encode_operand(animation), count=count))


def figure() -> Handle:
    """Return the current figure as a list of its axes, each with the lines and points on it.

    After `Probe.rerun`, that is the last figure that the submission has drawn.
    """
    return _active().add(Figures(is_current=True))


def figures() -> Handle:
    """Return all figures, as `figure` describes each."""
    return _active().add(Figures(is_current=False))


def raises(
    expected: type[BaseException] | tuple[type[BaseException], ...],
    function: object,
    *args: object,
    **kwargs: object,
) -> Handle:
    """Call a function inside, and return whether it raises an exception of the expected types.

    Any other exception ends the script. NotImplementedError and RecursionError have to be named.
    """
    kinds = expected if isinstance(expected, tuple) else (expected,)
    names = tuple(kind.__name__ for kind in kinds)
    for name, kind in zip(names, kinds, strict=True):
        if getattr(builtins, name, None) is not kind:
            raise TraceError(f"raises() can expect only Python's own exceptions, not {name}")
    return _active().add(Raises(expected=names, call=_call(function, args, kwargs)))
