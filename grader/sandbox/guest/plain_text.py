"""Reads names and texts of the student's objects without running the student's code, and cuts them.

A class may have any name, also one that is a subclass of str, and its metaclass may override
``__name__``. Only methods of the base classes are used here, which neither can override.
"""

from typing import Any

from grader.observations.bounds import MAX_NAME, MAX_TEXT

_name: Any = type.__dict__["__name__"]
_slice = str.__getitem__
_encode = str.encode
_str = str


def cut_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return the start of a text, at most ``limit`` characters, as a plain str that can be encoded.

    A lone surrogate becomes an escape.
    """
    start = _encode(_slice(text, slice(limit)), "utf-8", "backslashreplace").decode()
    return start[:limit]  # escapes are longer than what they stand for


def name_of_type(kind: type) -> str:
    """Return the name of a class, cut to the length of a name."""
    return cut_text(_name.__get__(kind), MAX_NAME)


def text_of_error(error: BaseException) -> str:
    """Return the text of an exception, cut; a text that can't be had is said to be so."""
    try:
        return cut_text(_str(error))
    except BaseException:
        return "(its text can't be shown)"
