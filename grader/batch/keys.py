"""The key of a report: a digest of all that it depends on; a new key means grading again."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from grader.checks.assignment import Assignment
from grader.oracle.digests import (
    digest_assignment,
    digest_engine,
    digest_machine,
    digest_parts,
)
from grader.pool.messages import PoolSettings


class Keys:
    """Makes the keys of one batch.

    Args:
        assignment: The assignment. Its id, title and version, its reference and every file of its
            folder count, but not its misconceptions: other ones need other names, and no other
            grading. The place of the folder does not count.
        settings: How the submissions are graded.
        without: Folders and files that are not part of the assignment, even inside its folder,
            such as results and submissions.

    Raises:
        UsageError: A file of the assignment can't be read.
    """

    def __init__(
        self, assignment: Assignment, settings: PoolSettings, *, without: Iterable[Path] = ()
    ) -> None:
        # Without paths: the files of the assignment are read here instead.
        how = msgspec.structs.replace(settings, assignment="", recordings="")
        parts = (
            digest_engine(),
            digest_machine(),
            msgspec.json.encode(how),
            digest_assignment(assignment, without=without),
        )
        self._common = digest_parts(parts)

    @property
    def asked(self) -> str:
        """The digest of all that every key depends on: answers to other questions differ anyway."""
        return self._common.hex()

    def of(self, name: str, content: bytes) -> str:
        """Make the key of a submission.

        Args:
            name: The name of the file as it was handed in, which the report shows.
            content: The bytes of the file, or the reason why there are none.
        """
        parts = (self._common, name.encode("utf-8", "surrogatepass"), content)
        return digest_parts(parts).hex()
