"""An oracle that answers from a recording, and starts no process for that."""

import functools
from collections.abc import Callable, Mapping, Sequence

import msgspec

from grader.checks.check import Check
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.observations.asking import Ask
from grader.observations.messages import Observation, Request
from grader.oracle.digests import digest_misconception
from grader.oracle.oracle import Oracle
from grader.oracle.packing import unpack
from grader.oracle.recording import KnownAnswers, RecordedQuestion, Recording

_REQUESTS = msgspec.msgpack.Decoder(Request)
_OBSERVATIONS = msgspec.msgpack.Decoder(Observation)


class RecordedOracle:
    """Answers from a recording; what it lacks, another oracle answers.

    Args:
        recording: The recording.
        checks: The collected checks.
        other: Returns the oracle for the same seed that answers what the recording lacks. It is
            asked for when it is first needed.
    """

    def __init__(
        self, recording: Recording, checks: Sequence[Check], *, other: Callable[[], Oracle]
    ) -> None:
        self._recording = recording
        self._checks = {check.id: check for check in checks}
        self._other = functools.cache(other)
        self._answers: dict[bytes, msgspec.Raw] = {
            bytes(one.request): one.expected
            for questions in recording.questions.values()
            for one in questions
        }
        self._answers.update((bytes(request), answer) for request, answer in recording.others)
        self._decoded: dict[bytes, Observation] = {}
        self._questions: dict[str, list[Question]] = {}
        self._known: dict[str, Mapping[str, KnownAnswers]] = {}
        self._unpacked: dict[tuple[str, int], object] = {}
        self._current: dict[str, bool] = {}

    @property
    def expect(self) -> Ask:
        """How checks ask the reference."""
        return functools.partial(self._ask, lambda: self._other().expect)

    def ask_reference(self, name: str) -> Ask:
        """Return how to ask the reference about a unit, also if its checks never do."""
        return functools.partial(self._ask, lambda: self._other().ask_reference(name))

    def _ask(self, other: Callable[[], Ask], request: Request) -> Callable[[], Observation]:
        key = msgspec.msgpack.encode(request)
        if key in self._decoded:
            return lambda: self._decoded[key]
        answer = self._answers.get(key)
        if answer is None:
            return other()(request)
        found = self._decoded[key] = _OBSERVATIONS.decode(answer)
        return lambda: found

    def questions(self, name: str) -> Sequence[Question]:
        """List what the checks of a unit ask, with the right answers."""
        if name not in self._questions:
            recorded = self._recording.questions.get(name, ())
            self._questions[name] = [
                self._question(place, one)
                for place, one in enumerate(recorded)
                if one.check in self._checks
            ]
        return self._questions[name]

    def foreseen(self, name: str) -> Sequence[Question]:
        """Return the same as `questions`."""
        return self.questions(name)

    def _question(self, place: int, one: RecordedQuestion) -> Question:
        return Question(
            check=self._checks[one.check],
            request=_REQUESTS.decode(one.request),
            expected=_OBSERVATIONS.decode(one.expected),
            place=place,
        )

    def known_answer(self, misconception: Misconception, question: Question) -> object:
        """Return the fingerprint of what a misconception, with right helpers, answers."""
        key = (misconception.name, question.place)
        if key not in self._unpacked:
            packed = self._find(misconception, question.place)
            self._unpacked[key] = (
                unpack(packed) if packed else self._other().known_answer(misconception, question)
            )
        return self._unpacked[key]

    def _find(self, misconception: Misconception, place: int) -> bytes:
        unit, name = misconception.function, misconception.name
        if unit not in self._known:
            self._known[unit] = self._recording.known_of(unit)
        found = self._known[unit].get(name)
        if found is None:
            return b""
        if name not in self._current:
            self._current[name] = found.digest == digest_misconception(misconception)
        return found.answers[place] if self._current[name] else b""
