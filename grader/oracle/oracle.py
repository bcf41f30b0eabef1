"""The interface of an oracle: what is right, and what each known mistake answers, for one seed."""

from collections.abc import Sequence
from typing import Protocol

from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.observations.asking import Ask


class Oracle(Protocol):
    """Answers for the author of an assignment, for one seed."""

    @property
    def expect(self) -> Ask:
        """How checks ask the reference.

        Raises:
            InternalError: The reference can't be loaded.
        """

    def ask_reference(self, name: str) -> Ask:
        """Return how to ask the reference about a unit, also if its checks never do."""

    def questions(self, name: str) -> Sequence[Question]:
        """List what the checks of a unit ask, with the right answers.

        Raises:
            InternalError: The reference itself fails a check.
        """

    def foreseen(self, name: str) -> Sequence[Question]:
        """Return the same as `questions`; nothing if the reference fails a check."""

    def known_answer(self, misconception: Misconception, question: Question) -> object:
        """Return the fingerprint of what a misconception, with right helpers, answers."""
