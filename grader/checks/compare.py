"""Compares observations with what they should be: shape, then finiteness, then values.

Comparisons are written so that NaN fails.
"""

from collections.abc import Sequence

import numpy as np

from grader.checks.inputs import show_array
from grader.checks.verdict import WrongError
from grader.observations.values import AnyValue, Array, Items, Nothing, Number, Opaque

RTOL = 1e-4
# float32 carries 7 digits: sums over the data may differ by this much of their size.
ATOL_OF_SCALE = 1e-5

_KIND_NAMES = {Nothing: "None", Number: "a number"}


def name_kind(value: AnyValue) -> str:
    """Say what kind of thing a value is, as a student would call it."""
    match value:
        case Array(kind=kind, shape=shape):
            return f"a {kind} of shape {shape}"
        case Items(kind=kind, items=items):
            return f"a {kind} of {len(items)}"
        case Opaque(type_name=name, reason=reason):
            article = "an" if name[:1] in "aeiouAEIOU" else "a"
            return f"{article} {name}" + (f" ({reason})" if reason else "")
        case _:
            return _KIND_NAMES.get(type(value), f"a {type(value).__name__.lower()}")


def _hint_of(value: AnyValue) -> str:
    if isinstance(value, Nothing):
        return "Does every path through the function end in a return?"
    return ""


def to_array(value: AnyValue, what: str) -> "np.ndarray":
    """Read a tensor, an array or a number as float64.

    Raises:
        WrongError: it is none of these, or not of real numbers.
    """
    if isinstance(value, Number):
        return np.array(value.value, dtype=np.float64)
    if isinstance(value, Array):
        array = value.to_numpy()
        if not np.iscomplexobj(array):
            return array.astype(np.float64)
    message = f"{what} is {name_kind(value)}, not a tensor of real numbers"
    raise WrongError(message, got=name_kind(value), hint=_hint_of(value))


def to_sequence(value: AnyValue, what: str) -> "np.ndarray":
    """Read a list or tuple of scalars, or a 1-d tensor, as float64, (k,).

    Raises:
        WrongError: it is something else.
    """
    if isinstance(value, Items) and not value.is_cut:
        scalars = [to_array(item, f"{what}[{index}]") for index, item in enumerate(value.items)]
        for index, scalar in enumerate(scalars):
            if scalar.size != 1:
                raise WrongError(
                    f"{what}[{index}] has shape {scalar.shape}, but should be one number"
                )
        return np.array([scalar.item() for scalar in scalars], dtype=np.float64)
    if isinstance(value, Array) and len(value.shape) == 1:
        return to_array(value, what)
    raise WrongError(f"{what} is {name_kind(value)}, not a list of numbers", got=name_kind(value))


def to_parts(value: AnyValue, names: Sequence[str], what: str) -> dict[str, "np.ndarray"]:
    """Read a tuple or list of tensors and numbers, each as float64.

    Args:
        value: What was returned.
        names: What each part is called, in order.
        what: What it is, for the message.

    Raises:
        WrongError: it is something else, or has more or fewer parts.
    """
    if not isinstance(value, Items) or value.is_cut or len(value.items) != len(names):
        message = f"{what} is {name_kind(value)}, not a tuple of {', '.join(names)}"
        raise WrongError(message, got=name_kind(value), hint=_hint_of(value))
    return {name: to_array(item, name) for name, item in zip(names, value.items, strict=True)}


def expect_shape(got: "np.ndarray", shape: tuple[int, ...], what: str) -> None:
    """Require a shape.

    Raises:
        WrongError: it is another one.
    """
    if got.shape != shape:
        raise WrongError(
            f"{what} has shape {got.shape}, but should have {shape}",
            got=f"shape {got.shape}",
            expected=f"shape {shape}",
        )


def expect_finite(got: "np.ndarray", what: str) -> None:
    """Require that no element is nan or infinite.

    Raises:
        WrongError: one is.
    """
    if not np.all(np.isfinite(got)):
        kind = "nan" if np.any(np.isnan(got)) else "inf"
        raise WrongError(f"{what} contains {kind}", got=show_array(got), expected="finite numbers")


def is_close(
    got: "np.ndarray", want: "np.ndarray", *, rtol: float = RTOL, scale: float | None = None
) -> bool:
    """Tell whether two arrays agree as well as float32 arithmetic in another order would.

    Args:
        got: One array.
        want: The other, of the same shape.
        rtol: Relative tolerance of each element.
        scale: Size of the numbers that were added up; by default the largest of ``want``, but
            not below 0.01, since an exact zero may well come out as 1e-8.
    """
    if got.shape != want.shape:
        return False
    size = float(np.max(np.abs(want), initial=0.01)) if scale is None else scale
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(got - want) <= rtol * np.abs(want) + ATOL_OF_SCALE * size))


def expect_close(
    got: "np.ndarray",
    want: "np.ndarray",
    what: str,
    *,
    rtol: float = RTOL,
    scale: float | None = None,
    calls: int = 0,
) -> None:
    """Require that an array has the right shape and values.

    Args:
        got: What came out.
        want: What should have.
        what: What it is, for the message.
        rtol: As for `is_close`.
        scale: As for `is_close`.
        calls: After how many calls it came out, where there were more.

    Raises:
        WrongError: it hasn't; the message says where it is furthest off.
    """
    expect_shape(got, want.shape, what)
    expect_finite(got, what)
    if is_close(got, want, rtol=rtol, scale=scale):
        return
    message = f"{what} is wrong"
    if want.ndim and want.size > 1:
        worst = np.unravel_index(np.argmax(np.abs(got - want)), want.shape)
        place = ", ".join(str(int(index)) for index in worst)
        message += f", most at [{place}]"
    raise WrongError(message, got=show_array(got), expected=show_array(want), calls=calls)
