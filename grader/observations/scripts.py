"""Scripts: what a check does with a submission, as a list of operations that are plain data.

A check is written as a Python function, which is run once with a recorder
(`grader.checks.tracing`). What crosses the wall is the list of what it did. The child carries the
operations out one after another; the value of each can be an operand of later ones.
"""

import msgspec

from grader.observations.values import InputValue

# The functions of Python's module `operator` that an `Operator` may name.
UNARY = frozenset({"neg", "pos", "abs", "invert"})
BINARY = frozenset(
    {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"}
    | {"lshift", "rshift", "lt", "le", "gt", "ge", "eq", "ne"}
)
IN_PLACE = frozenset(
    {"iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul", "iand", "ior"}
    | {"ixor", "ilshift", "irshift"}
)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base class of operands and operations."""


# --- operands -----------------------------------------------------------------------------


class ValueOf(_Part, frozen=True, kw_only=True, tag="value_of"):
    """The value of an earlier operation, by its place in the script, 0-based."""

    place: int


class InputOf(_Part, frozen=True, kw_only=True, tag="input_of"):
    """An input of the request, by name."""

    name: str


class Constant(_Part, frozen=True, kw_only=True, tag="constant"):
    """A value that is written in the check."""

    value: InputValue


class Sequence(_Part, frozen=True, kw_only=True, tag="sequence"):
    """A new list or tuple of operands."""

    is_tuple: bool
    items: tuple["Operand", ...]


class Table(_Part, frozen=True, kw_only=True, tag="table"):
    """A new dict of operands, in order."""

    entries: tuple[tuple["Operand", "Operand"], ...]


class SliceOf(_Part, frozen=True, kw_only=True, tag="slice"):
    """A slice, as in ``x[start:stop:step]``."""

    start: "Operand"
    stop: "Operand"
    step: "Operand"


class Dots(_Part, frozen=True, kw_only=True, tag="ellipsis"):
    """Python's Ellipsis, as in ``x[..., 0]``."""


Operand = ValueOf | InputOf | Constant | Sequence | Table | SliceOf | Dots


# --- operations ---------------------------------------------------------------------------


class Name(_Part, frozen=True, kw_only=True, tag="name"):
    """A function, class or value of the submission."""

    name: str


class Library(_Part, frozen=True, kw_only=True, tag="library"):
    """Something of a library: ``path`` is looked up in the module ``module``."""

    module: str
    path: tuple[str, ...]


class Call(_Part, frozen=True, kw_only=True, tag="call"):
    """A call. A function of the contract is called by its parameters' names in the contract."""

    function: Operand
    args: tuple[Operand, ...] = ()
    kwargs: dict[str, Operand] = {}


class GetAttribute(_Part, frozen=True, kw_only=True, tag="get_attribute"):
    """``of.name``."""

    of: Operand
    name: str


class SetAttribute(_Part, frozen=True, kw_only=True, tag="set_attribute"):
    """``of.name = value``."""

    of: Operand
    name: str
    value: Operand


class GetItem(_Part, frozen=True, kw_only=True, tag="get_item"):
    """``of[key]``."""

    of: Operand
    key: Operand


class SetItem(_Part, frozen=True, kw_only=True, tag="set_item"):
    """``of[key] = value``."""

    of: Operand
    key: Operand
    value: Operand


class Operator(_Part, frozen=True, kw_only=True, tag="operator"):
    """An operator, named as in Python's module `operator`: unary, binary, or in place."""

    name: str
    operands: tuple[Operand, ...]


class Enter(_Part, frozen=True, kw_only=True, tag="enter"):
    """The beginning of a ``with`` block; the value is what ``as`` binds."""

    manager: Operand


class Exit(_Part, frozen=True, kw_only=True, tag="exit"):
    """The end of the ``with`` block that began at ``place``."""

    place: int


class Take(_Part, frozen=True, kw_only=True, tag="take"):
    """A list of the next items of an iterable, at most ``count``."""

    of: Operand
    count: int


class Unpack(_Part, frozen=True, kw_only=True, tag="unpack"):
    """A list of the items of an iterable, which has to have exactly ``count``: ``a, b = of``.

    The next ``count`` operations get its items.
    """

    of: Operand
    count: int


class Frames(_Part, frozen=True, kw_only=True, tag="frames"):
    """The drawings of an animation after each of its first ``count`` frames."""

    of: Operand
    count: int


class Figures(_Part, frozen=True, kw_only=True, tag="figures"):
    """What is drawn: the current figure, or a list of all figures."""

    is_current: bool


class Raises(_Part, frozen=True, kw_only=True, tag="raises"):
    """Whether a call raises an exception of one of the types ``expected``; a bool."""

    expected: tuple[str, ...]
    call: Call


Operation = (
    Name
    | Library
    | Call
    | GetAttribute
    | SetAttribute
    | GetItem
    | SetItem
    | Operator
    | Enter
    | Exit
    | Take
    | Unpack
    | Frames
    | Figures
    | Raises
)
