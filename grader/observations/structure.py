"""Checks how much there is in MessagePack before anything of it is decoded.

A decoder makes an object of every part. It also reads a tagged object twice if the tag comes last,
so objects inside of one another would be read again at each level: 8 MiB took a minute. With few
parts and few levels neither costs much.
"""

from grader.observations.bounds import MAX_NESTING, MAX_PARTS


def _sizes_of_scalars() -> tuple[int, ...]:
    """Return for each first byte the length of the scalar in bytes; 0 if that byte can't say."""
    sizes = [0] * 256
    sizes[:0x80] = [1] * 0x80  # small ints
    sizes[0xE0:] = [1] * 0x20
    sizes[0xA0:0xC0] = range(1, 0x21)  # short texts
    sizes[0xC0], sizes[0xC2], sizes[0xC3] = 1, 1, 1  # nil, False, True
    sizes[0xCA:0xD4] = (5, 9, 2, 3, 5, 9, 2, 3, 5, 9)  # floats and ints
    sizes[0xD4:0xD9] = (3, 4, 6, 10, 18)  # extensions
    return tuple(sizes)


_SCALAR_BYTES = _sizes_of_scalars()
# By first byte: how many bytes give the length, and how many more come before the content.
_LONG_BYTES = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0)}
_LONG_TEXTS = {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
_LONG_EXTENSIONS = {0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
_LONG_SCALARS = _LONG_BYTES | _LONG_TEXTS | _LONG_EXTENSIONS
# By first byte: how many parts are inside.
_SHORT_CONTAINERS = {
    **{0x80 + count: 2 * count for count in range(16)},  # maps
    **{0x90 + count: count for count in range(16)},
}
# By first byte: how many bytes give the number of items, and how many parts an item has.
_LONG_CONTAINERS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def check_structure(
    payload: bytes, *, max_parts: int = MAX_PARTS, max_nesting: int = MAX_NESTING
) -> None:
    """Require that MessagePack has few parts, and that they are not nested deeply.

    Reads at most ``max_parts`` parts, and copies nothing. What is cut off, or follows the end, is
    left to the decoder.

    Args:
        payload: Any bytes.
        max_parts: How many keys, values and items there may be.
        max_nesting: How deeply arrays and maps may be nested.

    Raises:
        ValueError: It has more parts, is nested more deeply, or is not MessagePack.
    """
    position = 0
    parts_left = max_parts
    left = 1  # parts to come in the innermost container, and in those around it
    outer: list[int] = []
    end = len(payload)
    while position < end:
        while not left:
            if not outer:
                return
            left = outer.pop()
        left -= 1
        first = payload[position]
        size = _SCALAR_BYTES[first]
        if size:
            position += size
            continue
        start = position + 1
        if first in _LONG_SCALARS:
            width, more = _LONG_SCALARS[first]
            position = start + width + more
            position += int.from_bytes(payload[start : start + width], "big")
            continue
        if first in _SHORT_CONTAINERS:
            left_inside = _SHORT_CONTAINERS[first]
            position = start
        elif first in _LONG_CONTAINERS:
            width, parts = _LONG_CONTAINERS[first]
            position = start + width
            left_inside = parts * int.from_bytes(payload[start:position], "big")
        else:
            raise ValueError("not MessagePack")
        parts_left -= left_inside
        outer.append(left)
        left = left_inside
        if parts_left < 0:
            raise ValueError(f"more than {max_parts} parts")
        if len(outer) > max_nesting:
            raise ValueError(f"nested more than {max_nesting} deep")
