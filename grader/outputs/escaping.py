"""Escaping of a student's text, so that no character in it can control a terminal."""

import functools
import re
import unicodedata

import msgspec
from markupsafe import Markup, escape

from grader.report.budget import fit_report
from grader.report.model import Report
from grader.report.shorten import end_of_word

# Control characters, and those that change the reading direction or separate lines.
_FORMAT_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# What may have to be escaped: everything but printable ASCII and line ends.
_DOUBTFUL = re.compile(r"[^\x20-\x7e\n]")
# An entity of which the end is missing.
_HALF_ENTITY = re.compile(r"&[#\w]{0,6}\Z")


def escape_report(report: Report, *, encoding: str) -> Report:
    """Escape every text of a report, after it was cut to the size that a report may have.

    Args:
        report: The report.
        encoding: The encoding of the terminal; characters that it lacks are shown as escapes.

    Returns:
        The escaped report. The name of its submission is a single line.
    """

    def visible(value: object) -> object:
        match value:
            case str():
                return escape_controls(value).encode(encoding, "backslashreplace").decode(encoding)
            case list() | tuple():
                return [visible(item) for item in value]
            case dict():
                return {key: visible(item) for key, item in value.items()}
            case _:
                return value

    shown = msgspec.convert(visible(msgspec.to_builtins(fit_report(report))), Report)
    name = shown.submission.name.replace("\n", "\\n")
    submission = msgspec.structs.replace(shown.submission, name=name)
    return msgspec.structs.replace(shown, submission=submission)


def escape_controls(text: str) -> str:
    r"""Write control characters, escape sequences and bidi marks as escapes.

    Line ends are kept, and a tab becomes four spaces.
    """
    return _DOUBTFUL.sub(
        lambda found: _visible(found[0]), text.replace("\r\n", "\n").replace("\t", "    ")
    )


def escape_within(text: str, max_bytes: int) -> tuple[Markup, bool]:
    """Escape a text for HTML, and cut it to a number of bytes.

    Args:
        text: The text, without lone surrogates.
        max_bytes: The maximal length of the result in UTF-8.

    Returns:
        The result, and whether something was cut.
    """
    data = escape(text[: max(0, max_bytes)]).encode()
    if len(data) <= max_bytes and len(text) <= max_bytes:
        return Markup(data.decode()), False  # noqa: S704 - escaped above
    # One character more, since a word may end with the last one that fits.
    room = max(0, max_bytes)
    head = _HALF_ENTITY.sub("", data[: room + 1].decode("utf-8", "ignore"))
    fits = len(_HALF_ENTITY.sub("", data[:room].decode("utf-8", "ignore")))
    return Markup(_HALF_ENTITY.sub("", head[: end_of_word(head, fits)])), True  # noqa: S704 - escaped above


@functools.lru_cache(maxsize=1024)  # a long text has few different characters
def _visible(character: str) -> str:
    if unicodedata.category(character) in _FORMAT_CATEGORIES:
        return character.encode("unicode_escape").decode("ascii")
    return character
