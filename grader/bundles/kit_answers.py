"""What a kit says of known mistakes and of the reference: answers, and nothing of any source."""

from collections.abc import Sequence

import msgspec

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.kit_file import KitMisconception
from grader.checks.misconceptions import Misconception
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.observations.messages import Observation
from grader.oracle.digests import digest_misconception
from grader.oracle.nothing import NothingElse
from grader.oracle.recorded import RecordedOracle
from grader.oracle.recording import KnownAnswers, RecordedQuestion, Recording, pack_known, raw

_OBSERVATIONS = msgspec.msgpack.Decoder(Observation)


def kit_known(
    assignment: Assignment, checks: Sequence[Check], recordings: Sequence[Recording]
) -> tuple[tuple[KitMisconception, ...], dict[int, dict[str, bytes]]]:
    """Return the misconceptions that a kit can name, and their answers.

    Those that give only right answers to the visible checks are left out: they could never be
    named, and their titles would tell what the other checks are about. So are those made of
    students' code: it ran beside right helpers, and could have put these into its answers.

    Args:
        assignment: The assignment, with its misconceptions.
        checks: The checks of the kit.
        recordings: Its recordings, with the answers of all misconceptions.

    Returns:
        The misconceptions, in order, and the packed answers of each unit by seed.
    """
    oracles = [RecordedOracle(one, checks, other=NothingElse) for one in recordings]
    named: list[KitMisconception] = []
    answers: dict[int, dict[str, dict[str, KnownAnswers]]] = {one.seed: {} for one in recordings}
    numbers: dict[str, int] = {}
    for one in assignment.misconceptions:
        if one.is_learned or not any(_is_wrong(one, oracle) for oracle in oracles):
            continue
        numbers[one.id] = numbers.get(one.id, 0) + 1
        name = f"{one.id} {numbers[one.id]}"
        described = KitMisconception(
            name=name,
            id=one.id,
            unit=one.function,
            title=one.title,
            hint=one.hint,
            section=one.section,
        )
        named.append(described)
        digest = digest_misconception(described.without_program())
        for recording in recordings:
            found = recording.known_of(one.function)[one.name]
            of_unit = answers[recording.seed].setdefault(one.function, {})
            of_unit[name] = KnownAnswers(digest, found.answers)
    packed = {
        seed: {unit: pack_known(known) for unit, known in by_unit.items()}
        for seed, by_unit in answers.items()
    }
    return tuple(named), packed


def _is_wrong(one: Misconception, oracle: RecordedOracle) -> bool:
    """Return whether a misconception gives a wrong answer to a question of a recording."""
    return any(
        not is_same(oracle.known_answer(one, question), fingerprint(question, question.expected))
        for question in oracle.questions(one.function)
    )


def without_source(recording: Recording) -> Recording:
    """Return a recording without the lines of source in it: those at which the reference raises."""
    questions = {
        unit: tuple(
            RecordedQuestion(one.check, one.request, _without_source(one.expected)) for one in asked
        )
        for unit, asked in recording.questions.items()
    }
    others = tuple((request, _without_source(answer)) for request, answer in recording.others)
    return msgspec.structs.replace(recording, questions=questions, others=others)


def _without_source(answer: msgspec.Raw) -> msgspec.Raw:
    found = _OBSERVATIONS.decode(answer)
    if found.raised is None and found.running is None:
        return answer
    raised = found.raised
    if raised is not None:
        raised = msgspec.structs.replace(raised, block="", line=0, code="", function="")
    return raw(msgspec.structs.replace(found, raised=raised, running=None))
