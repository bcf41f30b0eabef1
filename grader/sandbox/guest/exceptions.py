"""Describes an exception by the student's own lines only."""

import linecache
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import Raised
from grader.sandbox.guest.plain_text import cut_text, name_of_type, text_of_error

if TYPE_CHECKING:
    from types import TracebackType

# How much of a line is shown above the caret of a syntax error, in characters, and how much of
# that is before the caret.
_LINE = 150
_BEFORE_CARET = 100
_MAX_LINE_NUMBER = 10**9
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
# The base class's attribute, which no exception can shadow.
_traceback: Any = BaseException.__dict__["__traceback__"]


def describe_exception(error: BaseException, labels: Mapping[str, str]) -> Raised:
    """Reduce an exception to its type, its text and the innermost line of the submission.

    Args:
        error: The exception raised in student code. Its class may be of the student's making, so
            whatever fails here is left out.
        labels: The label of each code block (``cell 3``, or empty for a script) by file name.
    """
    type_name = name_of_type(type(error))
    try:
        if issubclass(type(error), SyntaxError):
            return _describe_syntax_error(error, type_name, labels)
        line, function, filename = _innermost(error, labels)
        code = linecache.getline(filename, line).strip() if line else ""
        return Raised(
            type_name=type_name,
            text=_text(error),
            block=cut_text(labels.get(filename, ""), MAX_NAME),
            line=line,
            code=cut_text(code),
            function=function,
        )
    except BaseException:
        return Raised(type_name=type_name, text=_text(error))


def _describe_syntax_error(
    error: Any,
    type_name: str,
    labels: Mapping[str, str],
) -> Raised:
    line, function, filename = _innermost(error, labels)
    if error.filename in labels:
        line, function, filename = _line_number(error.lineno), "", error.filename
    return Raised(
        type_name=type_name,
        text=_text(error),
        block=cut_text(labels.get(filename, ""), MAX_NAME),
        line=line,
        code=_caret(str(error.text or ""), int(error.offset or 1)),
        function=function,
    )


def _line_number(claimed: Any) -> int:
    line = int(claimed or 0)
    return line if 0 <= line < _MAX_LINE_NUMBER else 0


def _innermost(error: BaseException, labels: Mapping[str, str]) -> tuple[int, str, str]:
    found = (0, "", "")
    position: TracebackType | None = _traceback.__get__(error)
    while position is not None:
        code = position.tb_frame.f_code
        if code.co_filename in labels:
            # Of a method with its class; of a function inside of another one, its name alone.
            is_inner = "<locals>" in code.co_qualname
            name = cut_text(code.co_name if is_inner else code.co_qualname, MAX_NAME)
            # Python has no line for some of its own instructions.
            line: int | None = position.tb_lineno
            found = (line or 0, "" if name == "<module>" else name, code.co_filename)
        position = position.tb_next
    return found


def _text(error: Any) -> str:
    try:
        is_syntax_error = issubclass(type(error), SyntaxError)
        text = cut_text(str(error.msg)) if is_syntax_error else text_of_error(error)
    except BaseException:
        return text_of_error(error)
    # Addresses differ from run to run; the report must not.
    return _ADDRESS.sub("at 0x...", text)


def _caret(text: str, offset: int) -> str:
    """Return a line, or what is near of a long one, with a caret below character ``offset``."""
    line = text.rstrip("\n")
    place = max(offset, 1) - 1
    start = max(0, place - _BEFORE_CARET) if len(line) > _LINE else 0
    shown = line[start : start + _LINE]
    return cut_text(f"{shown}\n{' ' * min(place - start, _LINE)}^") if shown else ""
