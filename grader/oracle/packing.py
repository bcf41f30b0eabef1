"""Packs fingerprints into bytes: structure and numbers that are not finite exactly, others rounded.

Finite numbers keep 24 bits, as float32 has them. Fingerprints are compared with tolerances that are
ten thousand times as large, so what is unpacked is the same as what was packed.
"""

import msgspec
import numpy as np

from grader.checks.facts import Roughly
from grader.diagnosis.fingerprint import ANYTHING
from grader.observations.values import AnyValue

# Numbers that float32 can hold with all of its bits.
_SMALLEST, _LARGEST = 1e-37, 1e38

_VALUES = msgspec.msgpack.Decoder(AnyValue)


def pack(fingerprint: object) -> bytes:
    """Pack a fingerprint.

    Raises:
        TypeError: It contains something that can't be packed.
    """
    return msgspec.msgpack.encode(_pack(fingerprint))


def unpack(packed: bytes) -> object:
    """Return the fingerprint that was packed.

    Raises:
        ValueError: It isn't one.
    """
    return _unpack(msgspec.msgpack.decode(packed))


# Each container and each value that MessagePack doesn't have is a list that begins with its kind.
def _pack(value: object) -> object:  # noqa: C901 - one kind of value after another
    match value:
        case np.generic() if not isinstance(value, np.flexible):
            return ["scalar", value.dtype.str, value.tobytes()]
        case None | bool() | str() | bytes() if not isinstance(value, np.generic):
            return value
        case int() | float():
            return value
        case np.ndarray():
            return ["array", *_pack_array(value)]
        case dict():
            return ["dict", *([_pack(key), _pack(one)] for key, one in value.items())]
        case list():
            return ["list", *map(_pack, value)]
        case tuple():
            return ["tuple", *map(_pack, value)]
        case frozenset():
            return ["set", *map(_pack, value)]
        case Roughly(values=values, within=within):
            exact = np.asarray(values, dtype=np.float64)  # it says itself how near is near
            return ["roughly", exact.dtype.str, list(exact.shape), exact.tobytes(), float(within)]
        case _ if isinstance(value, AnyValue):
            return ["value", msgspec.msgpack.encode(value)]
        case _ if value is ANYTHING:
            return ["anything"]
    message = f"a fingerprint can't have a {type(value).__name__}"
    raise TypeError(message)


def fits_float32(array: "np.ndarray") -> bool:
    """Return whether float32 can hold all finite numbers of an array with all of its bits."""
    size = np.abs(array[np.isfinite(array)])
    return bool(np.all((size == 0) | ((size > _SMALLEST) & (size < _LARGEST))))


def _pack_array(array: "np.ndarray") -> tuple[str, list[int], bytes]:
    if array.dtype.kind not in "biufc":
        message = f"a fingerprint can't have an array of {array.dtype}"
        raise TypeError(message)
    if array.dtype == np.float64 and fits_float32(array):
        array = array.astype(np.float32)
    return array.dtype.str, list(array.shape), np.ascontiguousarray(array).tobytes()


def _unpack(packed: object) -> object:  # noqa: C901 - as above
    if not isinstance(packed, list):
        return packed
    kind, *parts = packed
    match kind:
        case "scalar":
            return np.frombuffer(parts[1], dtype=parts[0])[0]
        case "array":
            return _unpack_array(*parts)
        case "dict":
            return {_unpack(key): _unpack(one) for key, one in parts}
        case "list":
            return list(map(_unpack, parts))
        case "tuple":
            return tuple(map(_unpack, parts))
        case "set":
            return frozenset(map(_unpack, parts))
        case "roughly":
            return Roughly(_unpack_array(*parts[:3]), within=parts[3])
        case "value":
            return _VALUES.decode(parts[0])
        case "anything":
            return ANYTHING
    message = f"a fingerprint has no part of the kind {kind!r}"
    raise ValueError(message)


def _unpack_array(dtype: str, shape: list[int], data: bytes) -> "np.ndarray":
    array = np.frombuffer(data, dtype=dtype).reshape(shape)
    return array.astype(np.float64) if array.dtype == np.float32 else array
