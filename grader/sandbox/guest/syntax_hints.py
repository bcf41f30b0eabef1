"""Recognises code that this Python can't read: a newer Python's, Python 2's, or a merge conflict.

Nothing is guessed: what is recognised is rewritten as this Python has it, and only if all of the
code can then be read was it the reason.
"""

import itertools
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MAX_SOURCE = 200_000
_MAX_MARKS = 1000

_STRING = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_WORD = re.compile(r"\w+")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}

_MARK_OF_GIT = re.compile(r"^(<{7}|={7}|>{7})(?: [^\n]*)?$", re.MULTILINE)


class _NotReadableError(Exception):
    """A string doesn't end."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """Something that a Python can read and this one can't.

    Attributes:
        version: The first version that has it, such as ``(3, 12)``; ``(2,)`` if it is Python 2's.
        what: What it is, in words.
        rewrite: Rewrites code so that it does without.
    """

    version: tuple[int, ...]
    what: str
    rewrite: Callable[[str], str]

    def describe(self) -> str:
        """Return what it is, and which Python has it."""
        if self.version < (3,):
            return f"this is Python 2, and in Python 3 {self.what}"
        return f"{self.what} came with Python {'.'.join(map(str, self.version))}"


def explain_syntax(source: str, *, line: int, is_valid: Callable[[str], bool]) -> str:
    """Return what code is that can't be parsed; empty if that is not known.

    Args:
        source: The code.
        line: The line of the error.
        is_valid: Returns whether other code can be parsed.
    """
    source = source if source.endswith("\n") else f"{source}\n"
    if len(source) > _MAX_SOURCE:
        return ""
    conflict = _explain_conflict(source, line)
    if conflict:
        return conflict
    known = [one for one in _FEATURES if one.version < (3,) or one.version > sys.version_info[:2]]
    used = []
    everything = source
    for feature in known:
        rewritten = _rewrite(feature, source)
        if rewritten == source:
            continue
        if is_valid(rewritten):
            return _describe([feature])
        everything = _rewrite(feature, everything)
        used.append(feature)
    if len(used) > 1 and is_valid(everything):
        return _describe(used)
    return ""


def _describe(features: Sequence[_Feature]) -> str:
    return "; ".join(one.describe() for one in features)


def _explain_conflict(source: str, line: int) -> str:
    first, last = 0, 0
    for found in itertools.islice(_MARK_OF_GIT.finditer(source), _MAX_MARKS):
        here = source.count("\n", 0, found.start()) + 1 if found[1][0] != "=" else 0
        first = here if found[1][0] == "<" else first
        last = here if found[1][0] == ">" else 0
        if first and first <= line <= last:
            return (
                f"Git could not merge two versions, and both are in it, from line {first} "
                f"(<<<<<<<) to line {last} (>>>>>>>); keep one of them, and remove these marks"
            )
    return ""


def _rewrite(feature: _Feature, source: str) -> str:
    try:
        return feature.rewrite(source)
    except (_NotReadableError, RecursionError):
        return source


def _by(pattern: str, replacement: str) -> Callable[[str], str]:
    """Return what replaces a pattern in the code outside of strings and comments."""
    compiled = re.compile(pattern, re.MULTILINE)

    def rewrite(source: str) -> str:
        return compiled.sub(replacement, source)

    return rewrite


# --- strings ------------------------------------------------------------------------------


def _end_of_string(text: str, start: int, fields: list[tuple[int, int]] | None = None) -> int:
    """Return the end of a string literal, as Python 3.12 and newer read it.

    Args:
        text: The code.
        start: The place of its prefix or quote.
        fields: Filled with the places of what is between its braces, if it is an f-string.
    """
    found = _STRING.match(text, start)
    if found is None:
        raise _NotReadableError
    prefix, quote = found.groups()
    has_fields = bool(set(prefix.lower()) & {"f", "t"})
    place = found.end()
    while place < len(text):
        if text.startswith(quote, place):
            return place + len(quote)
        one = text[place]
        if one == "\\":
            place += 2
        elif one == "\n" and len(quote) == 1:
            raise _NotReadableError
        elif has_fields and text.startswith("{{", place):
            place += 2
        elif has_fields and one == "{":
            end = _end_of_brackets(text, place)
            if fields is not None:
                fields.append((place, end))
            place = end
        else:
            place += 1
    raise _NotReadableError


def _end_of_brackets(text: str, start: int) -> int:
    """Return the end of what is in brackets, with strings, comments and brackets in it."""
    waiting = [_BRACKETS[text[start]]]
    place = start + 1
    while place < len(text):
        one = text[place]
        if one == waiting[-1]:
            waiting.pop()
            place += 1
            if not waiting:
                return place
        elif one in _BRACKETS:
            waiting.append(_BRACKETS[one])
            place += 1
        else:
            place = _next_place(text, place)
    raise _NotReadableError


def _next_place(text: str, place: int) -> int:
    """Return the place after a string, a comment, a word or a single character."""
    if text[place] == "#":
        end = text.find("\n", place)
        return len(text) if end < 0 else end
    if _STRING.match(text, place):
        return _end_of_string(text, place)
    word = _WORD.match(text, place)
    return word.end() if word else place + 1


def _empty_fields(is_kind: Callable[[str, str], bool]) -> Callable[[str], str]:
    """Return what replaces the fields of f-strings of a kind by a number.

    Args:
        is_kind: Whether it is of that kind, from the string's quote and the field.
    """

    def rewrite(source: str) -> str:
        parts, place, start = [], 0, 0
        while place < len(source):
            found = _STRING.match(source, place)
            if found is None:
                place = _next_place(source, place)
                continue
            fields: list[tuple[int, int]] = []
            place = _end_of_string(source, place, fields)
            if any(is_kind(found[2], source[one:end]) for one, end in fields):
                for one, end in fields:
                    parts.append(f"{source[start:one]}{{0}}")
                    start = end
        return "".join([*parts, source[start:]])

    return rewrite


def _has_same_quotes(quote: str, field: str) -> bool:
    return quote[0] in field


def _has_backslash(_: str, field: str) -> bool:
    return "\\" in field


def _has_line_or_comment(_: str, field: str) -> bool:
    return "\n" in field or "#" in field


_FEATURES = (
    _Feature(
        (3, 12),
        "an f-string with the same quotes inside of its braces",
        _empty_fields(_has_same_quotes),
    ),
    _Feature(
        (3, 12), "an f-string with a backslash inside of its braces", _empty_fields(_has_backslash)
    ),
    _Feature(
        (3, 12),
        "an f-string with a comment or several lines inside of its braces",
        _empty_fields(_has_line_or_comment),
    ),
    _Feature(
        (3, 12),
        "the statement `type X = ...`",
        _by(r"^([ \t]*)type[ ]+(\w+)[ ]*(?:\[[^\]\n]*\])?[ ]*=(?!=)", r"\1\2 ="),
    ),
    _Feature(
        (3, 12),
        "type parameters, as in `def f[T](x)`,",
        _by(
            r"^([ \t]*(?:async[ ]+def|def|class)[ ]+\w+)"
            r"\[[^\[\]\n]*+(?:\[[^\[\]\n]*+\][^\[\]\n]*+)*+\]",
            r"\1",
        ),
    ),
    _Feature(
        (3, 14),
        "t-strings",
        _by(r"\b(?:t|tr|rt|T|Tr|Rt)(?=['\"])", "f"),
    ),
    _Feature(
        (3, 14),
        "`except A, B:` without brackets",
        _by(r"^([ \t]*except[ ]*\*?[ ]+)([A-Z][\w.]*(?:[ ]*,[ ]*[A-Z][\w.]*)+)[ ]*:", r"\1(\2):"),
    ),
    _Feature((3, 15), "`lazy import`", _by(r"^([ \t]*)lazy[ ]+(?=import\b|from\b)", r"\1")),
    _Feature(
        (3, 15),
        "unpacking in a comprehension, as in `[*x for x in y]`,",
        _by(r"([\[({][ ]*)\*{1,2}(?=[^\]\[(){}\n]* for )", r"\1"),
    ),
    _Feature(
        (2,),
        "print is a function, as in print(x)",
        _by(r"^([ \t]*)print[ ]+(?![=(])([^\n#]+)", r"\1print(\2)"),
    ),
    _Feature(
        (2,),
        "it is `except A as e:`",
        _by(r"^([ \t]*except[ ]+[A-Z][\w.]*)[ ]*,[ ]*([a-z_]\w*)[ ]*:", r"\1 as \2:"),
    ),
    _Feature(
        (2,),
        "it is `raise A(text)`",
        _by(r"^([ \t]*raise[ ]+[A-Z][\w.]*)[ ]*,[ ]*([^\n]+)", r"\1(\2)"),
    ),
)
