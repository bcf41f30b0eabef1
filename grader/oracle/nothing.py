"""An oracle that knows nothing: what is behind the recordings of a kit, which has no reference."""

from collections.abc import Callable, Sequence
from typing import NoReturn

from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.errors import NotRecordedError
from grader.observations.asking import Ask
from grader.observations.messages import Observation, Request


class NothingElse:
    """Answers nothing."""

    @property
    def expect(self) -> Ask:
        """How checks ask the reference: in vain."""
        return _refuse

    def ask_reference(self, _name: str) -> Ask:
        """Return how to ask the reference about a unit: in vain."""
        return _refuse

    def questions(self, _name: str) -> Sequence[Question]:
        """List nothing."""
        return ()

    def foreseen(self, _name: str) -> Sequence[Question]:
        """Return nothing."""
        return ()

    def known_answer(self, _misconception: Misconception, _question: Question) -> object:
        """Return something that no submission answers, so that the misconception is not named."""
        return _Unknown()


class _Unknown:
    """Equal to nothing else."""


def _refuse(_request: Request) -> Callable[[], Observation]:
    def answer() -> NoReturn:
        raise NotRecordedError

    return answer
