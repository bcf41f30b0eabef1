"""Describes an exception by the student's own lines only."""

import linecache
import re
import traceback
from collections.abc import Mapping

from grader.observations.messages import Raised

_MAX_TEXT = 2_000
_MAX_LINE = 300
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")


def describe_exception(error: BaseException, labels: Mapping[str, str]) -> Raised:
    """Reduce an exception to its type, its text and the innermost line of the submission.

    Args:
        error: The exception raised in student code.
        labels: The label of each code block (``cell 3``, or empty for a script) by file name.
    """
    if isinstance(error, SyntaxError) and error.filename in labels:
        line, function, filename = error.lineno or 0, "", error.filename or ""
    else:
        line, function, filename = _innermost(error, labels)
    code = linecache.getline(filename, line).strip() if line else ""
    if isinstance(error, SyntaxError):
        code = _caret(error)
    return Raised(
        type_name=type(error).__name__[:200],
        text=_text(error),
        block=labels.get(filename, ""),
        line=line,
        code=code[: 2 * _MAX_LINE],
        function=function,
    )


def _innermost(error: BaseException, labels: Mapping[str, str]) -> tuple[int, str, str]:
    found = (0, "", "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in labels:
            name = frame.f_code.co_name
            found = (line, "" if name == "<module>" else name, frame.f_code.co_filename)
    return found


def _text(error: BaseException) -> str:
    try:
        text = str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        return "(its text can't be shown)"
    # Addresses differ from run to run; the report must not.
    text = _ADDRESS.sub("at 0x...", text)
    return text.encode("utf-8", "backslashreplace").decode()[:_MAX_TEXT]


def _caret(error: SyntaxError) -> str:
    line = (error.text or "").rstrip("\n")
    if not line or len(line) > _MAX_LINE:
        return ""
    return f"{line}\n{' ' * (max(error.offset or 1, 1) - 1)}^"
