"""The key of a report: a digest of all that it depends on; a new key means grading again."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from grader.bootstrap import PACKAGE
from grader.checks.assignment import Assignment
from grader.errors import UsageError
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
        without: Folders and files that are not part of the assignment, even inside its folder,
            such as results and submissions.

    Raises:
        UsageError: A file of the assignment can't be read.
    """

    def __init__(
        self, assignment: Assignment, settings: PoolSettings, *, without: Iterable[Path] = ()
    ) -> None:
        versions = [f"{name}={_version(name)}" for name in _LIBRARIES]
        machine = [platform.python_version(), platform.system(), platform.machine()]
        # Without the path of the assignment, whose files are read here instead.
        how = msgspec.json.encode(msgspec.structs.replace(settings, assignment=""))
        parts = (
            _digest_engine(),
            _digest(map(str.encode, (*machine, *versions))),
            how,
            _digest_assignment(assignment, without),
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
    return _digest(_contents(PACKAGE, without=(PACKAGE / _ASSIGNMENTS,)))


def _digest_assignment(assignment: Assignment, without: Iterable[Path]) -> bytes:
    """Digest all parts of an assignment, so that two that differ anywhere never share a key."""
    info = assignment.info
    sources = sorted({one.source for one in assignment.misconceptions})
    return _digest(
        (
            _digest(map(str.encode, (info.id, info.title, info.version))),
            _digest(_contents(assignment.folder, without=without)),
            assignment.reference.encode(),
            _digest(map(str.encode, sources)),
        )
    )


def _contents(folder: Path, *, without: Iterable[Path]) -> Iterator[bytes]:
    """Yield the names and contents of the files below a folder.

    Hidden files and what Python compiled are left out: neither changes what checks do.
    """
    skipped = [path.resolve() for path in without]
    skipped = [path for path in skipped if path.is_relative_to(folder) and path != folder]
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part == _COMPILED or part.startswith(".") for part in relative.parts):
            continue
        if path.is_file() and not any(path.is_relative_to(one) for one in skipped):
            yield relative.as_posix().encode("utf-8", "surrogateescape")
            try:
                yield path.read_bytes()
            except OSError as error:
                raise UsageError(f"can't read {path}: {error.strerror}") from error


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
