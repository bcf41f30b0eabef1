"""Escaping of a student's text, so that no character in it can control a terminal."""

import unicodedata

import msgspec

from grader.report.model import Report

# Control characters, and those that change the reading direction or separate lines.
_FORMAT_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_KEPT = "\n"


def escape_report(report: Report, *, encoding: str) -> Report:
    """Escape every text of a report.

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

    shown = msgspec.convert(visible(msgspec.to_builtins(report)), Report)
    name = shown.submission.name.replace("\n", "\\n")
    submission = msgspec.structs.replace(shown.submission, name=name)
    return msgspec.structs.replace(shown, submission=submission)


def escape_controls(text: str) -> str:
    r"""Write control characters, escape sequences and bidi marks as escapes.

    Line ends are kept, and a tab becomes four spaces.
    """
    return "".join(map(_visible, text.replace("\r\n", "\n").replace("\t", "    ")))


def _visible(character: str) -> str:
    if character in _KEPT or (character.isascii() and character.isprintable()):
        return character
    if unicodedata.category(character) in _FORMAT_CATEGORIES:
        return character.encode("unicode_escape").decode("ascii")
    return character
