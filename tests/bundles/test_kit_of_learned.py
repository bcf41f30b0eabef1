"""A kit has nothing that code of a student could have written."""

import dataclasses

import pytest

from grader.bundles import kit_answers
from grader.checks.assignment import load_assignment
from grader.oracle.recording import KnownAnswers, Recording, pack_known


def test_learned_misconception_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """One made of a student's code is in no kit: its answers could hold parts of the reference."""
    monkeypatch.setattr(kit_answers, "_is_wrong", lambda *_: True)
    assignment = load_assignment()
    first, second, *_ = assignment.misconceptions
    learned = dataclasses.replace(first, is_learned=True)
    some = dataclasses.replace(assignment, misconceptions=(learned, second))
    answers = {one.name: KnownAnswers(b"digest", ()) for one in (first, second)}
    recording = Recording(key="", seed=1, questions={}, known={first.function: pack_known(answers)})

    named, packed = kit_answers.kit_known(some, [], [recording])

    assert first.function == second.function
    assert [one.id for one in named] == [second.id]
    assert len(packed[1]) == 1
