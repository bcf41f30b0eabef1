"""Values as plain data: what a student's object is reduced to before it travels.

No object of the student's ever leaves the sandbox. A tensor is its dtype, its
shape and its bytes, and the three are checked to agree before numpy sees them.
"""

import math

import msgspec
import numpy as np

MAX_ARRAY_ELEMENTS = 2_000_000
MAX_DIMENSIONS = 16

# How the elements of a torch or numpy dtype travel. bfloat16 has no numpy type:
# it travels widened to float32, which is exact.
WIRE_DTYPES: dict[str, str] = {
    "float16": "<f2",
    "bfloat16": "<f4",
    "float32": "<f4",
    "float64": "<f8",
    "complex64": "<c8",
    "complex128": "<c16",
    "int8": "|i1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
    "uint8": "|u1",
    "uint16": "<u2",
    "uint32": "<u4",
    "uint64": "<u8",
    "bool": "|b1",
}


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common base of everything a call can take or give."""


class Nothing(Value, frozen=True, kw_only=True, tag="none"):
    """Python's None."""


class Number(Value, frozen=True, kw_only=True, tag="number"):
    """A Python int, float or bool; ``kind`` names which."""

    value: float
    kind: str = "float"


class Text(Value, frozen=True, kw_only=True, tag="text"):
    """A str, cut to a bounded length."""

    text: str


class Array(Value, frozen=True, kw_only=True, tag="array"):
    """A tensor or numpy array: dtype name, shape and the elements in C order.

    ``kind`` is ``tensor`` or ``ndarray``. The three flags are a tensor's own,
    and false for an ndarray.
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes
    kind: str = "tensor"
    requires_grad: bool = False
    is_leaf: bool = True
    has_grad_fn: bool = False

    def __post_init__(self) -> None:
        """Check that dtype, shape and bytes agree, also when decoded from a frame.

        Raises:
            ValueError: they don't; inside a frame it becomes a ``FrameError``.
        """
        wire = WIRE_DTYPES.get(self.dtype)
        sizes = self.shape or (1,)
        if (
            wire is None
            or len(sizes) > MAX_DIMENSIONS
            or min(sizes) < 0
            or math.prod(size or 1 for size in sizes) > MAX_ARRAY_ELEMENTS  # no zero hides others
        ):
            message = f"no such array: {self.dtype[:40]} of {len(self.shape)} dimensions"
            raise ValueError(message)
        count = math.prod(self.shape)
        if count > MAX_ARRAY_ELEMENTS or count * np.dtype(wire).itemsize != len(self.data):
            message = f"{len(self.data)} bytes are no array of {self.dtype} {self.shape}"
            raise ValueError(message)

    def to_numpy(self) -> "np.ndarray":
        """Copy the elements into a numpy array of ``shape``."""
        return np.frombuffer(self.data, dtype=WIRE_DTYPES[self.dtype]).reshape(self.shape).copy()

    @classmethod
    def from_numpy(cls, array: "np.ndarray", *, requires_grad: bool = False) -> "Array":
        """Wrap a numpy array whose dtype has a wire form, as the tensor to be made of it."""
        return cls(
            dtype=array.dtype.name,
            shape=array.shape,
            data=np.ascontiguousarray(array, dtype=WIRE_DTYPES[array.dtype.name]).tobytes(),
            requires_grad=requires_grad,
        )


class Items(Value, frozen=True, kw_only=True, tag="items"):
    """A list, tuple or set, or what was drawn from an iterable.

    ``is_cut`` says that there was more than the cap allowed.
    """

    kind: str
    items: tuple["AnyValue", ...]
    is_cut: bool = False


class Mapping(Value, frozen=True, kw_only=True, tag="mapping"):
    """A dict as pairs, in its own order."""

    entries: tuple[tuple["AnyValue", "AnyValue"], ...]
    is_cut: bool = False


class Artist(Value, frozen=True, kw_only=True, tag="artist"):
    """One thing drawn in data coordinates: its points and how they are shown.

    ``points`` is (k, 2) float64. ``is_joined`` says that a line runs through
    them, ``has_markers`` that each one is marked.
    """

    points: Array
    is_joined: bool
    has_markers: bool

    def __post_init__(self) -> None:
        """Check that the points are what they should be, also when decoded from a frame.

        Raises:
            ValueError: they aren't; inside a frame it becomes a ``FrameError``.
        """
        if self.points.dtype != "float64" or self.points.shape[1:] != (2,):
            message = f"points of {self.points.dtype} {self.points.shape}"
            raise ValueError(message)


class Axes(Value, frozen=True, kw_only=True, tag="axes"):
    """A matplotlib Axes, as the visible lines and point sets on it."""

    artists: tuple[Artist, ...]


class Animation(Value, frozen=True, kw_only=True, tag="animation"):
    """A FuncAnimation: how many frames it has, and what was drawn after each one tried.

    ``frame_count`` is capped; ``frames`` holds one drawing for each frame function
    call that was made, over all the axes of the figure.
    """

    frame_count: int
    frames: tuple[tuple[Artist, ...], ...]


class Opaque(Value, frozen=True, kw_only=True, tag="opaque"):
    """Anything else: only the name of its type, and why it was not taken apart."""

    type_name: str
    reason: str = ""


AnyValue = Nothing | Number | Text | Array | Items | Mapping | Axes | Animation | Opaque
