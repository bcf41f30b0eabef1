"""Splits fingerprints into their structure, which must be equal, and numbers, which are compared.

`is_same` compares two fingerprints at a time. Of ten thousand, each with hundreds of answers, only
those with exactly the same structure can be the same. Their numbers lie in rows of one table then,
which numpy compares.

Structure is everything but finite numbers: kinds, keys, shapes, texts, exceptions, and where a
number is nan or infinite. The numbers are in the order in which the structure names them.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.checks.facts import Roughly
from grader.diagnosis.fingerprint import ANYTHING
from grader.observations.values import AnyValue

_VALUES = msgspec.msgpack.Decoder(AnyValue)

# Kinds of numbers: of an array, complex, and roughly equal ones.
REAL, COMPLEX, ROUGH = "a", "c", "r"
_ANYTHING = "any"


@dataclass(frozen=True, slots=True)
class Split:
    """A fingerprint, split.

    Attributes:
        structure: Everything but its finite numbers, packed; equal for equal structures.
        numbers: Its numbers, float64; 0 where the structure has a number that is not finite.
        within: How near the numbers of each `Roughly` have to be, in order.
    """

    structure: bytes
    numbers: "np.ndarray"
    within: tuple[float, ...]


def split(fingerprint: object) -> Split:
    """Split a fingerprint.

    Raises:
        TypeError: It contains something that can't be packed.
        OverflowError: It contains an integer that can't be packed.
    """
    numbers: list[np.ndarray] = []
    within: list[float] = []
    structure = msgspec.msgpack.encode(_split(fingerprint, numbers, within))
    joined = np.concatenate(numbers) if numbers else np.zeros(0)
    return Split(structure, joined, tuple(within))


def join(parts: Split) -> object:
    """Return the fingerprint that was split."""
    return _Joiner(parts).join(msgspec.msgpack.decode(parts.structure))


# Every container is a list that begins with its kind.
def _split(value: object, numbers: list["np.ndarray"], within: list[float]) -> object:
    match value:
        case None | bool() | str() | bytes():
            return value
        case float():
            return ["f", *_numbers(np.asarray(value, dtype=np.float64), numbers)[1:]]
        case np.generic():
            return ["scalar", value.dtype.str, value.tobytes()]
        case int():
            return value
        case np.ndarray():
            return [COMPLEX if np.iscomplexobj(value) else REAL, *_numbers(value, numbers)]
        case dict():
            entries = sorted(
                ((msgspec.msgpack.encode(_exact(key)), one) for key, one in value.items()),
                key=lambda entry: entry[0],
            )
            return ["d", *([key, _split(one, numbers, within)] for key, one in entries)]
        case list() | tuple():
            return ["l", *(_split(one, numbers, within) for one in value)]
        case Roughly():
            rough = np.asarray(value.values, dtype=np.float64)
            numbers.append(rough.ravel())
            within.append(float(value.within))
            return [ROUGH, list(rough.shape)]
        case _ if value is ANYTHING:
            return [_ANYTHING]
    return ["x", _exact(value)]


def _numbers(array: "np.ndarray", numbers: list["np.ndarray"]) -> tuple[list[int], bytes, bytes]:
    """Take the numbers of an array; return its shape, which are not finite, and what these are."""
    if array.dtype.kind not in "biufc":
        message = f"a fingerprint can't have an array of {array.dtype}"
        raise TypeError(message)
    is_finite = np.isfinite(array)
    odd, others = b"", b""
    kept = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    if not np.all(is_finite):
        odd = np.packbits(is_finite).tobytes()
        others = (kept[~is_finite] + 0.0).tobytes()
        if kept.dtype == np.float64:  # there are several bit patterns of nan
            others = np.where(np.isnan(kept), np.nan, kept)[~is_finite].tobytes()
        kept = np.where(is_finite, kept, 0)
    numbers.append(np.ascontiguousarray(kept).ravel().view(np.float64))
    return list(array.shape), odd, others


def _exact(value: object) -> object:
    """Pack a value that has to be equal to the last bit, such as a key."""
    match value:
        case None | bool() | str() | bytes() | int():
            return value
        case float():
            return ["f", np.float64(value).tobytes()]
        case tuple():
            return ["t", *map(_exact, value)]
        case frozenset():
            return ["s", *sorted(map(msgspec.msgpack.encode, map(_exact, value)))]
        case msgspec.Struct():
            return ["v", msgspec.msgpack.encode(value)]
    message = f"a fingerprint can't have a {type(value).__name__}"
    raise TypeError(message)


class _Joiner:
    """Puts the numbers of a split fingerprint back into its structure."""

    def __init__(self, parts: Split) -> None:
        self._numbers = parts.numbers
        self._place = 0
        self._within = iter(parts.within)

    def join(self, node: object) -> object:
        if not isinstance(node, list):
            return node
        kind, *rest = node
        match kind:
            case "f":
                return float(self._array(np.float64, [], *rest))
            case "scalar":
                return np.frombuffer(rest[1], dtype=rest[0])[0]
            case "a":
                return self._array(np.float64, *rest)
            case "c":
                return self._array(np.complex128, *rest)
            case "d":
                return {_inexact(msgspec.msgpack.decode(key)): self.join(one) for key, one in rest}
            case "l":
                return [self.join(one) for one in rest]
            case "r":
                return Roughly(self._take(np.float64, rest[0]), within=next(self._within))
            case "any":
                return ANYTHING
        return _inexact(rest[0])

    def _take(self, dtype: type, shape: Sequence[int]) -> "np.ndarray":
        count = int(np.prod(shape, dtype=np.int64)) * (2 if dtype is np.complex128 else 1)
        part = self._numbers[self._place : self._place + count]
        self._place += count
        return np.ascontiguousarray(part).view(dtype).reshape(shape)

    def _array(self, dtype: type, shape: Sequence[int], odd: bytes, others: bytes) -> "np.ndarray":
        array = self._take(dtype, shape)
        if odd:
            bits = np.unpackbits(np.frombuffer(odd, dtype=np.uint8), count=array.size)
            array = array.copy()
            array[~bits.astype(bool).reshape(shape)] = np.frombuffer(others, dtype=dtype)
        return array


def _inexact(node: object) -> object:
    if not isinstance(node, list):
        return node
    kind, *rest = node
    match kind:
        case "f":
            return float(np.frombuffer(rest[0])[0])
        case "t":
            return tuple(map(_inexact, rest))
        case "s":
            return frozenset(_inexact(msgspec.msgpack.decode(one)) for one in rest)
    return _VALUES.decode(rest[0])


@dataclass(frozen=True, slots=True)
class Segment:
    """Numbers that are compared together: where they begin, how many, and of which kind."""

    start: int
    count: int
    kind: str

    @property
    def places(self) -> range:
        """The places of the numbers."""
        return range(self.start, self.start + self.count)

    @property
    def slice(self) -> slice:
        """The place of the numbers."""
        return slice(self.start, self.start + self.count)


def segments(structure: bytes) -> list[Segment]:
    """List the parts of the numbers that belong to a structure, in order."""
    found: list[Segment] = []
    start = 0

    def visit(node: object) -> None:
        nonlocal start
        if not isinstance(node, list):
            return
        kind, *rest = node
        if kind in ("f", REAL, COMPLEX, ROUGH):
            count = 1 if kind == "f" else int(np.prod(rest[0], dtype=np.int64))
            count *= 2 if kind == COMPLEX else 1
            found.append(Segment(start, count, REAL if kind == "f" else str(kind)))
            start += count
        elif kind == "d":
            for _, one in rest:
                visit(one)
        elif kind == "l":
            for one in rest:
                visit(one)

    visit(msgspec.msgpack.decode(structure))
    return found


def may_match(one: object, other: object) -> bool:
    """Return whether two structures are equal but for what may be anything."""
    if one == other or [_ANYTHING] in (one, other):
        return True
    if not isinstance(one, list) or not isinstance(other, list):
        return False
    if len(one) != len(other) or one[:1] != other[:1]:
        return False
    if one[0] == "l":
        return all(map(may_match, one[1:], other[1:]))
    if one[0] == "d":
        pairs = zip(one[1:], other[1:], strict=True)
        return all(a[0] == b[0] and may_match(a[1], b[1]) for a, b in pairs)
    return False


@functools.lru_cache(maxsize=4096)
def has_anything(structure: bytes) -> bool:
    """Return whether a part of a structure may be anything."""

    def visit(node: object) -> bool:
        if not isinstance(node, list):
            return False
        if node[:1] == [_ANYTHING]:
            return True
        if node[:1] == ["d"]:
            return any(visit(one) for _, one in node[1:])
        return node[:1] == ["l"] and any(map(visit, node[1:]))

    return visit(msgspec.msgpack.decode(structure))
