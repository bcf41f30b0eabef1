"""What a report depends on, as one digest: while it stays the same, nothing is graded again."""

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

# What runs the submissions, or reads them: another version may answer otherwise.
_LIBRARIES = ("torch", "numpy", "matplotlib", "IPython", "nbformat", "pytest")


class Keys:
    """Makes the keys of one batch.

    Args:
        assignment: What is graded. Its id and version, its reference, its misconceptions and
            every file of its folder count; where the folder is does not.
        settings: How it is graded.
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
            name: What it was handed in as; the report shows it.
            content: Its bytes, or the reason why there are none.
        """
        parts = (self._common, name.encode("utf-8", "surrogatepass"), content)
        return _digest(parts).hex()


def _digest_engine() -> bytes:
    """Digest the grader's own files: a change of any of them may change a report or a page."""
    return _digest(_contents(PACKAGE, leave_out=(_ASSIGNMENTS,)))


def _digest_assignment(assignment: Assignment) -> bytes:
    """Digest everything that makes an assignment; two that differ anywhere never share a key."""
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
    """List the names and contents of the files below a folder, without what Python compiled."""
    skipped = {_COMPILED, *leave_out}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if skipped.isdisjoint(relative.parts) and path.is_file():
            yield relative.as_posix().encode("utf-8", "surrogateescape")
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)  # so that no two lists run into one
    return digest.digest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
