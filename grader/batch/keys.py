"""What a report depends on, as one digest: while it is the same, nothing is graded again."""

import hashlib
from collections.abc import Iterable
from importlib import metadata

import msgspec

import grader
from grader.checks.assignment import Assignment
from grader.pool.messages import PoolSettings

# What runs the submissions: another version may answer otherwise.
_LIBRARIES = ("torch", "numpy", "matplotlib")


class Keys:
    """Makes the keys of one batch.

    Args:
        assignment: What is graded; every file of its folder counts, and its reference.
        setup: How it is graded.
    """

    def __init__(self, assignment: Assignment, setup: PoolSettings) -> None:
        versions = [f"{name}={_version(name)}" for name in _LIBRARIES]
        # Where the assignment lies makes no difference, and its files are read here.
        how = msgspec.json.encode(msgspec.structs.replace(setup, assignment=""))
        self._common = _digest(
            [grader.__version__.encode(), *map(str.encode, versions), how, *_contents(assignment)]
        )

    def of(self, name: str, content: bytes) -> str:
        """Make the key of a submission.

        Args:
            name: What it was handed in as; it stands in the report.
            content: Its bytes, or why there are none.
        """
        return _digest([self._common.encode(), name.encode("utf-8", "surrogatepass"), content])


def _contents(assignment: Assignment) -> Iterable[bytes]:
    files = {path for path in assignment.folder.rglob("*") if path.suffix in (".py", ".toml")}
    for path in sorted(files):
        yield path.relative_to(assignment.folder).as_posix().encode()
        yield path.read_bytes()
    yield assignment.reference.encode()
    for source in sorted({one.source for one in assignment.misconceptions}):
        yield source.encode()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)  # so that no two lists run into one
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
