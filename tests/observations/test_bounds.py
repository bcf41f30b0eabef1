"""Bounds: nothing that a child sends is unbounded, and decoding it is cheap."""

import functools
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import msgspec.inspect
import pytest
from cpu_time import least_cpu_s

from grader.observations import bounds
from grader.observations.frames import MAX_ANSWER_BYTES, FrameError, decode_payload
from grader.observations.messages import Answer, FromChild, Outcome, Raised

# Seconds of CPU and bytes; a tenth of a second was asked for, twice that is for a busy machine.
MAX_DECODING_S = 0.2
MAX_DECODING_BYTES = 100 * 2**20

# --- types --------------------------------------------------------------------------------

_BOUNDED = (
    msgspec.inspect.StrType,
    msgspec.inspect.BytesType,
    msgspec.inspect.VarTupleType,
    msgspec.inspect.DictType,
)
_OF_ONE_SIZE = (
    msgspec.inspect.NoneType,
    msgspec.inspect.BoolType,
    msgspec.inspect.IntType,
    msgspec.inspect.FloatType,
    msgspec.inspect.EnumType,
    msgspec.inspect.LiteralType,
)
_MADE_OF_OTHERS = (
    msgspec.inspect.StructType,
    msgspec.inspect.UnionType,
    msgspec.inspect.TupleType,
)


def unbounded(kind: Any, where: str, seen: set[type]) -> Iterator[str]:  # noqa: ANN401 - any type
    """List the places inside of a type that have no maximal length."""
    if isinstance(kind, _BOUNDED):
        if kind.max_length is None:
            yield where
    elif not isinstance(kind, (*_OF_ONE_SIZE, *_MADE_OF_OTHERS)):
        yield f"{where}: {type(kind).__name__}"
    for part, place in _parts(kind, where, seen):
        yield from unbounded(part, place, seen)


def _parts(kind: Any, where: str, seen: set[type]) -> list[tuple[Any, str]]:  # noqa: ANN401
    match kind:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            is_new = cls not in seen
            seen.add(cls)
            return [(one.type, f"{cls.__name__}.{one.name}") for one in fields if is_new]
        case msgspec.inspect.UnionType(types=types) | msgspec.inspect.TupleType(item_types=types):
            return [(one, where) for one in types]
        case msgspec.inspect.VarTupleType(item_type=item):
            return [(item, where)]
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return [(key, where), (value, where)]
        case _:
            return []


def test_nothing_that_a_child_sends_is_unbounded() -> None:
    """Every text, list, dict and byte string in a message from a child has a maximal length."""
    seen: set[type] = set()

    found = list(unbounded(msgspec.inspect.type_info(FromChild), "", seen))

    assert found == []
    assert {Answer, Raised} < seen


class _Forgetful(msgspec.Struct):
    text: str
    inner: dict[bounds.Name, tuple[int, ...]]
    anything: Any


def test_field_without_a_maximal_length_is_found() -> None:
    """The test above finds a forgotten length, at any depth."""
    found = list(unbounded(msgspec.inspect.type_info(_Forgetful), "", set()))

    names = [place.partition(":")[0].rpartition(".")[2] for place in found]
    assert names == ["text", "inner", "inner", "anything"]


# --- lengths ------------------------------------------------------------------------------

_ANSWER = {"type": "answer", "token": b"", "outcome": "returned"}
_NOTHING = {"type": "none"}
_POINTS = {"type": "array", "dtype": "float64", "shape": [0, 2], "data": b""}
_ARTIST = {"type": "artist", "points": _POINTS, "is_joined": True, "has_markers": True}
_CALL = {"name": "", "on": "", "is_grad_enabled": True}


def with_steps(*steps: object) -> bytes:
    """Return the payload of an answer with these steps."""
    return msgspec.msgpack.encode({**_ANSWER, "steps": steps})


def returning(value: object, **more: object) -> bytes:
    """Return the payload of an answer with one step that returned this."""
    return with_steps({"returned": value, "inputs": {}, **more})


def items(values: list[object], kind: str = "list") -> dict[str, object]:
    """Return a list of values as it is sent."""
    return {"type": "items", "kind": kind, "items": values}


def drawing(points: int) -> dict[str, object]:
    """Return an artist with this many points as it is sent."""
    return {**_ARTIST, "points": {**_POINTS, "shape": [points, 2], "data": bytes(16 * points)}}


def loaded(**fields: object) -> bytes:
    """Return the payload that says how loading went."""
    return msgspec.msgpack.encode({"type": "loaded", **fields})


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (lambda n: returning({"type": "opaque", "type_name": "a" * n}), bounds.MAX_NAME),
        (
            lambda n: returning({"type": "opaque", "type_name": "a", "reason": "a" * n}),
            bounds.MAX_TEXT,
        ),
        (lambda n: returning({"type": "text", "text": "a" * n}), bounds.MAX_TEXT),
        (lambda n: returning(items([], "a" * n)), bounds.MAX_NAME),
        (lambda n: returning(items([_NOTHING] * n)), bounds.MAX_ITEMS),
        (
            lambda n: returning({"type": "mapping", "entries": [(_NOTHING, _NOTHING)] * n}),
            bounds.MAX_ITEMS,
        ),
        (lambda n: returning({"type": "axes", "artists": [_ARTIST] * n}), bounds.MAX_ARTISTS),
        (
            lambda n: returning({"type": "animation", "frame_count": 1, "frames": [[_ARTIST] * n]}),
            bounds.MAX_ARTISTS,
        ),
        (
            lambda n: returning({"type": "animation", "frame_count": 1, "frames": [[]] * n}),
            bounds.MAX_DRAWINGS,
        ),
        (lambda n: returning({"type": "axes", "artists": [drawing(n)]}), bounds.MAX_POINTS),
        (lambda n: returning(_NOTHING, torch_calls=[_CALL] * n), bounds.MAX_TORCH_CALLS),
        (
            lambda n: returning(_NOTHING, torch_calls=[{**_CALL, "name": "a" * n}]),
            bounds.MAX_NAME,
        ),
        (
            lambda n: returning(_NOTHING, gradients={str(i): _NOTHING for i in range(n)}),
            bounds.MAX_NAMES,
        ),
        (lambda n: returning(_NOTHING, gradients={"a" * n: _NOTHING}), bounds.MAX_NAME),
        (lambda n: with_steps(*[{"returned": _NOTHING, "inputs": {}}] * n), bounds.MAX_STEPS),
        (lambda n: loaded(notes=[{"block": ""}] * n), bounds.MAX_NOTES),
        (lambda n: loaded(notes=[{"block": "", "text": "a" * n}]), bounds.MAX_TEXT),
        (lambda n: loaded(syntax_error={"type_name": "a" * n, "text": ""}), bounds.MAX_NAME),
        (lambda n: loaded(syntax_error={"type_name": "", "text": "a" * n}), bounds.MAX_TEXT),
        (
            lambda n: loaded(syntax_error={"type_name": "", "text": "", "code": "a" * n}),
            bounds.MAX_TEXT,
        ),
        (
            lambda n: loaded(syntax_error={"type_name": "", "text": "", "function": "a" * n}),
            bounds.MAX_NAME,
        ),
    ],
    ids=[
        "type name",
        "reason",
        "text",
        "kind of items",
        "items",
        "entries",
        "artists",
        "artists of a drawing",
        "drawings",
        "points",
        "torch calls",
        "name of a torch call",
        "gradients",
        "name of a gradient",
        "steps",
        "notes",
        "note",
        "type name of an error",
        "text of an error",
        "code",
        "function",
    ],
)
def test_length_is_checked_when_a_message_is_decoded(
    make: Any,  # noqa: ANN401 - a column
    limit: int,
) -> None:
    """What is as long as it may be arrives; what is longer is refused."""
    decode_payload(make(limit), FromChild)

    with pytest.raises(FrameError):
        decode_payload(make(limit + 1), FromChild)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "number", "value": 1, "kind": "complex"},
        {"type": "array", "dtype": "bool", "shape": [], "data": b"1", "kind": "matrix"},
        {"type": "number", "value": 2**64 - 1, "kind": "int" * 100},
    ],
    ids=["number", "array", "long name"],
)
def test_kind_is_one_that_we_know(value: object) -> None:
    """A number or an array of a kind that we don't know is refused."""
    with pytest.raises(FrameError):
        decode_payload(returning(value), FromChild)


def test_refusal_does_not_quote_at_length() -> None:
    """The error of a refused message is short, whatever the message says."""
    payload = msgspec.msgpack.encode({**_ANSWER, "outcome": "x" * 1_000_000})

    with pytest.raises(FrameError) as caught:
        decode_payload(payload, FromChild)

    assert len(str(caught.value)) < 300
    assert caught.value.__cause__ is None


# --- costs --------------------------------------------------------------------------------


def many(node: object, parts: int) -> bytes:
    """Return the payload of an answer with as many equal values as there may be parts."""
    left = (bounds.MAX_PARTS - 100) // (parts + 1)
    lists: list[object] = []
    while left > 0:
        lists.append(items([node] * min(left, bounds.MAX_ITEMS)))
        left -= bounds.MAX_ITEMS
    return returning(items(lists))


def flood(node: object) -> bytes:
    """Return an answer of the largest size that holds nothing but equal values."""
    one = msgspec.msgpack.encode(node)
    count = (MAX_ANSWER_BYTES - 1_000) // len(one)
    inside = b"\xdd" + count.to_bytes(4, "big") + one * count
    return returning(items(["HERE"])).replace(b"\x91" + msgspec.msgpack.encode("HERE"), inside)


def with_tags_last(levels: int) -> bytes:
    """Return nested lists whose tags come last, around something long."""
    inner = b"\xdd" + (2**18).to_bytes(4, "big") + b"\xc0" * 2**18
    start = b"\x83" + b"".join(map(msgspec.msgpack.encode, ("kind", "", "items"))) + b"\x91"
    end = msgspec.msgpack.encode("type") + msgspec.msgpack.encode("items")
    value = start * levels + inner + end * levels
    return returning("HERE").replace(msgspec.msgpack.encode("HERE"), value)


_SMALL: dict[str, tuple[object, int]] = {
    "none": (_NOTHING, 2),
    "number": ({"type": "number", "value": 1}, 4),
    "text": ({"type": "text", "text": "a" * 140}, 4),
    "items": (items([]), 6),
    "mapping": ({"type": "mapping", "entries": []}, 4),
    "entries": ({"type": "mapping", "entries": [(_NOTHING, _NOTHING)] * 100}, 704),
    "array": ({"type": "array", "dtype": "bool", "shape": [0], "data": b""}, 9),
    "array of many dimensions": (
        {"type": "array", "dtype": "bool", "shape": [1] * 16, "data": b"1"},
        24,
    ),
    "axes": ({"type": "axes", "artists": [_ARTIST] * 100}, 1_910),
    "animation": ({"type": "animation", "frame_count": 1, "frames": [[]] * 1_000}, 1_006),
    "opaque": ({"type": "opaque", "type_name": "a" * 140}, 4),
}
_STATES = {str(i): {"value": _NOTHING} for i in range(bounds.MAX_NAMES)}
_LONG = "a" * bounds.MAX_TEXT
_NOTE = {"block": "", "text": _LONG, "raised": {"type_name": "", "text": _LONG}}
_COSTLY: dict[str, Callable[[], bytes]] = {
    **{f"many: {name}": functools.partial(many, *one) for name, one in _SMALL.items()},
    **{f"flood: {name}": functools.partial(flood, one) for name, (one, _) in _SMALL.items()},
    "states": lambda: with_steps(*[{"returned": _NOTHING, "inputs": _STATES}] * 40),
    "torch calls": lambda: with_steps(
        *[{"returned": _NOTHING, "inputs": {}, "torch_calls": [_CALL] * bounds.MAX_TORCH_CALLS}]
        * 17
    ),
    "flood of nil": lambda: flood(None),
    "flood of empty lists": lambda: flood([]),
    "flood of texts": lambda: flood("a"),
    "equal keys": lambda: (
        b"\xdf"
        + (100_000).to_bytes(4, "big")
        + msgspec.msgpack.encode("type")
        + msgspec.msgpack.encode("answer")
        + (msgspec.msgpack.encode("token") + msgspec.msgpack.encode(b"")) * 99_999
    ),
    "tags that come last": lambda: with_tags_last(13),
    "many tags that come last": lambda: with_tags_last(400),
    "notes": lambda: loaded(notes=[_NOTE] * bounds.MAX_NOTES),
    "largest array": lambda: returning(
        {"type": "array", "dtype": "float64", "shape": [1_000_000], "data": bytes(8_000_000)}
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _COSTLY)
def test_worst_message_is_decoded_or_refused_cheaply(name: str) -> None:
    """No message of up to 8 MiB costs much time or memory, whether it is accepted or refused."""
    payload = _COSTLY[name]()
    assert len(payload) <= MAX_ANSWER_BYTES

    used_s = least_cpu_s(lambda: _decode(payload))
    tracemalloc.start()
    _decode(payload)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used_s < MAX_DECODING_S
    assert peak_bytes < MAX_DECODING_BYTES


def _decode(payload: bytes) -> Any:  # noqa: ANN401 - a message
    try:
        return decode_payload(payload, FromChild)
    except FrameError:
        return None


@pytest.mark.parametrize("name", [name for name in _COSTLY if name.startswith("many: ")])
def test_costly_messages_are_accepted(name: str) -> None:
    """The messages that are measured above are as large as can be, but not refused."""
    answer = _decode(_COSTLY[name]())

    assert answer.outcome is Outcome.RETURNED
