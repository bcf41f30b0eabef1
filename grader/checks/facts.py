"""What an answer is summed up as where the right one can come out in many ways.

Random draws and pictures can't be compared number by number. A file of checks may
therefore have a function ``facts``, which says what is the case with an answer; two programs
make the same mistake if their facts agree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.probe import Result
from grader.observations.messages import Request

# May raise WrongError, which is then the fact. None: compare the answer as it is.
Facts = Callable[[Request, Result], Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class Roughly:
    """Numbers that come out of random draws: the same as others within a distance."""

    values: object
    within: float

    def is_like(self, other: "Roughly") -> bool:
        """Tell whether other numbers are the same as these, element by element."""
        first, second = np.asarray(self.values, float), np.asarray(other.values, float)
        if first.shape != second.shape:
            return False
        return bool(np.all(np.abs(first - second) <= max(self.within, other.within)))
