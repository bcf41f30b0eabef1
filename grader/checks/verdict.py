"""How a check says that the student's answer is wrong, or that there is none."""

from grader.observations.messages import Observation


class WrongError(AssertionError):
    """The verdict of a check: the answer is wrong, and this is what is wrong with it.

    Not a crash of the check: any other exception is.

    Args:
        message: What is wrong, in the lab's words.
        got: What came out, short.
        expected: What should have.
        hint: The next thing to try, where the check knows better than its general hint.
        calls: After how many calls it showed, where that isn't after all of them.
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
    """The verdict of a check: there is nothing to judge yet, and this is what is missing.

    Not for a wrong answer: what is not there is told apart from what is wrong.
    """


class NoAnswerError(Exception):
    """The student's function gave no answer to judge: missing, raised, or ended by a limit."""

    def __init__(self, function: str, observation: Observation) -> None:
        super().__init__(function, observation.outcome)
        self.function = function
        self.observation = observation
