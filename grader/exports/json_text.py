"""JSON that every reader accepts."""

import json

import msgspec


def to_json(value: object, *, is_compact: bool = False) -> bytes:
    """Return strict JSON in UTF-8, ending in a newline: no NaN, no lone surrogates.

    Args:
        value: Structs and plain objects. Their texts must have been escaped for UTF-8 already.
        is_compact: Whether to write a single line without spaces, for programs.

    Raises:
        ValueError: If a number is not finite, or a text can't be encoded.
    """
    text = json.dumps(
        msgspec.to_builtins(value),
        indent=None if is_compact else 2,
        separators=(",", ":") if is_compact else (",", ": "),
        ensure_ascii=False,
        allow_nan=False,
    )
    return f"{text}\n".encode()
