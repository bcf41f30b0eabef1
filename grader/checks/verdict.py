"""Verdicts: the exceptions by which a check says that an answer is wrong or missing."""

from grader.observations.messages import Observation


class WrongError(AssertionError):
    """The answer is wrong: the finding of a check.

    An exception that is not a verdict means that the check itself is broken.

    Args:
        message: What is wrong, in the words of the lab.
        got: The student's value, short.
        expected: The right value, short.
        hint: The next thing to try, if the check knows better than its general hint.
        calls: After how many calls the failure showed; 0 for all of them.
    """

    def __init__(
        self, message: str, *, got: str = "", expected: str = "", hint: str = "", calls: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.expected = expected
        self.hint = hint
        self.calls = calls


class UnwrittenError(AssertionError):
    """There is nothing to judge yet; the message says what is missing.

    The check gets the status MISSING, not FAILED.
    """


class NoAnswerError(Exception):
    """The student's function gave no answer: it is missing, raised, or hit a limit."""

    def __init__(self, function: str, observation: Observation) -> None:
        super().__init__(function, observation.outcome)
        self.function = function
        self.observation = observation
