"""Compares all parts of what a script returned, each by its own kind."""

from collections.abc import Iterator

from grader.checks.compare import RTOL, expect_close, name_kind
from grader.checks.inputs import show_number
from grader.checks.probe import Result
from grader.checks.verdict import WrongError
from grader.observations.values import AnyValue, Array, Items, Mapping, Number, Opaque, Text


def expect_all_close(
    got: Result, want: Result, *, rtol: float = RTOL, scale: float | None = None
) -> None:
    """Require that every part of what a script returned is right, in the order of its dict.

    Numbers, tensors and arrays may be written in any of these forms, and are compared as
    `expect_close` does; lists and dicts item by item; text, True, False and None exactly.

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
        case Items(items=items, is_cut=False), Items(items=others) if len(items) == len(others):
            for place, (one, other) in enumerate(zip(items, others, strict=True)):
                _expect(one, other, f"{what}[{place}]", rtol, scale)
        case Items(), Items():
            raise WrongError(
                f"{what} has {_count(got)}, but should have {_count(want)}",
                got=_count(got),
                expected=_count(want),
            )
        case Mapping(), Mapping():
            _expect_entries(got, want, what, rtol, scale)
        case _, Opaque():
            message = f"{what} is {name_kind(want)}, which can't be compared"
            raise TypeError(message)
        case _ if got != want:
            raise WrongError(f"{what} is wrong", got=_show(got), expected=_show(want))


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


def _count(value: Items) -> str:
    count = len(value.items)
    return f"{'more than ' if value.is_cut else ''}{count} item{'' if count == 1 else 's'}"


def _show(value: AnyValue) -> str:
    match value:
        case Number(value=number, kind="bool"):
            return str(bool(number))
        case Number(value=number, kind="int"):
            return str(int(number))
        case Number(value=number):
            return show_number(number)
        case Text(text=text):
            return repr(text)
        case _:
            return name_kind(value)
