"""Cuts text of a submission to what fits on a line of a report."""

import re

# How much is shown, in characters: of the name of a type, why a value was not examined, the text of
# an exception, and a line of code.
MAX_NAME = 60
MAX_REASON = 100
MAX_MESSAGE = 300
MAX_CODE = 160

_ELLIPSIS = "..."
_SPACE = re.compile(r"\s")
_MARK = re.compile(r"[,;:)\]}/&|]")
# An escape such as \x1b or \ud800 of which the end is missing.
_PART_OF_AN_ESCAPE = re.compile(r"\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})?$")


def shorten(text: str, limit: int) -> str:
    r"""Return a text on one line, cut with an ellipsis if it is longer than ``limit`` characters.

    It is cut after a word if one ends nearby, and never inside of an escape such as ``\x1b``.
    """
    line = " ".join(text.splitlines())
    if len(line) <= limit:
        return line
    return line[: end_of_word(line, limit - len(_ELLIPSIS))] + _ELLIPSIS


def end_of_word(text: str, limit: int) -> int:
    r"""Return where to cut a text that is longer than ``limit`` characters.

    That is before white space if there is some in the second half, else before or after a
    punctuation mark, such as in a list without spaces. A single long word is cut anywhere, but not
    inside of an escape such as ``\x1b``.
    """
    limit = max(0, limit)
    head = text[: limit + 1]
    least = limit // 2
    spaces = [found.start() for found in _SPACE.finditer(head, least)]
    if spaces:
        return len(head[: spaces[-1]].rstrip())
    marks = [found.end() for found in _MARK.finditer(head, least, limit)]
    if marks:
        return marks[-1]
    return len(_PART_OF_AN_ESCAPE.sub("", text[:limit]))
