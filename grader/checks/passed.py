"""Answers with which a check has passed: what was judged once is not judged again.

With one seed, all submissions are asked the same, and many give the same answers, bit for bit. A
check is a function of the answers that it gets, so it need not be run again for these.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from grader.checks.check import Check
from grader.checks.questions import Question
from grader.observations.asking import Observe
from grader.observations.messages import Observation, Outcome, Request

# States that are kept for a seed, each of a hundred bytes: those of some hundred submissions.
_MOST_STATES = 100_000


class PassedAnswers:
    """The sequences of answers with which checks have passed, for one seed.

    A sequence is kept as the digests of its beginnings, of which each contains the one before. So
    a submission is asked only as long as its answers are those of another one that has passed.

    Attributes:
        sent_together: What is sent ahead, for each unit, visible and hidden.
    """

    def __init__(self) -> None:
        self.sent_together: dict[tuple[str, bool, int], list[Request]] = {}
        self._beginnings: set[bytes] = set()
        self._whole: dict[bytes, frozenset[str]] = {}

    def replay(
        self, check: Check, questions: Sequence[Question], observe: Observe
    ) -> tuple[frozenset[str] | None, Observe]:
        """Ask a submission what a check will ask, as long as the answers are known.

        Args:
            check: The check.
            questions: What it asks of a submission that is right.
            observe: Asks the submission.

        Returns:
            If the check passes with these answers, the names of the submission that its scripts
            use; otherwise None. And how to ask on: what was asked here is not asked again.
        """
        answers: list[tuple[Request, Observation]] = []
        state = check.id.encode()
        for question in questions:
            answer = observe(question.request)
            answers.append((question.request, answer))
            state = _next(state, _digest(answer))
            if state not in self._beginnings:
                break
        return self._whole.get(state), _first(answers, observe)

    def add(
        self,
        check: Check,
        questions: Sequence[Question],
        asked: Sequence["Asked"],
        used: Collection[str],
    ) -> None:
        """Note that a check has passed.

        Args:
            check: The check.
            questions: What it asks of a submission that is right.
            asked: What it has asked, as `keeping` has noted it.
            used: The names of the submission that its scripts use.
        """
        is_foreseen = [one.request for one in asked] == [one.request for one in questions]
        is_answered = all(one.outcome is Outcome.RETURNED for one in asked)
        if not asked or not is_foreseen or not is_answered:
            return
        if len(self._beginnings) > _MOST_STATES:
            return
        state = check.id.encode()
        for one in asked:
            state = _next(state, one.digest)
            self._beginnings.add(state)
        self._whole[state] = frozenset(used)


def _next(state: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(state + digest).digest()


def _digest(answer: Observation) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(answer)).digest()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, how it ended, and the digest of its answer, which may be large itself."""

    request: Request
    outcome: Outcome
    digest: bytes


def _first(answers: list[tuple[Request, Observation]], observe: Observe) -> Observe:
    """Return how to ask, with these answers to the first requests."""
    waiting = deque(answers)

    def ask(request: Request) -> Observation:
        if waiting and waiting[0][0] == request:
            return waiting.popleft()[1]
        waiting.clear()  # these were answered before something else was asked
        return observe(request)

    return ask


def keeping(observe: Observe, asked: list[Asked]) -> Observe:
    """Return how to ask, so that what is asked is noted."""

    def ask(request: Request) -> Observation:
        answer = observe(request)
        asked.append(Asked(request, answer.outcome, _digest(answer)))
        return answer

    return ask
