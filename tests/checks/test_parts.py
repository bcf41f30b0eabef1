"""Comparing all parts of what a script returned, each by its own kind."""

import numpy as np
import pytest

from grader.checks.parts import expect_all_close
from grader.checks.probe import Result
from grader.checks.verdict import WrongError
from grader.observations.messages import Step
from grader.observations.values import (
    AnyValue,
    Array,
    Items,
    Mapping,
    Nothing,
    Number,
    Opaque,
    Text,
)


def _result(**parts: AnyValue) -> Result:
    entries = tuple((Text(text=name), value) for name, value in parts.items())
    return Result("f", (Step(returned=Mapping(entries=entries), inputs={}),))


def _int(value: int) -> Number:
    return Number(value=value, kind="int")


def _items(*values: AnyValue) -> Items:
    return Items(kind="list", items=values)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (Number(value=1.00001), Number(value=1)),
        (Number(value=1.0), _int(1)),
        (Number(value=1, kind="int"), Number(value=True, kind="bool")),
        (Text(text="a"), Text(text="a")),
        (Nothing(), Nothing()),
        (Items(kind="tuple", items=(_int(1),)), _items(_int(1))),
        (Array.from_numpy(np.array([1.0, 2.0])), _items(_int(1), Number(value=2))),
        (
            Mapping(entries=((_int(2), _int(5)), (_int(1), _int(4)))),
            Mapping(entries=((_int(1), _int(4)), (_int(2), _int(5)))),
        ),
    ],
)
def test_equal_parts_pass(got: AnyValue, want: AnyValue) -> None:
    """Kinds that mean the same are equal, and the order of a dict doesn't matter."""
    expect_all_close(_result(part=got), _result(part=want))


@pytest.mark.parametrize(
    ("got", "want", "message", "shown"),
    [
        (Number(value=1.1), Number(value=1), "part is wrong", ("1.1", "1.")),
        (
            Number(value=float("nan")),
            Number(value=1),
            "part is nan",
            ("nan", "a finite number"),
        ),
        (_int(2), _int(3), "part is wrong", ("2", "3")),
        (Number(value=float("nan")), _int(3), "part is wrong", ("nan", "3")),
        (
            Number(value=False, kind="bool"),
            Number(value=True, kind="bool"),
            "part is wrong",
            ("False", "True"),
        ),
        (Nothing(), Number(value=True, kind="bool"), "part is None", ("None", "")),
        (_int(1), Nothing(), "part is wrong", ("1", "None")),
        (Text(text="a"), Text(text="b"), "part is wrong", ("'a'", "'b'")),
        (
            _items(_int(1)),
            _items(),
            "part has 1 item, but should have 0 items",
            ("1 item", "0 items"),
        ),
        (_items(_int(1), _int(2)), _items(_int(1), _int(3)), "part is wrong", ("[1, 2]", "[1, 3]")),
        (
            _items(_int(1), Number(value=2)),
            _items(_int(1), _int(3)),
            "part is wrong; the largest error is at [1]",
            ("[1., 2.]", "[1., 3.]"),
        ),
        (
            _items(_int(1), Text(text="a")),
            _items(_int(1), Text(text="b")),
            "part[1] is wrong",
            ("'a'", "'b'"),
        ),
        (
            Array.from_numpy(np.array([1.0, 2.0])),
            _items(_int(1), _int(3)),
            "part is wrong; the largest error is at [1]",
            ("[1., 2.]", "[1., 3.]"),
        ),
        (
            Mapping(entries=()),
            Mapping(entries=((Text(text="k"), _int(1)),)),
            "part has no key 'k'",
            ("no such key", "'k'"),
        ),
        (
            Mapping(entries=((Text(text="k"), _int(1)),)),
            Mapping(entries=()),
            "part has a key too many: 'k'",
            ("", ""),
        ),
    ],
)
def test_different_parts_fail(
    got: AnyValue, want: AnyValue, message: str, shown: tuple[str, str]
) -> None:
    """The message names the part, numbers are shown as what they are, and nan never passes."""
    with pytest.raises(WrongError) as raised:
        expect_all_close(_result(other=_int(0), part=got), _result(other=_int(0), part=want))

    assert raised.value.message.startswith(message)
    assert (raised.value.got, raised.value.expected) == shown
    assert raised.value.source is got


def test_list_that_is_cut_off_never_passes() -> None:
    """A list that has more items than were sent is not equal to what was sent."""
    with pytest.raises(WrongError, match="has more than 1 item"):
        expect_all_close(
            _result(part=Items(kind="list", items=(_int(1),), is_cut=True)),
            _result(part=_items(_int(1))),
        )


def test_script_without_names_is_refused() -> None:
    """An author who returns a plain value is told what is needed."""
    plain = Result("f", (Step(returned=_int(1), inputs={}),))

    with pytest.raises(TypeError, match="returns a dict"):
        expect_all_close(plain, plain)


def test_part_that_is_an_object_is_refused() -> None:
    """Of an object only the type is known, so it would prove nothing that two are equal."""
    part = _result(part=Opaque(type_name="Value"))

    with pytest.raises(TypeError, match="part is a Value, which can't be compared"):
        expect_all_close(part, part)
