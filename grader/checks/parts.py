"""Compares all parts of what a script returned, each by its own kind."""

from collections.abc import Iterator

from grader.checks.compare import RTOL, expect_close, name_kind, to_sequence
from grader.checks.inputs import MAX_SHOWN_NUMBERS, show_number
from grader.checks.probe import Result
from grader.checks.verdict import WrongError
from grader.observations.values import AnyValue, Array, Items, Mapping, Number, Opaque, Text


def expect_all_close(
    got: Result, want: Result, *, rtol: float = RTOL, scale: float | None = None
) -> None:
    """Require that every part of what a script returned is right, in the order of its dict.

    Numbers, tensors and arrays may be written in any of these forms, and are compared as
    `expect_close` does. So may lists of numbers, for which a 1-d tensor serves as well. Other lists
    and dicts are compared item by item, and text, True, False and None exactly.

    Args:
        got: The student's answer to a script that returns a dict; its keys name the parts in
            messages.
        want: The reference's answer to the same script.
        rtol: As for `expect_close`.
        scale: As for `expect_close`.

    Raises:
        WrongError: A part is wrong.
    """
    for name, right in _named(want.returned()):
        source = got[name]
        try:
            _expect(source, right, name, rtol, scale)
        except WrongError as wrong:
            wrong.source = source  # the whole part: that is what the example prints
            raise


def _named(value: AnyValue) -> Iterator[tuple[str, AnyValue]]:
    if not isinstance(value, Mapping):
        message = "expect_all_close() needs a script that returns a dict with names of its parts"
        raise TypeError(message)
    for key, part in value.entries:
        if not isinstance(key, Text):
            message = "the names of the parts have to be text"
            raise TypeError(message)
        yield key.text, part


def _expect(got: AnyValue, want: AnyValue, what: str, rtol: float, scale: float | None) -> None:
    match got, want:
        case Number(), Number(kind="bool" | "int") if got.value == want.value:
            return
        case Number(), Number(kind="bool" | "int"):
            raise WrongError(f"{what} is wrong", got=_show(got), expected=_show(want))
        case _, Number() | Array():
            expect_close(got, want, what, rtol=rtol, scale=scale)
        case _, Items() if _are_numbers(want) and (isinstance(got, Array) or _are_numbers(got)):
            _expect_same_count(got, want, what)
            if _are_ints(got) and _are_ints(want):
                _expect_equal(_as_list(got), _as_list(want), what)
                return
            sequences = to_sequence(got, what), to_sequence(want, what)
            expect_close(*sequences, what, rtol=rtol, scale=scale)
        case Items(), Items():
            _expect_same_count(got, want, what)
            for place, (one, other) in enumerate(zip(got.items, want.items, strict=True)):
                _expect(one, other, f"{what}[{place}]", rtol, scale)
        case Mapping(), Mapping():
            _expect_entries(got, want, what, rtol, scale)
        case _:
            _expect_equal(got, want, what)


def _expect_equal(got: AnyValue, want: AnyValue, what: str) -> None:
    if isinstance(want, Opaque):
        message = f"{what} is {name_kind(want)}, which can't be compared"
        raise TypeError(message)
    if got != want:
        raise WrongError(f"{what} is wrong", got=_show(got), expected=_show(want))


def _expect_same_count(got: AnyValue, want: Items, what: str) -> None:
    if isinstance(got, Items) and (got.is_cut or len(got.items) != len(want.items)):
        raise WrongError(
            f"{what} has {_count(got)}, but should have {_count(want)}",
            got=_count(got),
            expected=_count(want),
        )


def _expect_entries(
    got: Mapping, want: Mapping, what: str, rtol: float, scale: float | None
) -> None:
    found = {_show(key): one for key, one in got.entries}
    for key, right in want.entries:
        name = _show(key)
        if name not in found:
            raise WrongError(f"{what} has no key {name}", got="no such key", expected=name)
        _expect(found.pop(name), right, f"{what}[{name}]", rtol, scale)
    if found:
        raise WrongError(f"{what} has a key too many: {min(found)}")


def _are_numbers(value: AnyValue) -> bool:
    """Return whether a value is a list of plain numbers, one at least."""
    return (
        isinstance(value, Items)
        and bool(value.items)
        and all(isinstance(one, Number) and one.kind != "bool" for one in value.items)
    )


def _are_ints(value: AnyValue) -> bool:
    return isinstance(value, Items) and all(
        isinstance(one, Number) and one.kind == "int" for one in value.items
    )


def _as_list(value: AnyValue) -> AnyValue:
    return Items(kind="list", items=value.items) if isinstance(value, Items) else value


def _count(value: Items) -> str:
    count = len(value.items)
    return f"{'more than ' if value.is_cut else ''}{count} item{'' if count == 1 else 's'}"


def _show(value: AnyValue) -> str:
    match value:
        case Number(value=number, kind="bool"):
            return str(bool(number))
        case Number(value=number, kind="int"):
            return str(int(number))
        case Items(items=items) if items and len(items) <= MAX_SHOWN_NUMBERS and _are_ints(value):
            return f"[{', '.join(map(_show, items))}]"
        case Number(value=number):
            return show_number(number)
        case Text(text=text):
            return repr(text)
        case _:
            return name_kind(value)
