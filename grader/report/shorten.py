"""Cuts text of a submission to what fits on a line of a report."""

import re

# How much is shown, in characters: of the name of a type, why a value was not examined, the text of
# an exception, and a line of code.
MAX_NAME = 60
MAX_REASON = 100
MAX_MESSAGE = 300
MAX_CODE = 160

_ELLIPSIS = "..."
# An escape such as \x1b or \ud800 of which the end is missing.
_PART_OF_AN_ESCAPE = re.compile(r"\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})?$")


def shorten(text: str, limit: int) -> str:
    r"""Return a text on one line, cut with an ellipsis if it is longer than ``limit`` characters.

    It is cut after a word if one ends nearby, and never inside of an escape such as ``\x1b``.
    """
    line = " ".join(text.splitlines())
    if len(line) <= limit:
        return line
    kept = _PART_OF_AN_ESCAPE.sub("", line[: limit - len(_ELLIPSIS)])
    end_of_word = kept.rfind(" ")
    if end_of_word >= limit * 2 // 3:
        kept = kept[:end_of_word]
    return kept.rstrip() + _ELLIPSIS
