"""Explains exceptions about files: which ones are there, and that they can't be changed."""

import difflib
import re
from collections.abc import Sequence

from grader.observations.messages import Raised
from grader.report.shorten import MAX_NAME, shorten
from grader.report.words import join_names

# Of a text, which a submission can choose.
_MAX_CHARACTERS = 500
_MAX_SHOWN = 5
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")
_ABSENT = re.compile(r"\[Errno 2\]|not found|does not exist")
_DENIED = "[Errno 13]"
# As numpy says it.
_NOT_FOUND = re.compile(r"^(\S[^\n]*?) not found\.?$", re.MULTILINE)


def explain_file(raised: Raised, files: Sequence[str]) -> str:
    """Return what is wrong with a file that could not be opened; empty if that is not known.

    Args:
        raised: The exception.
        files: The names of the files that are given, with ``/`` between folders.
    """
    text = raised.text[:_MAX_CHARACTERS]
    path = _path_in(text)
    if not files or not path:
        return ""
    name, shown = path.removeprefix("./"), shorten(path, MAX_NAME)
    if raised.type_name == "PermissionError" and _DENIED in text and name in files:
        return f"{shown} is given, and can't be changed. Write to a file with another name."
    if raised.type_name != "FileNotFoundError" or not _ABSENT.search(text):
        return ""
    meant = _meant_by(path, files)
    if meant:
        return f"There is no {shown}. Open the file as {meant}, its path from the current folder."
    close = difflib.get_close_matches(name, files, n=1)
    if close:
        return f"There is no {shown}, but there is {close[0]}."
    return f"There is no {shown}. The current folder has {_list(files)}."


def _meant_by(path: str, files: Sequence[str]) -> str:
    """Return the only file of the same name that is somewhere else; empty if there is none."""
    last = re.split(r"[/\\]", path)[-1].casefold()
    same = [one for one in files if one.rpartition("/")[2].casefold() == last]
    return same[0] if len(same) == 1 else ""


def _path_in(text: str) -> str:
    """Return the path that an exception is about; empty if it names none."""
    quoted = _QUOTED.search(text)
    if quoted is not None:
        return quoted[1] or quoted[2]
    found = _NOT_FOUND.search(text)
    return found[1] if found is not None else ""


def _list(files: Sequence[str]) -> str:
    shown = [shorten(one, MAX_NAME) for one in files[:_MAX_SHOWN]]
    if len(files) > _MAX_SHOWN:
        shown.append(f"{len(files) - _MAX_SHOWN} more files")
    return join_names(shown)
