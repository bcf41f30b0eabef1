"""How much one answer may hold, so that describing stops early when it gets too much.

What a student returns may be far larger than what can be sent: a list may contain itself ten
thousand times, or ten thousand tensors of a million numbers each. Nothing is copied before it has
been paid for here.
"""

from grader.observations.bounds import MAX_PARTS
from grader.observations.frames import MAX_ANSWER_BYTES

# A value has this many parts at least: its tag and its fields.
_PARTS_OF_A_VALUE = 3


class TooLargeError(Exception):
    """The answer would be too large to be sent; its text says so to the student."""

    def __init__(self) -> None:
        super().__init__(
            "the returned value is too large to examine: more than "
            f"{MAX_ANSWER_BYTES // 2**20} MiB of numbers, or too many single items"
        )


class AnswerBudget:
    """What is left of one answer while its values are described."""

    def __init__(self) -> None:
        self._bytes_left = MAX_ANSWER_BYTES
        self._parts_left = MAX_PARTS

    def spend(self, size_bytes: int = 0) -> None:
        """Pay for one value before it is described.

        Args:
            size_bytes: How many bytes of numbers or text it has.

        Raises:
            TooLargeError: The answer has no room for it.
        """
        self._bytes_left -= size_bytes
        self._parts_left -= _PARTS_OF_A_VALUE
        if self._bytes_left < 0 or self._parts_left < 0:
            raise TooLargeError
