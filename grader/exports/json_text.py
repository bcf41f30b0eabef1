"""JSON as every reader takes it."""

import json

import msgspec


def to_json(value: object, *, is_compact: bool = False) -> bytes:
    """Write strict JSON in UTF-8: no NaN, no lone surrogates, ending in a newline.

    Args:
        value: What is written, of structs and plain objects; every text was made visible before.
        is_compact: Whether it is for a program alone, on one line.

    Raises:
        ValueError: a number in it is none, or a text was not made visible.
    """
    text = json.dumps(
        msgspec.to_builtins(value),
        indent=None if is_compact else 2,
        separators=(",", ":") if is_compact else (",", ": "),
        ensure_ascii=False,
        allow_nan=False,
    )
    return f"{text}\n".encode()
