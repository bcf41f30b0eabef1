"""Values as plain data: what a student's object is reduced to before it is sent.

No object of the student's ever leaves the sandbox. A tensor is sent as its dtype, shape and
bytes, and these are checked to agree before numpy sees them.
"""

import math
from typing import Annotated, Literal

import msgspec
import numpy as np

from grader.observations.bounds import (
    MAX_ARRAY_BYTES,
    MAX_ARRAY_ELEMENTS,
    MAX_ARTISTS,
    MAX_DIMENSIONS,
    MAX_DRAWINGS,
    MAX_ITEMS,
    MAX_POINTS,
    LongText,
    Name,
)

# The numpy dtype in which the elements of a torch or numpy dtype are sent. numpy has no bfloat16:
# it is widened to float32, which is exact.
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
_ITEM_BYTES = {name: np.dtype(wire).itemsize for name, wire in WIRE_DTYPES.items()}
# numpy puts a dtype's name together anew each time.
_NAMES = {np.dtype(name): name for name in WIRE_DTYPES if name != "bfloat16"}

NumberKind = Literal["int", "float", "bool"]
ArrayKind = Literal["tensor", "ndarray"]


class Value(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The base class of everything that a call can take or return.

    What has its default is not sent: batches are many small arrays, most of them with defaults.
    """


class Nothing(Value, frozen=True, kw_only=True, tag="none"):
    """Python's None."""


class Number(Value, frozen=True, kw_only=True, tag="number"):
    """A Python int, float or bool; ``kind`` is the name of its type."""

    value: float
    kind: NumberKind = "float"


class Text(Value, frozen=True, kw_only=True, tag="text"):
    """A str, cut off at a maximum length."""

    text: LongText


class Array(Value, frozen=True, kw_only=True, tag="array"):
    """A tensor or numpy array: dtype name, shape and the elements in C order.

    ``kind`` is ``tensor`` or ``ndarray``. ``requires_grad``, ``is_leaf`` and ``has_grad_fn`` are
    those of a tensor, and have their defaults for an ndarray.
    """

    dtype: Name
    shape: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_DIMENSIONS)]
    data: Annotated[bytes, msgspec.Meta(max_length=MAX_ARRAY_BYTES)]
    kind: ArrayKind = "tensor"
    requires_grad: bool = False
    is_leaf: bool = True
    has_grad_fn: bool = False

    def __post_init__(self) -> None:
        """Check that dtype, shape and bytes agree; this also runs when a frame is decoded.

        Raises:
            ValueError: they don't agree. Decoding a frame turns this into a ``FrameError``.
        """
        item_bytes = _ITEM_BYTES.get(self.dtype)
        if (
            item_bytes is None
            or len(self.shape) > MAX_DIMENSIONS
            or min(self.shape, default=0) < 0
            # Without its zeros, so that a zero can't hide an absurd size.
            or math.prod(filter(None, self.shape)) > MAX_ARRAY_ELEMENTS
        ):
            message = f"invalid array of {self.dtype[:40]} with {len(self.shape)} dimensions"
            raise ValueError(message)
        if math.prod(self.shape) * item_bytes != len(self.data):
            message = (
                f"invalid array: {len(self.data)} bytes for {self.dtype} of shape {self.shape}"
            )
            raise ValueError(message)

    def to_numpy(self) -> "np.ndarray":
        """Return a new numpy array of ``shape`` with the elements."""
        if self.dtype == "bool":
            # Any byte but 0 is true. numpy would compute with a byte that is neither 0 nor 1.
            flat: np.ndarray = np.frombuffer(self.data, dtype=np.uint8) != 0
        else:
            flat = np.frombuffer(self.data, dtype=WIRE_DTYPES[self.dtype]).copy()
        return flat.reshape(self.shape)

    @classmethod
    def from_numpy(
        cls, array: "np.ndarray", *, requires_grad: bool = False, kind: ArrayKind = "tensor"
    ) -> "Array":
        """Return the tensor or numpy array that has the elements of a numpy array.

        Args:
            array: Any array whose dtype is one of ``WIRE_DTYPES``.
            requires_grad: Whether the tensor requires grad.
            kind: Whether it is a tensor or a numpy array.
        """
        name = _NAMES.get(array.dtype) or array.dtype.name
        return cls(
            dtype=name,
            shape=array.shape,
            data=np.asarray(array, dtype=WIRE_DTYPES[name]).tobytes(),
            kind=kind,
            requires_grad=requires_grad,
        )


class Items(Value, frozen=True, kw_only=True, tag="items"):
    """A list, tuple or set, or the items taken from an iterable.

    ``kind`` is the name of its type. ``is_cut`` says that there were more items.
    """

    kind: Name
    items: Annotated[tuple["AnyValue", ...], msgspec.Meta(max_length=MAX_ITEMS)]
    is_cut: bool = False


class Mapping(Value, frozen=True, kw_only=True, tag="mapping"):
    """A dict as pairs in the dict's order. ``is_cut`` says that there were more."""

    entries: Annotated[
        tuple[tuple["AnyValue", "AnyValue"], ...], msgspec.Meta(max_length=MAX_ITEMS)
    ]
    is_cut: bool = False


class Artist(Value, frozen=True, kw_only=True, tag="artist"):
    """Something drawn in data coordinates: its points and how they are shown.

    ``points`` has shape (k, 2), k at most ``MAX_POINTS``, and dtype float64. ``is_joined`` says
    that a line joins the points, and ``has_markers`` that each has a marker.
    """

    points: Array
    is_joined: bool
    has_markers: bool

    def __post_init__(self) -> None:
        """Check dtype and shape of the points; this also runs when a frame is decoded.

        Raises:
            ValueError: they are wrong. Decoding a frame turns this into a ``FrameError``.
        """
        shape = self.points.shape
        if self.points.dtype != "float64" or shape[1:] != (2,) or shape[0] > MAX_POINTS:
            message = (
                "the points of an artist must be float64 of shape (k, 2), "
                f"not {self.points.dtype} of shape {self.points.shape}"
            )
            raise ValueError(message)


class Axes(Value, frozen=True, kw_only=True, tag="axes"):
    """A matplotlib Axes, reduced to the visible lines and point sets on it."""

    artists: Annotated[tuple[Artist, ...], msgspec.Meta(max_length=MAX_ARTISTS)]


class Animation(Value, frozen=True, kw_only=True, tag="animation"):
    """A FuncAnimation: how many frames it has, and what was drawn after each one played.

    ``frame_count`` has an upper bound. ``frames`` has one drawing for each frame that was played,
    with the artists of all axes of the figure.
    """

    frame_count: int
    frames: Annotated[
        tuple[Annotated[tuple[Artist, ...], msgspec.Meta(max_length=MAX_ARTISTS)], ...],
        msgspec.Meta(max_length=MAX_DRAWINGS),
    ]


class Opaque(Value, frozen=True, kw_only=True, tag="opaque"):
    """Anything else: only the name of its type, and why it was not described."""

    type_name: Name
    reason: LongText = ""


# How the reason ends if a value has more elements than are sent.
TOO_LARGE = "too large to be graded"

AnyValue = Nothing | Number | Text | Array | Items | Mapping | Axes | Animation | Opaque


# --- what can only be an input ---------------------------------------------------------------


class Leaf(Value, frozen=True, kw_only=True, tag="leaf"):
    """A leaf tensor with a gradient stored in its ``.grad``, of the same shape and dtype."""

    array: Array
    gradient: Array


class InputItems(Value, frozen=True, kw_only=True, tag="input_items"):
    """A list or tuple of inputs."""

    is_tuple: bool
    items: tuple["InputValue", ...]


class InputMapping(Value, frozen=True, kw_only=True, tag="input_mapping"):
    """A dict of inputs, in order."""

    entries: tuple[tuple["InputValue", "InputValue"], ...]


InputValue = Nothing | Number | Text | Array | Leaf | InputItems | InputMapping
