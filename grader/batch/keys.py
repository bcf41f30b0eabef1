"""The key of a report: a digest of all that it depends on; a new key means grading again."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from grader.bootstrap import PACKAGE
from grader.checks.assignment import Assignment
from grader.pool.messages import PoolSettings

_ASSIGNMENTS = "assignments"
_COMPILED = "__pycache__"

# The libraries that run or read the submissions: another version may give another result.
_LIBRARIES = ("torch", "numpy", "matplotlib", "IPython", "nbformat", "pytest")


class Keys:
    """Makes the keys of one batch.

    Args:
        assignment: The assignment. Its id, title and version, its reference, its misconceptions
            and every file of its folder count; the place of the folder does not.
        settings: How the submissions are graded.
    """

    def __init__(self, assignment: Assignment, settings: PoolSettings) -> None:
        versions = [f"{name}={_version(name)}" for name in _LIBRARIES]
        machine = [platform.python_version(), platform.system(), platform.machine()]
        # Without the path of the assignment, whose files are read here instead.
        how = msgspec.json.encode(msgspec.structs.replace(settings, assignment=""))
        parts = (
            _digest_engine(),
            _digest(map(str.encode, (*machine, *versions))),
            how,
            _digest_assignment(assignment),
        )
        self._common = _digest(parts)

    def of(self, name: str, content: bytes) -> str:
        """Make the key of a submission.

        Args:
            name: The name of the file as it was handed in, which the report shows.
            content: The bytes of the file, or the reason why there are none.
        """
        parts = (self._common, name.encode("utf-8", "surrogatepass"), content)
        return _digest(parts).hex()


def _digest_engine() -> bytes:
    """Digest the grader's own files: a change of any of them may change a report or a page."""
    return _digest(_contents(PACKAGE, leave_out=(_ASSIGNMENTS,)))


def _digest_assignment(assignment: Assignment) -> bytes:
    """Digest all parts of an assignment, so that two that differ anywhere never share a key."""
    info = assignment.info
    sources = sorted({one.source for one in assignment.misconceptions})
    return _digest(
        (
            _digest(map(str.encode, (info.id, info.title, info.version))),
            _digest(_contents(assignment.folder)),
            assignment.reference.encode(),
            _digest(map(str.encode, sources)),
        )
    )


def _contents(folder: Path, *, leave_out: Iterable[str] = ()) -> Iterator[bytes]:
    """List the names and contents of the files below a folder, except Python's compiled files."""
    skipped = {_COMPILED, *leave_out}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if skipped.isdisjoint(relative.parts) and path.is_file():
            yield relative.as_posix().encode("utf-8", "surrogateescape")
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(
            len(part).to_bytes(8, "big") + part
        )  # the lengths keep ("ab", "c") apart from ("a", "bc")
    return digest.digest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
