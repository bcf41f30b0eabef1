"""Shows a script as code to paste below a submission, which prints what is wrong.

The code is made from the operations themselves, so it is what was run: loops are unrolled, and
values have the names that the script gives to its variables.
"""

import ast
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.checks.inputs import decode_input, is_small, show_gradients, show_input
from grader.checks.parse import parse_expression
from grader.checks.tracing import Trace
from grader.checks.verdict import WrongError
from grader.observations.messages import Raised, ScriptRequest, Step
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
from grader.observations.values import AnyValue, Array, Items, Number
from grader.observations.values import Mapping as MappingValue
from grader.report.model import Example
from grader.report.shorten import MAX_MESSAGE, MAX_NAME, shorten

_MAX_LINES = 40
# Of a script to show: what names and lines cost grows with the square, and nobody reads more.
_MAX_OPERATIONS = 300
_ALIASES = {"torch": "torch", "numpy": "np"}
_UNARY = {"neg": ast.USub(), "pos": ast.UAdd(), "invert": ast.Invert()}
_BINARY: dict[str, ast.operator] = {
    "add": ast.Add(),
    "sub": ast.Sub(),
    "mul": ast.Mult(),
    "truediv": ast.Div(),
    "floordiv": ast.FloorDiv(),
    "mod": ast.Mod(),
    "pow": ast.Pow(),
    "matmul": ast.MatMult(),
    "and": ast.BitAnd(),
    "or": ast.BitOr(),
    "xor": ast.BitXor(),
    "lshift": ast.LShift(),
    "rshift": ast.RShift(),
}
_COMPARISONS: dict[str, ast.cmpop] = {
    "lt": ast.Lt(),
    "le": ast.LtE(),
    "gt": ast.Gt(),
    "ge": ast.GtE(),
    "eq": ast.Eq(),
    "ne": ast.NotEq(),
}
# Functions without whose result a script is the same.
_READERS = {("builtins", name) for name in ("len", "bool", "int", "float", "abs", "isinstance")}
_DRAWN = (Frames, Figures)  # what can't be printed


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """A script that a check has asked for.

    Attributes:
        request: The request.
        inputs: Its inputs, as the check wrote them.
        trace: What the script does.
        given: The globals that are fixed, if the submission is loaded anew.
        step: What was observed, if there was an answer.
    """

    request: ScriptRequest
    inputs: Mapping[str, object]
    trace: Trace
    given: Mapping[str, object] = field(default_factory=dict)
    step: Step | None = None


def make_script_example(run: ScriptRun, wrong: WrongError) -> Example | None:
    """Return a script as an example that prints what is wrong.

    Args:
        run: The script.
        wrong: What the check found.

    Returns:
        The example; None if the script has too many numbers or steps to show, or draws.
    """
    if not wrong.got or not _can_be_shown(run):
        return None
    wrong_part = _wrong_part(run, wrong)
    with contextlib.suppress(RecursionError):  # one expression of hundreds of operations
        writer = _Writer(run.trace, shown=wrong_part)
        lines = [*_show_inputs(run), *writer.statements(len(run.trace.operations))]
        label = f"{wrong_part.name} =" if isinstance(wrong_part, InputOf) else ""
        labelled = f"{label!r}, " if label and wrong.got.startswith(label) else ""
        lines.append(f"print({labelled}{writer.show(wrong_part)})")
        return _example(run, lines, wrong.got, wrong.expected)
    return None


def make_raising_example(run: ScriptRun, raised: Raised, place: int) -> Example | None:
    """Return a script as an example that raises an exception; None if it can't be shown.

    Args:
        run: The script.
        raised: The exception.
        place: The operation that raised it.
    """
    if not 0 <= place < len(run.trace.operations) or not _can_be_shown(run):
        return None
    text = shorten(raised.text.strip().partition("\n")[0], MAX_MESSAGE)
    got = f"{shorten(raised.type_name, MAX_NAME)}{': ' if text else ''}{text}"
    with contextlib.suppress(RecursionError):
        lines = [*_show_inputs(run), *_Writer(run.trace, last=place).statements(place + 1)]
        return _example(run, lines, got, "no exception")
    return None


def show_operation(run: ScriptRun, place: int) -> str:
    """Return the code of one operation; empty if there is no such one, or it is long."""
    if not 0 <= place < min(len(run.trace.operations), _MAX_OPERATIONS):
        return ""
    with contextlib.suppress(RecursionError):
        text = _Writer(run.trace, last=place).show(ValueOf(place=place), is_whole=True)
        return text if len(text) <= MAX_NAME else ""
    return ""


def _example(run: ScriptRun, lines: list[str], got: str, expected: str) -> Example | None:
    if any(isinstance(one, Take) for one in run.trace.operations):
        lines.insert(0, "import itertools")
    if len(lines) > _MAX_LINES:
        return None
    return Example(code="\n".join(lines), got=got, expected=expected)


def _show_inputs(run: ScriptRun) -> list[str]:
    values = {**run.given, **run.inputs}
    lines = []
    for name, value in values.items():
        comment = "  # in place of your own" if name in run.given else ""
        lines.append(f"{name} = {show_input(value)}{comment}")
        lines.extend(show_gradients(name, value))
    if run.given:
        lines.append("# run all cells that come after it again, and then")
    return lines


def _can_be_shown(run: ScriptRun) -> bool:
    if len(run.trace.operations) > _MAX_OPERATIONS:
        return False
    constants = {
        str(number): value
        for number, value in enumerate(
            decode_input(one.value)
            for operation in run.trace.operations
            for one in _operands(operation)
            if isinstance(one, Constant)
        )
        if not isinstance(value, int | float | str | bool | None)
    }
    is_drawn = any(isinstance(one, _DRAWN) for one in run.trace.operations)
    # A gradient takes a line of its own, below the name of its leaf.
    is_written = not any(show_gradients("", one) for one in constants.values())
    return not is_drawn and is_written and is_small({**run.inputs, **run.given, **constants})


def _wrong_part(run: ScriptRun, wrong: WrongError) -> Operand:
    """Return what is wrong: a part of what the script returned, an input, or all that it returned.

    An array that a check has made of a part is found by its numbers.
    """
    parts = [] if run.step is None else _parts(run.trace.returned, run.step)
    for operand, value in parts:
        if value is wrong.source or (wrong.source is None and _has_numbers(value, wrong.value)):
            return operand
    match run.trace.returned:
        case Table(entries=[(_, only)]):
            return only
    return run.trace.returned


def _parts(returned: Operand, step: Step) -> list[tuple[Operand, AnyValue]]:
    """Return the parts of what a script returned, and its inputs after it."""
    parts: list[tuple[Operand, AnyValue]] = [(returned, step.returned)]
    match returned, step.returned:
        case Table(entries=entries), MappingValue(entries=values):
            pairs = zip(entries, values, strict=False)
            parts = [(operand, value) for (_, operand), (_, value) in pairs]
        case Sequence(items=operands), Items(items=items):
            parts = list(zip(operands, items, strict=False))
    return parts + [(InputOf(name=name), state.value) for name, state in step.inputs.items()]


def _has_numbers(value: AnyValue, numbers: "np.ndarray | None") -> bool:
    array = _to_array(value)
    if array is None or numbers is None:
        return False
    return array.shape == numbers.shape and np.array_equal(array, numbers, equal_nan=True)


def _to_array(value: AnyValue) -> "np.ndarray | None":
    """Return a tensor, an array, a number or a list of single numbers as an array."""
    match value:
        case Array():
            return value.to_numpy()
        case Number(value=number):
            return np.asarray(number)
        case Items(items=items):
            parts = [_to_array(one) for one in items if isinstance(one, Array | Number)]
            singles = [one.reshape(()) for one in parts if one is not None and one.size == 1]
            return np.array(singles) if len(singles) == len(items) else None
    return None


class _Writer:
    """Writes operations as Python.

    Args:
        trace: The script.
        last: The place of the last operation that is shown; all of them by default.
        shown: What is shown in the end; by default all that the script returns.
    """

    def __init__(
        self, trace: Trace, *, last: int | None = None, shown: Operand | None = None
    ) -> None:
        self._trace = trace
        end = len(trace.operations) if last is None else last + 1
        self._uses = Counter(
            operand.place
            for operation in trace.operations[:end]
            for operand in _operands(operation)
            if isinstance(operand, ValueOf)
        )
        self._end = end
        self._last = last
        returned = trace.returned if shown is None else shown
        # An exception is what a script ends with then, and nothing is shown.
        self._shown = Counter(
            one.place
            for one in (_walk(returned) if last is None else ())
            if isinstance(one, ValueOf)
        )
        self._names = dict(trace.names)
        for place, operation in enumerate(trace.operations[:end]):
            if place not in self._names and self._needs_name(place, operation):
                self._names[place] = f"v{place}"
            if isinstance(operation, Unpack):
                for item in _items_of(place, operation):
                    self._names.setdefault(item, f"v{item}")
        self._rename(end, returned)

    def _rename(self, end: int, shown: Operand) -> None:
        """Give a new name to a value whose name still stands for something that is used later.

        The script has bound the name anew, but what it stood for has other names there, or is an
        input or a function of the submission.
        """
        last_use = self._last_uses(end, shown)
        holders: dict[str, list[Operand]] = {
            name: [InputOf(name=name)] for name in self._trace.inputs
        }
        operations = self._trace.operations[:end]
        for place, operation in enumerate(operations):
            if isinstance(operation, Name):
                holders.setdefault(operation.name, []).append(ValueOf(place=place))
        for place, operation in enumerate(operations):
            name = self._names.get(place)
            if name is None or (isinstance(operation, Operator) and _is_in_place(operation.name)):
                continue
            number = 1
            while any(last_use.get(one, -1) > place for one in holders.get(name, ())):
                number += 1
                name = f"{self._names[place]}_{number}"
            self._names[place] = name
            holders[name] = [ValueOf(place=place)]

    def _last_uses(self, end: int, shown: Operand) -> dict[Operand, int]:
        """Return where each value and input is used last: the place of the line of code."""
        named = (ValueOf, InputOf)
        last_use: dict[Operand, int] = {one: end for one in _walk(shown) if isinstance(one, named)}
        for place in range(end - 1, -1, -1):
            # What has no name is written where it is used.
            is_inside = place not in self._names and ValueOf(place=place) in last_use
            line = last_use[ValueOf(place=place)] if is_inside else place
            for operand in _operands(self._trace.operations[place]):
                if isinstance(operand, named):
                    last_use[operand] = max(line, last_use.get(operand, -1))
        return last_use

    def _needs_name(self, place: int, operation: object) -> bool:
        """Return whether a value has to be kept: it takes work, and is not used exactly once."""
        if isinstance(operation, Name | Library | GetAttribute | GetItem | Enter | Exit):
            return False
        uses, shown = self._uses[place], self._shown[place]
        if uses > 1 or shown > 1 or (uses and shown):
            return True
        return bool(shown) and not isinstance(operation, Operator) and self._is_followed(place)

    def _is_followed(self, place: int) -> bool:
        """Return whether anything is done after an operation, which has to come before it then."""
        return not all(map(self._only_reads, range(place + 1, self._end)))

    def _only_reads(self, place: int) -> bool:
        """Return whether an operation changes nothing, as far as its form says so."""
        match self._trace.operations[place]:
            case Name() | Library() | GetAttribute() | GetItem():
                return True
            case Call(function=ValueOf(place=function)):
                called = self._trace.operations[function]
                return isinstance(called, Library) and (called.module, *called.path) in _READERS
        return False

    def _stands_alone(self, place: int, operation: object) -> bool:
        """Return whether an operation is a line of its own, although nothing uses its value."""
        if place == self._last:
            return True
        is_used = self._uses[place] or self._shown[place]
        return isinstance(operation, Call | Take) and not is_used and not self._only_reads(place)

    def statements(self, end: int) -> list[str]:  # noqa: C901 - one kind after another
        """Return the lines of the operations before a place."""
        lines: list[str] = []
        depth = 0
        unpacked: set[int] = set()
        for place, operation in enumerate(self._trace.operations[:end]):
            if place in unpacked:
                continue
            indent = "    " * depth
            match operation:
                case Enter(manager=manager):
                    name = self._names.get(place)
                    bound = f" as {name}" if name and self._uses[place] else ""
                    lines.append(f"{indent}with {self.show(manager)}{bound}:")
                    depth += 1
                case Exit():
                    if lines[-1].endswith(":"):
                        lines.append(f"{indent}pass")
                    depth -= 1
                case SetAttribute(of=of, name=name, value=value):
                    target = ast.Attribute(self._expression(of), name, ast.Store())
                    lines.append(f"{indent}{ast.unparse(target)} = {self.show(value)}")
                case SetItem(of=of, key=key, value=value):
                    item = ast.Subscript(self._expression(of), self._expression(key), ast.Store())
                    lines.append(f"{indent}{ast.unparse(item)} = {self.show(value)}")
                case Operator(name=name, operands=(target, value)) if _is_in_place(name):
                    changed = ast.AugAssign(
                        self._expression(target),  # type: ignore[arg-type] # what can be assigned to
                        _BINARY[name[1:]],
                        self._expression(value),
                    )
                    lines.append(indent + ast.unparse(changed))
                    self._names[place] = self.show(target)
                case Raises(expected=expected, call=call):
                    text = ast.unparse(self._call(call))
                    lines.append(f"{indent}{text}  # should raise {' or '.join(expected)}")
                case Unpack():
                    unpacked.update(_items_of(place, operation))
                    targets = ", ".join(self._names[one] for one in _items_of(place, operation))
                    comma = "," if operation.count == 1 else ""
                    lines.append(f"{indent}{targets}{comma} = {self.show(operation.of)}")
                case _ if place in self._names:
                    whole = self.show(ValueOf(place=place), is_whole=True)
                    lines.append(f"{indent}{self._names[place]} = {whole}")
                case _ if self._stands_alone(place, operation):
                    lines.append(indent + self.show(ValueOf(place=place), is_whole=True))
        return lines

    def show(self, operand: Operand, *, is_whole: bool = False) -> str:
        """Return the code of an operand.

        Args:
            operand: The operand.
            is_whole: Whether to write out an operation that has a name.
        """
        if is_whole and isinstance(operand, ValueOf):
            return ast.unparse(self._operation(operand.place))
        return ast.unparse(self._expression(operand))

    def _expression(self, operand: Operand) -> ast.expr:
        match operand:
            case ValueOf(place=place):
                name = self._names.get(place)
                return ast.Name(name) if name else self._operation(place)
            case InputOf(name=name):
                return ast.Name(name)
            case Constant(value=value):
                return parse_expression(show_input(decode_input(value)))
            case Sequence(is_tuple=is_tuple, items=items):
                parts = list(map(self._expression, items))
                return ast.Tuple(parts, ast.Load()) if is_tuple else ast.List(parts, ast.Load())
            case Table(entries=entries):
                return ast.Dict(
                    [self._expression(key) for key, _ in entries],
                    [self._expression(value) for _, value in entries],
                )
            case SliceOf(start=start, stop=stop, step=step):
                bounds = (
                    None if _is_none(one) else self._expression(one) for one in (start, stop, step)
                )
                return ast.Slice(*bounds)
            case Dots():
                return ast.Constant(...)

    def _operation(self, place: int) -> ast.expr:  # noqa: C901 - one kind after another
        operation = self._trace.operations[place]
        match operation:
            case Name(name=name):
                return ast.Name(name)
            case Library(module=module, path=path):
                first = [_ALIASES[module]] if module in _ALIASES else []
                names = [*first, *path]
                expression: ast.expr = ast.Name(names[0])
                for name in names[1:]:
                    expression = ast.Attribute(expression, name, ast.Load())
                return expression
            case Call():
                return self._call(operation)
            case Raises(call=call):
                return self._call(call)
            case GetAttribute(of=of, name=name):
                return ast.Attribute(self._expression(of), name, ast.Load())
            case GetItem(of=of, key=key):
                return ast.Subscript(self._expression(of), self._expression(key), ast.Load())
            case Operator(name=name, operands=operands):
                return _operator(name, [self._expression(one) for one in operands])
            case Enter(manager=inner) | Unpack(of=inner):
                return self._expression(inner)
            case Take(of=of, count=count):
                text = f"list(itertools.islice({self.show(of)}, {count}))"
                return parse_expression(text)
            case SetAttribute(of=of, name=name):
                return ast.Attribute(self._expression(of), name, ast.Load())
            case SetItem(of=of, key=key):
                return ast.Subscript(self._expression(of), self._expression(key), ast.Load())
        return ast.Name("...")

    def _call(self, call: Call) -> ast.expr:
        return ast.Call(
            self._expression(call.function),
            list(map(self._expression, call.args)),
            [ast.keyword(name, self._expression(one)) for name, one in call.kwargs.items()],
        )


def _operator(name: str, operands: list[ast.expr]) -> ast.expr:
    if name in _UNARY:
        return ast.UnaryOp(_UNARY[name], operands[0])
    if name == "abs":
        return ast.Call(ast.Name("abs"), operands, [])
    if name in _COMPARISONS:
        return ast.Compare(operands[0], [_COMPARISONS[name]], operands[1:])
    plain = name[1:] if _is_in_place(name) else name.strip("_")
    return ast.BinOp(operands[0], _BINARY[plain], operands[1])


def _items_of(place: int, operation: Unpack) -> range:
    """Return the places of the items of what is unpacked, which come right after it."""
    return range(place + 1, place + 1 + operation.count)


def _is_in_place(name: str) -> bool:
    return name.startswith("i") and name[1:] in _BINARY and name not in _UNARY


def _is_none(operand: Operand) -> bool:
    return isinstance(operand, Constant) and decode_input(operand.value) is None


def _operands(part: object) -> Iterator[Operand]:
    """Yield the operands of an operation, also those inside of others."""
    match part:
        case Call(function=function, args=args, kwargs=kwargs):
            first: list[Operand] = [function, *args, *kwargs.values()]
        case GetAttribute(of=of) | Take(of=of) | Unpack(of=of) | Frames(of=of):
            first = [of]
        case SetAttribute(of=of, value=value):
            first = [of, value]
        case GetItem(of=of, key=key):
            first = [of, key]
        case SetItem(of=of, key=key, value=value):
            first = [of, key, value]
        case Operator(operands=operands):
            first = list(operands)
        case Enter(manager=manager):
            first = [manager]
        case Raises(call=call):
            first = list(_operands(call))
        case _:
            first = []
    for one in first:
        yield from _walk(one)


def _walk(operand: Operand) -> Iterator[Operand]:
    """Yield an operand and those inside of it."""
    yield operand
    match operand:
        case Sequence(items=items):
            inside = list(items)
        case Table(entries=entries):
            inside = [one for entry in entries for one in entry]
        case SliceOf(start=start, stop=stop, step=step):
            inside = [start, stop, step]
        case _:
            inside = []
    for one in inside:
        yield from _walk(one)
