"""Parses the JSON of a notebook, which may be anything, in little memory.

A notebook can have 64 MiB, and one emoji makes Python use four bytes for each character of a
string; millions of small values cost more. So callers decode into structs of msgspec that name the
few fields that they need: all else is skipped without making objects, and long texts stay bytes
(`msgspec.Raw`) until `text_of` decodes as much as is needed.
"""

import codecs
import json
import re

import msgspec

_CHUNK = 1024 * 1024
# Places where Python's JSON differs from the standard; each takes time.
_MAX_REPAIRS = 200_000

# A string of JSON, which may lack its end. Nothing is given back, so that it takes linear time.
_ONE_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_STRING = re.compile(_ONE_STRING, re.DOTALL)
# Many strings at once, and what is before each: to cut them all out of the whole text would take
# gigabytes.
_MANY_STRINGS = re.compile(
    rb'(?:[^"]{0,100000}+' + _ONE_STRING + rb'){1,10000}+|[^"]{1,100000}+', re.DOTALL
)
_ODD_NUMBERS = re.compile(
    rb'(?:[^"NI-]++|' + _ONE_STRING + rb"|-(?!I)){1,10000}+"
    rb"|((?:(?:NaN|-?Infinity)[\s,]*+){1,10000}+)|(.)",
    re.DOTALL,
)
_PAIR = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ODD_ESCAPES = re.compile(
    rb"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])|" + _PAIR + rb"){1,10000}+"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|(.)",
    re.DOTALL,
)
_BEGINNING = re.compile(rb'"(?:[^"\\]++|\\u[0-9a-fA-F]{4}|\\[^u])*+')
_MOST_BYTES_OF_CHARACTER = 12  # two escaped surrogates
_PLACE = re.compile(r"\(byte (\d+)\)")

NOTHING = msgspec.Raw(b"null")


class NotJsonError(ValueError):
    """Data that is not JSON; the text says why."""


def has_more_values(data: bytes, limit: int) -> bool:
    """Return whether JSON has more values than a limit, before objects are made of them."""
    if count_marks(data) <= limit:  # as usual, even with those that are in strings
        return False
    count = 0
    for part in _MANY_STRINGS.finditer(data):
        count += count_marks(_STRING.sub(b"", part[0]))
        if count > limit:
            return True
    return False


def count_marks(data: bytes) -> int:
    """Count what separates and contains values: JSON has at most one more value than these."""
    return sum(map(data.count, (b",", b"[", b"{")))


def prepare(data: bytes) -> bytes | bytearray | memoryview:
    """Check that data is JSON as Python reads and writes it, and return it as standard JSON.

    Python's notebooks may have NaN, which becomes an empty text, and lone surrogates, which become
    "?".

    Raises:
        NotJsonError: The data is not JSON.
        UnicodeDecodeError: The data is not UTF-8.
        RecursionError: The JSON is nested too deeply.
    """
    _check_utf_8(data)
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    content = memoryview(data)[start:] if start else data
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        repaired = _repair(content)
        if repaired is None:
            raise NotJsonError(_reason(data, error)) from error
        return repaired
    return content


def text_of(raw: msgspec.Raw, limit: int) -> str:
    """Decode the beginning of a string of prepared JSON.

    Args:
        raw: The string.
        limit: The maximal number of characters.

    Returns:
        The text; empty if it is not a string. It may have lone surrogates.
    """
    found = _BEGINNING.match(bytes(memoryview(raw)[: _MOST_BYTES_OF_CHARACTER * limit + 1]))
    if found is None:
        return ""
    text: str = json.loads(found[0].decode("utf-8", "ignore") + '"')
    return text[:limit]


def _check_utf_8(data: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _CHUNK):
        decoder.decode(data[start : start + _CHUNK])
    decoder.decode(b"", final=True)


def _repair(content: bytes | memoryview) -> bytearray | None:
    """Replace what only Python accepts by as many bytes of JSON; None if that isn't the reason."""
    repaired = bytearray(content)
    repairs = 0
    for marks, pattern, replace in (
        ((b"NaN", b"Infinity"), _ODD_NUMBERS, _replace_numbers),
        ((b"\\ud", b"\\uD"), _ODD_ESCAPES, _replace_escape),
    ):
        if not any(mark in repaired for mark in marks):
            continue
        for found in pattern.finditer(repaired):
            if found[2]:  # can't be in JSON, not even in Python's
                return None
            if found[1]:
                repairs += 1
                if repairs > _MAX_REPAIRS:
                    return None
                repaired[found.start() : found.end()] = replace(found[1])
    if not repairs:
        return None
    try:
        msgspec.json.decode(repaired, type=msgspec.Raw)
    except msgspec.DecodeError:
        return None
    return repaired


def _replace_numbers(numbers: bytes) -> bytes:
    for name in (b"NaN", b"-Infinity", b"Infinity"):
        numbers = numbers.replace(name, b'""'.ljust(len(name)))
    return numbers


def _replace_escape(_: bytes) -> bytes:
    return b"\\u003f"  # "?", as where text is encoded


def _reason(data: bytes, error: msgspec.DecodeError) -> str:
    """Say what is wrong, and in which line."""
    if len(data) <= _CHUNK:  # in the words of Python's own parser
        try:
            json.loads(data.decode("utf-8-sig"))
        except json.JSONDecodeError as found:
            return f"{found.msg} on line {found.lineno}"
        except (ValueError, RecursionError):  # a number with too many digits
            pass
    place = _PLACE.search(str(error))
    line = data.count(b"\n", 0, int(place[1]) if place else len(data)) + 1
    return f"it can't be parsed on line {line}"
