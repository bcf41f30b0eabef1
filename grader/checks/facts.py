"""Facts about an answer, for functions whose right answer is random or drawn.

Random draws and drawings can't be compared number by number. So a file of checks may define a
function ``facts``, which summarizes an answer; two programs make the same mistake if their facts
are equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.probe import Result
from grader.observations.messages import Request

# If it raises WrongError, the message is the fact. None means: compare the answer itself.
Facts = Callable[[Request, Result], Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class Roughly:
    """Numbers computed from random draws, equal to others if they are near enough.

    Attributes:
        values: A number, or an array-like of numbers.
        within: The largest difference at which two numbers count as equal.
    """

    values: object
    within: float

    def is_like(self, other: "Roughly") -> bool:
        """Return whether other numbers equal these, element by element.

        The larger ``within`` of the two counts.
        """
        first, second = np.asarray(self.values, float), np.asarray(other.values, float)
        if first.shape != second.shape:
            return False
        return bool(np.all(np.abs(first - second) <= max(self.within, other.within)))
