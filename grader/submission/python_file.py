"""Decodes a ``.py`` file as Python does: PEP 263 encodings, a BOM, any line ends."""

import codecs
import io
import re
import tokenize

from grader.errors import UnreadableSubmissionError

# No editor writes these, and malicious input can take some of them forever to decode.
_NOT_FOR_SOURCE = {"punycode", "idna", "undefined", "unicode-escape", "raw-unicode-escape"}

# In the first line, or in the second if the first has nothing but a comment.
_DECLARATION = re.compile(
    rb"(?:[ \t\f]*(?:#[^\n]*)?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)", re.ASCII
)


def read_python(data: bytes) -> str:
    r"""Decode the source of a Python file.

    Returns:
        The text with ``\n`` line ends, without a BOM.

    Raises:
        UnreadableSubmissionError: The data has NUL bytes, declares an unknown encoding, or is not
            valid in the declared encoding (UTF-8 if none is declared).
    """
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise UnreadableSubmissionError(
            f"line {line} contains a NUL byte: this is not a text file"
            + (" in UTF-8 (it looks like UTF-16)" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "")
        )
    encoding = _declared_encoding(data)
    if codecs.lookup(encoding).name in _NOT_FOR_SOURCE:
        raise UnreadableSubmissionError(
            f"the declared encoding {encoding!r} is not for source code; save the file as UTF-8"
        )
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise UnreadableSubmissionError(_undecodable(error, data, encoding)) from error
    return text


def _declared_encoding(data: bytes) -> str:
    """Return the encoding declared as in PEP 263, or UTF-8 if none is."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        # tokenize wants the first line in UTF-8 even if the second line declares an encoding.
        found = _DECLARATION.match(data)
        if found is not None and not data.startswith(codecs.BOM_UTF8) and _is_known(found[1]):
            return found[1].decode("ascii")
        raise UnreadableSubmissionError(
            f"the file's encoding can't be determined: {error.msg}; save it as UTF-8"
        ) from error


def _is_known(name: bytes) -> bool:
    try:
        codecs.lookup(name.decode("ascii"))
    except LookupError:
        return False
    return True


def _undecodable(error: UnicodeError | LookupError, data: bytes, encoding: str) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"the declared encoding {encoding!r} is not for text; save the file as UTF-8"
    line = data[: error.start].count(b"\n") + 1
    return (
        f"line {line} is not valid {encoding}: byte 0x{data[error.start]:02x}; "
        "save the file as UTF-8, or declare its encoding in the first line"
    )
