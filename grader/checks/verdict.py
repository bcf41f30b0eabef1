"""Verdicts: the exceptions by which a check says that an answer is wrong or missing."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.observations.messages import Observation

if TYPE_CHECKING:
    import numpy as np

    from grader.observations.values import AnyValue


class WrongError(AssertionError):
    """The answer is wrong: the finding of a check.

    An exception that is not a verdict means that the check itself is broken.

    Args:
        message: What is wrong, in the words of the lab.
        got: The student's value, short.
        expected: The right value, short.
        hint: The next thing to try, if the check knows better than its general hint.
        calls: After how many calls the failure showed; 0 for all of them.
        value: The student's value itself, by which the example knows what to print.
        gradient_of: The input with respect to which there is no gradient.
        source: The part of what a script returned that is wrong.
    """

    def __init__(
        self,
        message: str,
        *,
        got: str = "",
        expected: str = "",
        hint: str = "",
        calls: int = 0,
        value: "np.ndarray | None" = None,
        gradient_of: str = "",
        source: "AnyValue | None" = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.expected = expected
        self.hint = hint
        self.calls = calls
        self.value = value
        self.gradient_of = gradient_of
        self.source = source


class UnwrittenError(AssertionError):
    """There is nothing to judge yet; the message says what is missing.

    The check gets the status MISSING, not FAILED.
    """


class NotJudgedError(AssertionError):
    """The answer never got as far as what this check is about; the message says why.

    Another check of the function finds what is wrong. This one gets the status NOT_JUDGED.
    """


class NoAnswerError(Exception):
    """The student's unit gave no answer: it is missing, raised, or hit a limit.

    Args:
        function: The name of the unit.
        observation: What was observed.
        called: What to call it in a sentence; by default a function with brackets.
    """

    def __init__(self, function: str, observation: Observation, *, called: str = "") -> None:
        super().__init__(function, observation.outcome)
        self.function = function
        self.observation = observation
        self.called = called or f"{function}()"


Verdict = WrongError | UnwrittenError | NotJudgedError | NoAnswerError


@contextlib.contextmanager
def precondition() -> Iterator[None]:
    """Require what has to hold before a check can judge what it is about.

    Raises:
        NotJudgedError: In place of a `WrongError`, with its message.
    """
    try:
        yield
    except WrongError as wrong:
        raise NotJudgedError(wrong.message) from wrong
