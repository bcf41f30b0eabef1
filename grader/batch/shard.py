"""A shard of a class: the part that one job of many grades, without a word to the others."""

import hashlib
import re
from dataclasses import dataclass

from grader.errors import UsageError

_WRITTEN = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a class, which have no submission in common and leave out none.

    Attributes:
        number: Which of them, from 1.
        count: How many there are.
    """

    number: int
    count: int

    def has(self, id_: str) -> bool:
        """Return whether a submission is in it.

        Args:
            id_: The id of its report: who hands in later changes nothing for the others.
        """
        digest = hashlib.sha256(id_.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def read_shard(text: str) -> Shard:
    """Read a shard as it is written on the command line: ``3/8``.

    Raises:
        UsageError: It is written otherwise, or there is no such shard.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise UsageError(f"{text[:50]!a} is not a shard; the third of eight is 3/8")
    shard = Shard(int(match[1]), int(match[2]))
    if not 1 <= shard.number <= shard.count:
        raise UsageError(
            f"there is no shard {shard}: the first of {shard.count} is 1/{shard.count}"
            if shard.count
            else f"there is no shard {shard}; the only one of one is 1/1"
        )
    return shard
