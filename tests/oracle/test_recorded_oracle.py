"""A recording answers what the author's code would, and what it lacks, another oracle answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import returned

from grader.checks.check import Check
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.observations.asking import Ask
from grader.observations.messages import CallRequest, Observation, ReadRequest, Request
from grader.oracle.digests import digest_misconception
from grader.oracle.packing import pack
from grader.oracle.recorded import RecordedOracle
from grader.oracle.recording import (
    KnownAnswers,
    RecordedQuestion,
    Recording,
    pack_known,
    raw,
    read_recording,
    write_recording,
)

CHECK = Check(id="mse/right", function="mse", title="", hint="", points=1.0, key=0)
ONE, TWO = (CallRequest(function="mse", inputs={}, seed=seed) for seed in (1, 2))
PICTURE = ReadRequest(function="mse")
UNFORESEEN = CallRequest(function="mse", inputs={}, seed=3)
QUESTIONS = [
    Question(check=CHECK, request=request, expected=returned(float(place)), place=place)
    for place, request in enumerate((ONE, TWO))
]


def misconception(name: str, source: str = "") -> Misconception:
    """Make a misconception of mse."""
    return Misconception(
        id=f"mse/{name}",
        function="mse",
        name=f"mse__{name}",
        title="It is wrong.",
        hint="Try again.",
        section="",
        source=source or f"def mse__{name}(y_hat, y): ...",
        path=Path("misconceptions.py"),
        line=1,
    )


SUM, MEAN, NEW = misconception("sum"), misconception("mean"), misconception("new")


class OtherOracle:
    """Answers everything in a way of its own, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def _ask(self, request: Request) -> Callable[[], Observation]:
        self.asked.append(request)
        return lambda: returned("another")

    @property
    def expect(self) -> Ask:
        """How checks ask the reference."""
        return self._ask

    def ask_reference(self, name: str) -> Ask:
        """Return how to ask the reference about a unit."""
        self.asked.append(name)
        return self._ask

    def questions(self, name: str) -> Sequence[Question]:
        """Fail, since everything is recorded."""
        raise AssertionError(name)

    foreseen = questions

    def known_answer(self, known: Misconception, question: Question) -> object:
        """Return a fingerprint that no recording has."""
        self.asked.append((known.name, question.place))
        return "another"


@pytest.fixture
def other() -> OtherOracle:
    """Return the other oracle."""
    return OtherOracle()


@pytest.fixture
def oracle(other: OtherOracle) -> RecordedOracle:
    """Return an oracle with a recording that was written and read."""
    recording = Recording(
        key="",
        seed=1,
        questions={"mse": tuple(map(RecordedQuestion.of, QUESTIONS))},
        others=((raw(PICTURE), raw(returned("picture"))),),
        known={
            "mse": pack_known(
                {
                    one.name: KnownAnswers(
                        digest_misconception(one), (pack([one.name, np.ones(3)]), b"")
                    )
                    for one in (SUM, MEAN)
                }
            )
        },
    )
    found = read_recording(write_recording(recording))
    return RecordedOracle(found, [CHECK], other=lambda: other)


def test_questions_are_those_that_were_recorded(oracle: RecordedOracle, other: OtherOracle) -> None:
    """They come back equal, are foreseen, and nobody else is asked."""
    assert oracle.questions("mse") == QUESTIONS
    assert oracle.foreseen("mse") == QUESTIONS
    assert oracle.questions("no such unit") == []
    assert other.asked == []


def test_recorded_answers_are_used(oracle: RecordedOracle, other: OtherOracle) -> None:
    """Checks, pictures and the diagnosis get what the reference has answered."""
    for ask in (oracle.expect, oracle.ask_reference("mse")):
        assert [ask(one)() for one in (ONE, TWO, ONE)] == [
            returned(0.0),
            returned(1.0),
            returned(0.0),
        ]
        assert ask(PICTURE)() == returned("picture")
    assert other.asked == []


def test_what_was_not_recorded_is_asked_elsewhere(
    oracle: RecordedOracle, other: OtherOracle
) -> None:
    """A request that nobody foresaw goes to the oracle that can answer anything."""
    assert oracle.expect(UNFORESEEN)() == returned("another")
    assert oracle.ask_reference("mse")(UNFORESEEN)() == returned("another")
    assert other.asked == [UNFORESEEN, "mse", UNFORESEEN]


def test_other_oracle_is_made_only_when_it_is_needed() -> None:
    """It starts processes, so it is made once, and at the first request that needs it."""
    made = []

    def make() -> OtherOracle:
        made.append(OtherOracle())
        return made[-1]

    oracle = RecordedOracle(Recording(key="", seed=1, questions={}), [CHECK], other=make)
    ask = oracle.expect
    oracle.questions("mse")
    assert made == []

    for _ in range(2):
        ask(ONE)()
        oracle.known_answer(SUM, QUESTIONS[0])

    assert len(made) == 1


def test_known_answers_are_used(oracle: RecordedOracle, other: OtherOracle) -> None:
    """What was packed is unpacked; what could not be is asked elsewhere."""
    known = oracle.known_answer(SUM, QUESTIONS[0])

    assert isinstance(known, list)
    assert known[0] == "mse__sum"
    assert known[1].tolist() == [1.0, 1.0, 1.0]
    assert oracle.known_answer(SUM, QUESTIONS[1]) == "another"
    assert oracle.known_answer(NEW, QUESTIONS[0]) == "another"
    assert other.asked == [("mse__sum", 1), ("mse__new", 0)]


def test_changed_misconception_is_asked_elsewhere_and_the_others_are_not(
    oracle: RecordedOracle, other: OtherOracle
) -> None:
    """A recording knows what program has answered."""
    changed = replace(SUM, source="def mse__sum(y_hat, y): return 1")

    assert oracle.known_answer(changed, QUESTIONS[0]) == "another"
    assert oracle.known_answer(MEAN, QUESTIONS[0]) != "another"
    assert other.asked == [("mse__sum", 0)]


def test_nothing_is_asked_twice(oracle: RecordedOracle, other: OtherOracle) -> None:
    """What another oracle has answered about a misconception is remembered."""
    for _ in range(3):
        oracle.known_answer(NEW, QUESTIONS[0])

    assert len(other.asked) == 1
