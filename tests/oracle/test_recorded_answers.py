"""Recordings of real assignments say what the author's code says.

ZEROGRAD_TEST_KNOWN=all compares all known mistakes, instead of a few of each unit.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from grader.checks.assignment import load_assignment
from grader.diagnosis.fingerprint import is_same
from grader.errors import InternalError
from grader.observations.messages import Observation, Request
from grader.oracle.oracle import Oracle
from grader.oracle.packing import pack, unpack
from grader.oracle.recorded import RecordedOracle
from grader.oracle.recording import Recording
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.name for path in (ROOT / "docs" / "examples").iterdir() if path.is_dir())
COUNT = 10**6 if os.environ.get("ZEROGRAD_TEST_KNOWN") == "all" else 2
SEED = 20_261_130


def refuse() -> Oracle:
    """Fail: everything has to be recorded."""
    raise AssertionError("it is not recorded")


class Recorded:
    """An assignment with its live oracle, and a recording made by other processes."""

    def __init__(self, live: GradingResources, maker: GradingResources) -> None:
        self.assignment = live.assignment
        self.live = live.oracle(SEED)
        self.checks = live.checks.checks
        self.maker = maker
        self.recording = maker.record(SEED)
        self.oracle = self.read(self.recording)

    def read(self, recording: Recording) -> RecordedOracle:
        """Return an oracle that has nothing but a recording."""
        return RecordedOracle(recording, self.checks, other=refuse)


@pytest.fixture(scope="module", params=["lab4", *EXAMPLES])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    """Record an assignment."""
    name = request.param
    chosen = load_assignment(name if name == "lab4" else ROOT / "docs" / "examples" / name)
    limits = Limits.of(chosen.limits)
    with (
        GradingResources(chosen, limits=limits, confinement=Confinement()) as live,
        GradingResources(chosen, limits=limits, confinement=Confinement()) as maker,
    ):
        yield Recorded(live, maker)


def test_questions_and_right_answers_are_the_same(recorded: Recorded) -> None:
    """The same checks ask the same, in the same order, and get the same bits."""
    for unit in recorded.assignment.units:
        found = recorded.oracle.questions(unit.name)

        for one, other in zip(found, recorded.live.questions(unit.name), strict=True):
            assert (one.check.id, one.request, one.place) == (
                other.check.id,
                other.request,
                other.place,
            )
            assert without_size(one.expected) == without_size(other.expected)
            assert recorded.oracle.ask_reference(unit.name)(one.request)() == one.expected


def test_right_pictures_are_recorded(recorded: Recorded) -> None:
    """What pictures ask of the reference beside the checks is the same, too."""
    for packed, _ in recorded.recording.others:
        request = msgspec.msgpack.decode(packed, type=Request)
        ask = recorded.oracle.ask_reference(request.function)

        live = recorded.live.ask_reference(request.function)(request)()

        assert without_size(ask(request)()) == without_size(live)


def without_size(answer: Observation) -> Observation:
    """Leave out how many bytes an answer took."""
    return msgspec.structs.replace(answer, size_bytes=0)


def test_known_answers_are_the_same(recorded: Recorded) -> None:
    """A misconception answers alone, as a submission, what it answers beside the reference.

    And packing makes no two of them alike that were not.
    """
    for unit in recorded.assignment.units:
        known = recorded.assignment.misconceptions_of(unit.name)[:COUNT]
        if not known or unit.name == "ANSWERS":
            continue  # live, a misconception of a dict has its wrong items only
        part = msgspec.structs.replace(
            recorded.recording,
            known={unit.name: record_some(recorded, unit.name)},
        )
        oracle = recorded.read(part)
        for question in recorded.live.questions(unit.name):
            live = [recorded.live.known_answer(one, question) for one in known]
            for one, answer in zip(known, live, strict=True):
                found = part.known_of(unit.name)[one.name].answers[question.place]
                assert found, f"{one.name} answers {question.request} with {answer!r}"
                assert is_same(oracle.known_answer(one, question), answer), one.name
            for first, second in itertools.combinations(live, 2):
                assert is_same(first, unpack(pack(second))) == is_same(first, second)


def record_some(recorded: Recorded, name: str) -> bytes:
    """Record what the first misconceptions of a unit answer."""
    maker, chosen = recorded.maker, recorded.assignment
    some = chosen.misconceptions_of(name)[:COUNT]
    maker.assignment = replace(chosen, misconceptions=some)
    try:
        return maker.record_known(name, recorded.recording)
    finally:
        maker.assignment = chosen


def test_reference_that_fails_its_check_is_not_recorded(tmp_path: Path) -> None:
    """A recording never has a wrong answer as the right one."""
    folder = tmp_path / "two_layers"
    shutil.copytree(ROOT / "docs" / "examples" / "two_layers", folder)
    reference = folder / "reference.py"
    text = reference.read_text(encoding="utf-8")
    reference.write_text(text + "\ndef loss(y_hat, y):\n    return None\n", encoding="utf-8")
    chosen = load_assignment(folder)
    with (
        GradingResources(
            chosen, limits=Limits.of(chosen.limits), confinement=Confinement()
        ) as resources,
        pytest.raises(InternalError),
    ):
        resources.record(SEED)
