"""Compares answers with the right ones: first the shape, then finiteness, then values.

Comparisons are written so that NaN fails.
"""

import math
from collections.abc import Sequence

import numpy as np

from grader.checks.inputs import show_array, show_pair
from grader.checks.verdict import WrongError
from grader.observations.values import (
    TOO_LARGE,
    AnyValue,
    Array,
    Items,
    Nothing,
    Number,
    Opaque,
    Text,
    Value,
)
from grader.report.shorten import MAX_NAME, MAX_REASON, shorten

RTOL = 1e-4
# float32 has 7 digits: sums over the data may differ by this fraction of their size.
ATOL_OF_SCALE = 1e-5

# The hint of a check of derivatives, where what is to be differentiated is wrong already.
VALUES_ARE_WRONG = "The values are already wrong, so mend those first."

_KIND_NAMES = {Nothing: "None", Number: "a number", Text: "a string"}


def name_kind(value: AnyValue) -> str:
    """Return what a student would call a value, with its article: ``a tensor of shape (2,)``."""
    match value:
        case Array(kind=kind, shape=shape):
            return f"{_with_article(kind)} of shape {shape}"
        case Items(kind=kind, items=items):
            plural = "" if len(items) == 1 else "s"
            return f"{_with_article(shorten(kind, MAX_NAME))} of {len(items)} item{plural}"
        case Opaque(type_name=name, reason=reason):
            shown = f" ({shorten(reason, MAX_REASON)})" if reason else ""
            return _with_article(shorten(name, MAX_NAME)) + shown
        case _:
            return _KIND_NAMES.get(type(value)) or _with_article(type(value).__name__.lower())


def _with_article(noun: str) -> str:
    # "ndarray" is read letter by letter.
    return f"an {noun}" if noun[:1] in "aeiouAEIOU" or noun == "ndarray" else f"a {noun}"


def _hint_of(value: AnyValue, what: str) -> str:
    # The .grad of a leaf is nothing that a function returns.
    if isinstance(value, Nothing) and not what.endswith("grad"):
        return "Does every path through the function end in a return?"
    return ""


def to_array(value: AnyValue, what: str) -> "np.ndarray":
    """Convert a tensor, an array or a number to a float64 array of the same shape.

    Args:
        value: What was returned.
        what: What to call it in a message.

    Raises:
        WrongError: The value is something else, or its numbers are complex.
    """
    if isinstance(value, Number):
        return np.array(value.value, dtype=np.float64)
    if isinstance(value, Array):
        array = value.to_numpy()
        if array.dtype.kind != "c":
            with np.errstate(all="ignore"):  # of a nan that is to be signalled
                return array.astype(np.float64)
    if isinstance(value, Opaque) and value.reason.endswith(TOO_LARGE):
        raise WrongError(f"{what} is {name_kind(value)}", got=name_kind(value))
    message = f"{what} is {name_kind(value)}, not a tensor of real numbers"
    raise WrongError(message, got=name_kind(value), hint=_hint_of(value, what))


def to_sequence(value: AnyValue, what: str) -> "np.ndarray":
    """Convert a list or tuple of scalars, or a 1-d tensor, to a float64 array of shape (k,).

    Args:
        value: What was returned.
        what: What to call it in a message.

    Raises:
        WrongError: The value is something else.
    """
    if isinstance(value, Items) and not value.is_cut:
        scalars = [_to_scalar(item, f"{what}[{index}]") for index, item in enumerate(value.items)]
        return np.array(scalars, dtype=np.float64)
    if isinstance(value, Array) and len(value.shape) == 1:
        return to_array(value, what)
    raise WrongError(f"{what} is {name_kind(value)}, not a list of numbers", got=name_kind(value))


def _to_scalar(value: AnyValue, what: str) -> float:
    if isinstance(value, Number):
        return value.value
    # Before it is converted: a list may hold many large tensors.
    if isinstance(value, Array) and math.prod(value.shape) != 1:
        raise WrongError(f"{what} has shape {value.shape}, but should be a single number")
    return float(to_array(value, what).item())


def to_parts(value: AnyValue, names: Sequence[str], what: str) -> dict[str, "np.ndarray"]:
    """Convert each part of a tuple or list of tensors and numbers to a float64 array.

    Args:
        value: What was returned.
        names: What each part is called, in order.
        what: What it is, for the message.

    Raises:
        WrongError: The value is something else, or has more or fewer parts.
    """
    if not isinstance(value, Items) or value.is_cut or len(value.items) != len(names):
        message = f"{what} is {name_kind(value)}, not a tuple of {', '.join(names)}"
        raise WrongError(message, got=name_kind(value), hint=_hint_of(value, what))
    return {name: to_array(item, name) for name, item in zip(names, value.items, strict=True)}


def expect_shape(got: "np.ndarray", shape: tuple[int, ...], what: str) -> None:
    """Require a shape.

    Raises:
        WrongError: The shape is different.
    """
    if got.shape != shape:
        raise WrongError(
            f"{what} has shape {got.shape}, but should have {shape}",
            got=f"shape {got.shape}",
            expected=f"shape {shape}",
            value=got,
        )


def expect_finite(got: "np.ndarray", what: str, *, hint: str = "") -> None:
    """Require that every element is finite.

    Args:
        got: The student's array.
        what: What to call it in the message.
        hint: What to try if it is not; by default the check's own hint.

    Raises:
        WrongError: An element is nan or infinite.
    """
    if not np.isfinite(got).all():
        kind = "nan" if np.any(np.isnan(got)) else "inf"
        shown = show_array(got)
        is_single = np.ndim(got) == 0
        raise WrongError(
            f"{what} is {kind}" if is_single else f"{what} contains {kind}",
            got=shown,
            expected="a finite number" if is_single else "finite numbers",
            value=got,
            hint=hint,
        )


def is_close(
    got: "np.ndarray", want: "np.ndarray", *, rtol: float = RTOL, scale: float | None = None
) -> bool:
    """Return whether two arrays agree to within float32 arithmetic in another order.

    Args:
        got: One array.
        want: The other, of the same shape.
        rtol: Relative tolerance of each element.
        scale: Size of the numbers that were added up; by default the largest in ``want``, but
            at least 0.01, since an exact zero may come out as 1e-8.

    Returns:
        Whether ``|got - want| <= rtol * |want| + 1e-5 * scale`` for every element; never true for
        arrays of different shapes or with a nan.
    """
    if got.shape != want.shape:
        return False
    size = float(np.max(np.abs(want), initial=0.01)) if scale is None else scale
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(got - want) <= rtol * np.abs(want) + ATOL_OF_SCALE * size))


def expect_close(
    got: "np.ndarray | AnyValue",
    want: object,
    what: str,
    *,
    rtol: float = RTOL,
    scale: float | None = None,
    calls: int = 0,
    hint: str = "",
) -> None:
    """Require that an array has the right shape and values.

    Args:
        got: The student's array, or a part of what a script returned.
        want: The right one, in any of these forms, or as a number or nested lists of numbers. For
            a list of numbers, a tensor serves as well.
        what: What to call it in the message.
        rtol: As for `is_close`.
        scale: As for `is_close`.
        calls: After how many calls the array was observed, if more were made.
        hint: What to try if a value is wrong; by default the check's own hint.

    Raises:
        WrongError: The shape or a value is wrong; the message says where the error is largest.
    """
    source = None if isinstance(got, np.ndarray) else got
    try:
        is_list = isinstance(want, Items | list | tuple)
        numbers = _list_as_array(got, what) if is_list else _as_array(got, what)
        right = _list_as_array(want, what) if is_list else _as_array(want, what)
        _expect_close(numbers, right, what, rtol, scale, calls, hint)
    except WrongError as wrong:
        wrong.source = source
        raise


def _list_as_array(value: object, what: str) -> "np.ndarray":
    """Convert nested lists of numbers, or what serves as such, to a float64 array.

    Raises:
        WrongError: The value is something else, or its rows have different lengths.
    """
    if not isinstance(value, Items):
        return _as_array(value, what)
    if value.is_cut:
        raise WrongError(f"{what} has too many items")
    rows = [_list_as_array(one, f"{what}[{place}]") for place, one in enumerate(value.items)]
    if len({row.shape for row in rows}) > 1:
        raise WrongError(f"the items of {what} have different shapes")
    return np.stack(rows) if rows else np.empty(0)


def _as_array(value: object, what: str) -> "np.ndarray":
    if isinstance(value, Value):
        return to_array(value, what)  # type: ignore[arg-type]
    return np.asarray(value, dtype=np.float64) if not isinstance(value, np.ndarray) else value


def _expect_close(
    got: "np.ndarray",
    want: "np.ndarray",
    what: str,
    rtol: float,
    scale: float | None,
    calls: int,
    hint: str,
) -> None:
    expect_shape(got, want.shape, what)
    expect_finite(got, what, hint=hint)
    if is_close(got, want, rtol=rtol, scale=scale):
        return
    message = f"{what} is wrong"
    if want.ndim and want.size > 1:
        with np.errstate(all="ignore"):
            worst = np.unravel_index(np.argmax(np.abs(got - want)), want.shape)
        place = ", ".join(str(int(index)) for index in worst)
        message += f"; the largest error is at [{place}]"
    shown, expected = show_pair(got, want)
    raise WrongError(message, got=shown, expected=expected, calls=calls, value=got, hint=hint)
