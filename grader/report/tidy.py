"""Keeps paths of this machine, and what repeats itself, out of what a student reads."""

import re
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Collection, Iterator

import msgspec

from grader.bootstrap import PACKAGE
from grader.report.model import CheckResult, Report

# The folder of a child, in which its relative paths begin; and the folder of all of them.
_HOME = re.escape(tempfile.gettempdir()) + r"/zerograd-\w+"
# Where torch was built.
_TRIGGERED = re.compile(r" ?\(Triggered internally at /[^\n()]{1,300}\)")
_HEADER = re.compile(r"^(?P<file>[^\n]{1,300}?):(?P<line>\d{1,7}): \w{0,60}Warning: ", re.MULTILINE)
_FILE = re.compile(r'^submission\.py(?=:\d)|^  File "submission\.py"(?=, line \d)', re.MULTILINE)
_DIGITS = re.compile(r"\d+")
_MAX_LINES = 8  # of a warning


def tidy_report(report: Report) -> Report:
    """Return a report without paths of this machine, in which each warning is printed once."""
    return msgspec.structs.replace(
        report,
        functions=tuple(
            msgspec.structs.replace(one, checks=tuple(map(_tidy_check, one.checks)))
            for one in report.functions
        ),
        notes=tuple(map(hide_paths, report.notes)),
        loading=tuple(
            msgspec.structs.replace(one, text=hide_paths(one.text)) for one in report.loading
        ),
        output=_name_file(tidy_output(report.output), report.submission.name),
    )


def hide_paths(text: str) -> str:
    """Write the paths of this machine as a student knows them.

    A file in the folder of the child, or of an installed package, is named from that folder on; of
    other files that are ours, only the name is left.
    """
    if "/" not in text:
        return text
    for pattern, shown in _PATHS:
        text = pattern.sub(shown, text)
    return text


def tidy_output(text: str) -> str:
    """Return what was printed with each warning once, and how often it came; without our own.

    Each call has Python's usual filters, so a warning comes with each call.
    """
    if "Warning: " in text:
        text = "".join(_without_repeats(list(_split(text))))
    return hide_paths(_TRIGGERED.sub("", text))


def _name_file(text: str, name: str) -> str:
    """Name the file as it was handed in, where Python names it; in a child it has another name."""
    shown = " ".join(name.splitlines())
    return _FILE.sub(lambda found: found[0].replace("submission.py", shown), text)


def _tidy_check(check: CheckResult) -> CheckResult:
    message = hide_paths(check.message)
    return check if message is check.message else msgspec.structs.replace(check, message=message)


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text into warnings and what is between them; the second item is True for warnings."""
    end = 0
    headers = list(_HEADER.finditer(text))
    starts = (*(found.start() for found in headers[1:]), len(text))
    for found, following in zip(headers, starts, strict=False):
        if end < found.start():
            yield text[end : found.start()], False
        end = _end_of_warning(text, found.start(), following)
        if not _is_ours(found["file"]):
            yield text[found.start() : end], True
    yield text[end:], False


def _end_of_warning(text: str, start: int, following: int) -> int:
    """Return where a warning ends: with its first indented line, which is the line of code."""
    first = place = text.find("\n", start, following) + 1 or following
    for _ in range(_MAX_LINES):
        if place >= following:
            break
        is_code = text.startswith("  ", place)
        place = text.find("\n", place, following) + 1 or following
        if is_code:
            return place
    return first


def _is_ours(file: str) -> bool:
    """Return whether a warning comes from our own code; ours is started by ``python -c``."""
    return file.startswith(f"{PACKAGE}/") or file == "<string>"


def _without_repeats(parts: Collection[tuple[str, bool]]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for part, is_warning in parts:
        if is_warning:
            kind = _kind_of(part)
            counts[kind] = counts.get(kind, 0) + 1
    for part, is_warning in parts:
        if not is_warning:
            yield part
        elif count := counts.pop(_kind_of(part), 0):
            first, line_end, rest = part.partition("\n")
            yield f"{first} ({count} times){line_end}{rest}" if count > 1 else part


def _kind_of(warning: str) -> str:
    """Return a warning without the numbers in it, such as sizes; those of its line are kept."""
    file, separator, rest = warning.partition("Warning: ")
    return file + separator + _DIGITS.sub("0", rest)


def _known_paths() -> Iterator[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]:
    paths = sysconfig.get_paths()
    yield re.compile(_HOME + r"/scratch-\w+/"), ""
    yield re.compile(_HOME + r"(?:/scratch-\w+)?"), "."
    installed = {paths[name] for name in ("purelib", "platlib", "stdlib", "platstdlib")}
    for folder in sorted(installed, key=len, reverse=True):  # one may be inside of another
        yield re.compile(re.escape(folder) + r"/"), ""
    ours = {str(PACKAGE.parent), sys.prefix, sys.base_prefix} - {"/", "/usr", "/usr/local"}
    for folder in sorted(ours, key=len, reverse=True):
        yield re.compile(re.escape(folder) + r"(?:/[\w.@+-]+)*/(?=[\w.@+-])"), ".../"
        yield re.compile(re.escape(folder) + r"(?![\w.@+-])"), "..."


_PATHS = tuple(_known_paths())
