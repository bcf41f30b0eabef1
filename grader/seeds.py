"""Which seed the inputs of a submission are drawn from.

An assignment has a pool of a few seeds, and a digest of the submission chooses one of them: so what
was learnt from one attempt helps little in the next, and for each seed what is right is recorded
once. A class has a seed of its own, the same for everybody, which no attempt shows before its
reports are given out.
A student's kit has a few seeds that nothing else is graded with.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.report.model import AssignmentInfo  # not needed for `--help`

POOL_SIZE = 16
_SEED_BITS = 48  # every JSON reader keeps integers below 2**53 exact
_CLASS = "class"
_KIT = "kit"


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of an assignment.

    Attributes:
        salt: A secret of the instructor. Without it nobody knows the seeds beforehand.
        is_class: Whether every submission gets the seed of the class.
        only: The only seeds that there are, as in a kit; empty for those of the assignment.
    """

    salt: str = ""
    is_class: bool = False
    only: tuple[int, ...] = ()

    def of(self, info: "AssignmentInfo", digest: str) -> int:
        """Return the seed of a submission.

        Args:
            info: The assignment.
            digest: The digest of the submission, SHA-256 in hexadecimal.
        """
        if self.is_class:
            return self._seed(info, _CLASS)
        chosen = int.from_bytes(hmac.digest(self.salt.encode(), digest.encode(), "sha256"), "big")
        if self.only:
            return self.only[chosen % len(self.only)]
        return self._seed(info, str(chosen % POOL_SIZE))

    def all(self, info: "AssignmentInfo") -> tuple[int, ...]:
        """Return every seed that a submission can get."""
        if self.only:
            return self.only
        if self.is_class:
            return (self._seed(info, _CLASS),)
        return tuple(self._seed(info, str(number)) for number in range(POOL_SIZE))

    def for_kit(self, info: "AssignmentInfo", count: int) -> tuple[int, ...]:
        """Return the seeds of a kit, which are none of those that are used for anything else."""
        return tuple(self._seed(info, f"{_KIT}/{number}") for number in range(count))

    def _seed(self, info: "AssignmentInfo", name: str) -> int:
        text = f"{info.id}/{info.version}/{name}"
        return seed_from(hmac.digest(self.salt.encode(), text.encode(), hashlib.sha256))


def seed_from(digest: bytes) -> int:
    """Return the seed that a SHA-256 digest gives."""
    return int.from_bytes(digest, "big") >> (256 - _SEED_BITS)
