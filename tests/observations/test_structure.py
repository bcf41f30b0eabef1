"""The structure of MessagePack: parts and levels are counted as the decoder finds them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.observations.structure import check_structure

_CONTENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.binary(max_size=300)
    | st.text(max_size=300)
    | st.builds(
        msgspec.msgpack.Ext,
        st.integers(-128, 127),
        st.sampled_from([0, 1, 2, 4, 8, 16, 17, 300]).map(bytes),
    ),
    lambda inner: (
        st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=40), inner, max_size=20)
    ),
    max_leaves=40,
)


def count(content: Any) -> tuple[int, int]:  # noqa: ANN401 - any content
    """Return how many parts some content has inside, and how deeply they are nested."""
    if isinstance(content, dict):
        inside = [*content, *content.values()]
    elif isinstance(content, list):
        inside = content
    else:
        return 0, 0
    counted = [count(one) for one in inside]
    parts = len(inside) + sum(parts for parts, _ in counted)
    return parts, 1 + max((levels for _, levels in counted), default=0)


@given(content=_CONTENTS)
@settings(deadline=None)
def test_parts_and_levels_are_those_of_the_content(content: object) -> None:
    """A limit that fits exactly is kept, and one below it is not."""
    parts, levels = count(content)
    payload = msgspec.msgpack.encode(content)

    check_structure(payload, max_parts=parts, max_nesting=levels)

    if parts:
        with pytest.raises(ValueError, match="parts"):
            check_structure(payload, max_parts=parts - 1, max_nesting=levels)
        with pytest.raises(ValueError, match="nested"):
            check_structure(payload, max_parts=parts, max_nesting=levels - 1)


@pytest.mark.parametrize("length", [15, 16, 255, 256, 65_535, 65_536])
@pytest.mark.parametrize(
    "make", [bytes, lambda n: "a" * n, lambda n: [None] * n], ids=["bytes", "text", "array"]
)
def test_every_form_of_a_length_is_read(make: Any, length: int) -> None:  # noqa: ANN401 - a column
    """What follows something long is found where it is."""
    payload = msgspec.msgpack.encode([make(length), [[]]])

    check_structure(payload, max_nesting=3)

    with pytest.raises(ValueError, match="nested"):
        check_structure(payload, max_nesting=2)


@given(payload=st.binary(max_size=100))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    """Bytes that are not MessagePack are refused, or left to the decoder."""
    try:
        check_structure(payload)
    except ValueError:
        return
