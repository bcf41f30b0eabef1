"""The assignment that a notebook names: an id, and never a path.

A submission must not choose what it is graded with: checks are Python that runs in the trusted
process. So the id in its metadata is looked up among the assignments that are installed here.
"""

from pathlib import Path

import msgspec

from grader.checks.assignment import find_named
from grader.checks.kits import is_id
from grader.errors import GraderError, UsageError
from grader.submission.read import read_bytes

_MAX_SHOWN = 80


class _Course(msgspec.Struct):
    assignment: str = ""


class _Metadata(msgspec.Struct):
    zerograd: _Course = msgspec.field(default_factory=_Course)


class _Notebook(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def find_assignment_of(file: Path) -> tuple[Path | None, str]:
    """Find the assignment that a file names in its metadata, if it is a notebook and does that.

    Returns:
        Where the assignment is, None if the file names none; and a remark on a name that can't be
        one, empty if there is none.

    Raises:
        UsageError: It names one that is not installed.
    """
    name = _named_in(file)
    if not name:
        return None, ""
    if not is_id(name):
        shown = ascii(name[:_MAX_SHOWN])
        return None, f"{file.name} names {shown} as its assignment, which is not an id: left out"
    found = find_named(name)
    if found is None:
        raise UsageError(
            f"{file.name} is for the assignment {name}, which is not installed here: give its kit "
            f"with --assignment, or install it with `grader kit --install`"
        )
    return found, ""


def _named_in(file: Path) -> str:
    if file.suffix.lower() != ".ipynb" or not file.is_file():
        return ""
    try:
        data = read_bytes(file)
        # All else is skipped without making objects of it.
        return msgspec.json.decode(data, type=_Notebook).metadata.zerograd.assignment
    except (GraderError, ValueError, RecursionError):
        return ""  # if it can't be read, the grader says why
